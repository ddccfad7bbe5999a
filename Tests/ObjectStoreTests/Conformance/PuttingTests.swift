import Crypto
import NIOCore
import ObjectStore
import Testing

/// What every store keeps to when something is put, copied and deleted.
@Suite struct PuttingTests {
    @Test(arguments: Drivers.claiming)
    func `of many who put what is not there, one does`(driver: StoreUnderTest) async throws {
        try await driver.with { store in
            let name = try key("claim")
            let winners = try await withThrowingTaskGroup(of: String?.self) { group in
                for number in 0..<12 {
                    group.addTask {
                        do {
                            _ = try await store.put(name, ByteBuffer(string: "\(number)"), .new)
                            return "\(number)"
                        } catch ObjectStoreError.exists(let there) {
                            #expect(there == name)
                            return nil
                        }
                    }
                }
                return try await group.reduce(into: [String]()) { $0 += $1.map { [$0] } ?? [] }
            }
            #expect(winners.count == 1)
            #expect(try await store.text("claim") == winners.first)
            #expect(
                await failure { _ = try await store.put(name, .new) { try await $0.write(sample(10)) } }
                    == .exists(name)
            )
            #expect(try await store.text("claim") == winners.first)
        }
    }

    @Test(arguments: Drivers.all)
    func `what is there is not put again by who wants nothing to be there`(driver: StoreUnderTest) async throws {
        try await driver.with { store in
            let name = try key("claim")
            _ = try await store.put(name, ByteBuffer(string: "first"), .new)
            #expect(await failure { _ = try await store.put(name, ByteBuffer(string: "other"), .new) } == .exists(name))
            #expect(
                await failure { _ = try await store.put(name, .new) { try await $0.write(sample(9)) } } == .exists(name)
            )
            #expect(
                await failure {
                    try await store.put("from")
                    _ = try await store.copy(try key("from"), to: name, .new)
                } == .exists(name)
            )
            #expect(try await store.text("claim") == "first")
        }
    }

    private struct Broken: Error {}

    @Test(arguments: Drivers.all)
    func `an upload whose pieces fail leaves nothing, and what was there stays`(driver: StoreUnderTest) async throws {
        try await driver.with { store in
            try await store.put("there", "before")
            for (name, count) in [("there", 1), ("new", 1), ("large", 10)] {
                let error = await failure {
                    _ = try await store.put(try key(name), PutOptions()) { writer in
                        for _ in 0..<count { try await writer.write(sample(1 << 20)) }
                        throw Broken()
                    }
                }
                guard case .bodyFailed = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
            }
            #expect(try await store.allKeys() == ["there"])
            #expect(try await store.text("there") == "before")
        }
    }

    @Test(arguments: Drivers.all)
    func `a checksum that does not fit keeps the object away`(driver: StoreUnderTest) async throws {
        try await driver.with { store in
            var options = PutOptions()
            options.sha256 = Array(SHA256.hash(data: Array("good".utf8)))
            let checked = options
            _ = try await store.put(try key("good"), ByteBuffer(string: "good"), checked)
            _ = try await store.put(try key("streamed"), checked) { try await $0.write(ByteBuffer(string: "good")) }
            for body in ["bad", ""] {
                let whole = await failure { _ = try await store.put(try key("bad"), ByteBuffer(string: body), checked) }
                guard case .corrupt = whole else {
                    Issue.record("\(String(describing: whole))")
                    continue
                }
                let pieces = await failure {
                    _ = try await store.put(try key("bad"), checked) { try await $0.write(ByteBuffer(string: body)) }
                }
                guard case .corrupt = pieces else {
                    Issue.record("\(String(describing: pieces))")
                    continue
                }
            }
            #expect(try await store.allKeys() == ["good", "streamed"])
        }
    }

    @Test(arguments: Drivers.all)
    func `a copy is an object of its own`(driver: StoreUnderTest) async throws {
        try await driver.with { store in
            try await store.put("from a/ä+%", "copied")
            let copy = try await store.copy(try key("from a/ä+%"), to: try key("to"), PutOptions())
            #expect(copy.size == 6)
            #expect(try await store.delete([ObjectVersion(try key("from a/ä+%"))]).isEmpty)
            #expect(try await store.text("to") == "copied")
        }
    }

    @Test(arguments: Drivers.all)
    func `what is deleted is gone, what was not there counts as deleted`(driver: StoreUnderTest) async throws {
        try await driver.with { store in
            for name in ["a/1", "a/2", "b"] { try await store.put(name) }
            let objects = try ["a/1", "b", "missing"].map { ObjectVersion(try key($0)) }
            #expect(try await store.delete(objects).isEmpty)
            #expect(try await store.allKeys() == ["a/2"])
            #expect(try await store.delete([]).isEmpty)
            try await store.put("a/1", "again")
            #expect(try await store.text("a/1") == "again")
        }
    }

    @Test(arguments: Drivers.all)
    func `a bucket says what it can`(driver: StoreUnderTest) async throws {
        try await driver.with { store in
            let facts = try await store.facts()
            #expect(!facts.isVersioned && !facts.hasObjectLock && facts.defaultLockDays == nil)
        }
    }
}
