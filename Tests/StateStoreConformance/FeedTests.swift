import NIOCore
import StateStore
import Tenant
import TestSupport
import Testing

/// What is put into the feed comes out of it.
struct JournalTests {
    @Test(arguments: LiveDriver.all)
    func `what is marked for the feed comes out of it, oldest first, with its place and its time`(
        driver: LiveDriver
    ) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let (a, b) = (world.channel("#a"), world.channel("#b"))
            let stamps = try await shard.append(
                Transaction(changes: [
                    .text(a, "1", feed: .any), .text(a, "not"), .text(a, "2", feed: .any), .text(b, "not"),
                ])
            ).stamps()
            try await shard.say("3", in: b, feed: .any)
            let records = try await self.read(3, world.first)
            #expect(records.map { String(buffer: $0.entry.payload) } == ["1", "2", "3"])
            #expect(records.map(\.log) == [a, a, b])
            #expect(records[1].entry.position == stamps[2].position)
            #expect(records[1].entry.time == stamps[2].time)
            #expect(records[1].entry.producer == shard.producer)
            try await world.first.acknowledge(records.map(\.id), as: .history)
            #expect(try await world.first.readFeed(as: .history, limit: 10, timeout: .milliseconds(1)).isEmpty)
        }
    }

    @Test(arguments: LiveDriver.all)
    func `what is in a tenant's own log comes out of it as what is in channels' logs`(
        driver: LiveDriver
    ) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let (own, inbox) = (LogKey(world.tenant, .tenant, ""), LogKey(world.tenant, .user, "1"))
            _ = try await shard.append(
                Transaction(changes: [.text(inbox, "done"), .text(own, "noted", feed: .any)])
            ).stamps()
            let records = try await self.read(1, world.first)
            #expect(records.map { String(buffer: $0.entry.payload) } == ["noted"] && records.map(\.log) == [own])
        }
    }

    @Test(arguments: LiveDriver.all)
    func `no more is handed out than was asked for, and nothing is left out`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let changes = (0..<25).map { LogChange.text(world.channel("#a"), "\($0)", feed: .any) }
            _ = try await shard.append(Transaction(changes: changes))
            var texts: [String] = []
            while texts.count < 25 {
                let records = try await self.read(1, world.first, limit: 10)
                #expect(records.count <= 10)
                texts += records.map { String(buffer: $0.entry.payload) }
                try await world.first.acknowledge(records.map(\.id), as: .history)
            }
            #expect(texts == (0..<25).map(String.init))
        }
    }

    @Test(arguments: LiveDriver.all)
    func `what goes to many logs at once is acknowledged record by record`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let changes = (0..<1200).map { LogChange.text(world.channel("#\($0)"), "\($0)", feed: .any) }
            _ = try await shard.append(Transaction(changes: changes))
            let records = try await self.read(1200, world.first, limit: 2000)
            #expect(Set(records.map(\.log)).count == 1200)
            try await world.first.acknowledge(records.dropFirst().map(\.id), as: .history)
            let again = try await self.read(1, world.first, limit: 2000)
            #expect(again.contains { $0.log == records[0].log })
            try await world.first.acknowledge((again + records).map(\.id), as: .history)
            _ = try await shard.say("last", in: world.channel("#last"), feed: .any)
            let last = try await self.read(1, world.first)
            #expect(last.map { String(buffer: $0.entry.payload) }.contains("last"))
        }
    }

    @Test(arguments: LiveDriver.all)
    func `what is not acknowledged is handed out again`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            for text in ["1", "2"] { try await shard.say(text, in: world.channel("#a"), feed: .any) }
            let first = try await self.read(2, world.first)
            try await world.first.acknowledge([first[0].id], as: .history)
            let again = try await self.read(1, world.first)
            #expect(again.map { String(buffer: $0.entry.payload) } == ["2"])
            #expect(again[0].entry.position == first[1].entry.position)
        }
    }

    @Test(arguments: LiveDriver.withPods)
    func `what a reader that died did not acknowledge is handed out to another`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let dead = try await world.backend.pod()
            for number in 1...5 { try await shard.say("\(number)", in: world.channel("#a"), feed: .any) }
            let lost = try await self.read(5, dead)
            await dead.shutdown()
            let found = try await self.read(5, world.first)
            #expect(found.map(\.entry) == lost.map(\.entry))
        }
    }

    @Test(arguments: LiveDriver.all)
    func `the feed waits for entries, and not longer than it was told to`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let store = world.first
            let start = ContinuousClock.now
            #expect(try await store.readFeed(as: .history, limit: 10, timeout: .milliseconds(50)).isEmpty)
            #expect(ContinuousClock.now - start >= .milliseconds(45))
            async let records = store.readFeed(as: .history, limit: 10, timeout: .seconds(20))
            try await shard.say("1", in: world.channel("#a"), feed: .any)
            #expect(try await records.count == 1)
        }
    }

    @Test(arguments: LiveDriver.all)
    func `entries of a dropped log are still handed out`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let change = LogChange.text(world.channel("#a"), "last", [], .drop, feed: .any)
            _ = try await shard.append(Transaction(changes: [change]))
            #expect(try await self.read(1, world.first).map { String(buffer: $0.entry.payload) } == ["last"])
        }
    }

    /// Reads until there are so many records.
    private func read(_ count: Int, _ store: any LiveStore, limit: Int = 100) async throws -> [FeedRecord] {
        try await within(.seconds(10), "\(count) records of the feed") {
            var records: [FeedRecord] = []
            while records.count < count {
                records += try await store.readFeed(as: .history, limit: limit, timeout: .milliseconds(100))
                try Task.checkCancellation()
            }
            return records
        }
    }
}
