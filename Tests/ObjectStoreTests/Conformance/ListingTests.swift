import NIOCore
import ObjectStore
import Testing

/// What every store says is there.
@Suite struct ListingTests {
    @Test(arguments: Drivers.all)
    func `a list has pages, in the order of the keys' bytes`(driver: StoreUnderTest) async throws {
        let names = (0..<37).map { "logs/\($0 % 5)/\($0)" } + ["Z", "a", "logs", "logs.txt", "~"]
        try await driver.with { store in
            for name in names { try await store.put(name) }
            let sorted = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            for page in [1, 2, 7, 42, 1000] { #expect(try await store.allKeys(page: page) == sorted) }
            #expect(try await store.allKeys("logs/3", page: 3) == sorted.filter { $0.hasPrefix("logs/3") })
            #expect(try await store.allKeys("logs/3/1", page: 3) == ["logs/3/13", "logs/3/18"])
            let page = try await store.list("", after: "logs/3/5", delimiter: nil, limit: 2)
            #expect(page.items.map(\.key.text) == Array(sorted.drop { $0 <= "logs/3/5" }.prefix(2)))
            #expect(page.items.allSatisfy { $0.attributes.size == 1 })
            #expect(try await store.allKeys("nothing").isEmpty)
        }
    }

    @Test(arguments: Drivers.all)
    func `what has a delimiter is told as one`(driver: StoreUnderTest) async throws {
        let names = ["a/1", "a/2", "a/b/3", "b", "b-1", "c/1", "c/2", "d", "ee/x/y/z"]
        try await driver.with { store in
            for name in names { try await store.put(name) }
            let top = try await store.list("", after: nil, delimiter: "/", limit: 1000)
            #expect(top.items.map(\.key.text) == ["b", "b-1", "d"])
            #expect(top.commonPrefixes == ["a/", "c/", "ee/"])
            #expect(top.next == nil)
            let inner = try await store.list("a/", after: nil, delimiter: "/", limit: 1000)
            #expect(inner.items.map(\.key.text) == ["a/1", "a/2"])
            #expect(inner.commonPrefixes == ["a/b/"])
            #expect(try await store.list("a", after: nil, delimiter: "/", limit: 10).commonPrefixes == ["a/"])
            #expect(try await store.list("", after: nil, delimiter: "-", limit: 10).commonPrefixes == ["b-"])
            // Every one once, however small the pages.
            for page in [1, 2, 3] {
                #expect(
                    try await store.allKeys(delimiter: "/", page: page).sorted()
                        == ["a/", "b", "b-1", "c/", "d", "ee/"]
                )
            }
        }
    }

    @Test(arguments: Drivers.all)
    func `what has no versions lists its objects as such`(driver: StoreUnderTest) async throws {
        try await driver.with { store in
            for name in ["v/1", "v/2", "v/3", "w"] { try await store.put(name, name) }
            let first = try await store.listVersions("v/", after: nil, limit: 2)
            #expect(first.items.map(\.object.key.text) == ["v/1", "v/2"])
            #expect(first.items.allSatisfy { $0.isLatest && !$0.isDeleteMarker && $0.size == 3 })
            let second = try await store.listVersions("v/", after: first.next, limit: 2)
            #expect(second.items.map(\.object.key.text) == ["v/3"])
            #expect(second.next == nil)
        }
    }

    // Not the double, which deletes one by one.
    @Test(arguments: [Drivers.folder, Drivers.s3])
    func `a long list is told whole`(driver: StoreUnderTest) async throws {
        try await driver.with { store in
            let names = (0..<1203).map { "many/\($0)" }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for start in 0..<8 {
                    group.addTask {
                        for index in stride(from: start, to: names.count, by: 8) { try await store.put(names[index]) }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await store.allKeys("many/") == names.sorted())
            #expect(try await store.delete(names.prefix(1000).map { ObjectVersion(try key($0)) }).isEmpty)
            #expect(try await store.allKeys() == names.suffix(203).sorted())
        }
    }
}
