import NIOCore
import NIOPosix
import StateStore
import Tenant
import TestSupport
import Testing

/// The operator's end of the projection, over every driver.
struct ProjectionWriterTests {
    private static func tenant(_ name: String, _ hostname: String? = nil) throws -> ProjectedTenant {
        let hosted = HostedTenant(
            id: try #require(TenantID(name)),
            hostnames: [hostname ?? "\(name).example"],
            admins: [AdminAccount(account: "root", password: Redacted("secret"))]
        )
        return ProjectedTenant(hosted, uid: "uid-\(name)", generation: 1)
    }

    /// A writer that took the log over.
    private func writer(_ store: any LiveStore) async throws -> ProjectionWriter {
        let writer = ProjectionWriter(
            live: store,
            owner: "test",
            loop: MultiThreadedEventLoopGroup.singleton.next(),
            lookingEvery: .milliseconds(20)
        )
        _ = try await writer.takeOver(term: nil)
        return writer
    }

    @Test(arguments: LiveDriver.all)
    func `what was put is loaded, until it is removed`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let writer = ProjectionWriter(
                live: world.first,
                owner: "test",
                loop: MultiThreadedEventLoopGroup.singleton.next()
            )
            let empty = try await writer.takeOver(term: nil)
            #expect(empty.position == .none)
            #expect(empty.tenants.isEmpty && empty.certificates.isEmpty && !empty.isComplete)
            let (acme, beta) = (try Self.tenant("acme"), try Self.tenant("beta"))
            try await writer.put(tenant: acme)
            try await writer.put(tenant: beta)
            try await writer.put(certificate: [0, 13, 10, 255], name: "acme")
            try await writer.put(certificate: [1], name: Projection.wildcard)
            try await writer.markComplete()
            let full = try await writer.load()
            #expect(full.tenants == [acme.id: acme, beta.id: beta])
            #expect(full.certificates == ["acme": [0, 13, 10, 255], Projection.wildcard: [1]])
            #expect(full.isComplete)
            #expect(full.position.sequence == 6)
            try await writer.remove(tenant: acme.id)
            try await writer.remove(certificate: "acme")
            let changed = try Self.tenant("beta", "other.example")
            try await writer.put(tenant: changed)
            let less = try await writer.load()
            #expect(less.tenants == [beta.id: changed])
            #expect(Set(less.certificates.keys) == [Projection.wildcard])
            #expect(less.isComplete)
        }
    }

    @Test(arguments: LiveDriver.all)
    func `each change is one entry that says what it did`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let (writer, shard) = (try await self.writer(world.first), try await world.shardElsewhere())
            _ = try await shard.follow(Projection.log)
            let acme = try Self.tenant("acme")
            try await writer.put(tenant: acme)
            try await writer.put(certificate: [7], name: "acme")
            try await writer.remove(tenant: acme.id)
            try await shard.receiver.wait(forEntries: 3, of: Projection.log)
            let entries = shard.receiver.entries(of: Projection.log)
            #expect(
                entries.map { ProjectionChange.read($0.payload) } == [
                    [.set(Projection.field(of: acme.id), try acme.json())],
                    [.set(Projection.field(ofCertificate: "acme"), [7])], [.remove(Projection.field(of: acme.id))],
                ]
            )
            #expect(!entries.contains { String(buffer: $0.payload).contains("secret") })
        }
    }

    @Test(arguments: LiveDriver.all)
    func `a thousand puts may be under way at once`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let writer = try await self.writer(world.first)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<1000 {
                    let tenant = try Self.tenant("tenant-\(number)")
                    group.addTask { try await writer.put(tenant: tenant) }
                }
                try await group.waitForAll()
            }
            #expect(try await writer.load().tenants.count == 1000)
        }
    }

    @Test(arguments: LiveDriver.all)
    func `what cannot be read is named, and the rest is loaded`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let (writer, shard) = (try await self.writer(world.first), try await world.shard())
            try await writer.put(tenant: try Self.tenant("acme"))
            let broken = try #require(TenantID("broken"))
            let stolen = FieldChange.set(Projection.field(of: broken), try Self.tenant("acme").json())
            let odd = FieldChange.set(FieldName(Section("z"), "new"), [1])
            _ = try await shard.append(Transaction(changes: [LogChange(Projection.log, fields: [stolen, odd])]))
            let state = try await writer.load()
            #expect(state.tenants.keys.map(\.text) == ["acme"])
            #expect(state.unreadable == [broken])
        }
    }

    @Test(arguments: LiveDriver.all)
    func `a log that is lost is told and can be written again`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let writer = try await self.writer(world.first)
            let acme = try Self.tenant("acme")
            try await writer.put(tenant: acme)
            try await writer.markComplete()
            for _ in 1...2 {
                try await world.first.erase(.cell)
                try await within(.seconds(60), "the loss") {
                    var told = writer.losses.makeAsyncIterator()
                    _ = try await told.next()
                }
                #expect(try await writer.load().isComplete == false)
                try await writer.put(tenant: acme)
                try await writer.markComplete()
                #expect(try await writer.load().tenants == [acme.id: acme])
            }
        }
    }

    @Test(arguments: LiveDriver.all)
    func `channels of a tenant are counted`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let (writer, shard) = (try await self.writer(world.first), try await world.shard())
            #expect(try await writer.channelCount(of: world.tenant) == 0)
            for number in 1...3 { try await shard.say("x", in: world.channel("#\(number)")) }
            #expect(try await writer.channelCount(of: world.tenant) == 3)
        }
    }

    @Test(arguments: LiveDriver.withPods)
    func `after the store is shut down calls fail`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let store = try await world.backend.pod()
            let writer = try await self.writer(store)
            await store.shutdown()
            await #expect(throws: LiveStoreError.closed) { try await writer.markComplete() }
        }
    }

    @Test func `damaged payloads and such of another version are not read`() {
        let changes: [FieldChange] = [
            .set(Projection.complete, [1]), .remove(FieldName(Section("t"), "a")),
            .set(FieldName(Section("c"), "ü"), []),
        ]
        let payload = ProjectionChange.payload(changes)
        #expect(ProjectionChange.read(payload) == changes)
        for length in 1..<payload.readableBytes {
            let read = ProjectionChange.read(payload.getSlice(at: 0, length: length) ?? ByteBuffer())
            #expect(read == nil || changes.starts(with: read ?? []))
            #expect(read?.count != changes.count)
        }
        var newer = payload
        newer.setInteger(2 as UInt8, at: 0)
        #expect(ProjectionChange.read(newer) == nil)
        #expect(ProjectionChange.read(ByteBuffer()) == nil)
    }
}
