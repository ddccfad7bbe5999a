import NIOCore
import StateStore
import Tenant
import TestSupport
import Testing

/// Entries on their way to the durable history.
struct JournalTests {
    @Test(arguments: LiveDriver.all)
    func `what is marked for the journal comes out of it, oldest first, with its place and its time`(
        driver: LiveDriver
    ) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let (a, b) = (world.channel("#a"), world.channel("#b"))
            let stamps = try await shard.append(
                Transaction(changes: [
                    .text(a, "1", journal: true), .text(a, "not"), .text(a, "2", journal: true), .text(b, "not"),
                ])
            ).stamps()
            try await shard.say("3", in: b, journal: true)
            let records = try await self.read(3, world.first)
            #expect(records.map { String(buffer: $0.entry.payload) } == ["1", "2", "3"])
            #expect(records.map(\.log) == [a, a, b])
            #expect(records[1].entry.position == stamps[2].position)
            #expect(records[1].entry.time == stamps[2].time)
            #expect(records[1].entry.producer == shard.producer)
            try await world.first.acknowledgeJournal(records.map(\.id))
            #expect(try await world.first.readJournal(limit: 10, timeout: .milliseconds(1)).isEmpty)
        }
    }

    @Test(arguments: LiveDriver.all)
    func `no more is handed out than was asked for, and nothing is left out`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let changes = (0..<25).map { LogChange.text(world.channel("#a"), "\($0)", journal: true) }
            _ = try await shard.append(Transaction(changes: changes))
            var texts: [String] = []
            while texts.count < 25 {
                let records = try await self.read(1, world.first, limit: 10)
                #expect(records.count <= 10)
                texts += records.map { String(buffer: $0.entry.payload) }
                try await world.first.acknowledgeJournal(records.map(\.id))
            }
            #expect(texts == (0..<25).map(String.init))
        }
    }

    @Test(arguments: LiveDriver.all)
    func `what goes to many logs at once is acknowledged record by record`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let changes = (0..<1200).map { LogChange.text(world.channel("#\($0)"), "\($0)", journal: true) }
            _ = try await shard.append(Transaction(changes: changes))
            let records = try await self.read(1200, world.first, limit: 2000)
            #expect(Set(records.map(\.log)).count == 1200)
            try await world.first.acknowledgeJournal(records.dropFirst().map(\.id))
            let again = try await self.read(1, world.first, limit: 2000)
            #expect(again.contains { $0.log == records[0].log })
            try await world.first.acknowledgeJournal((again + records).map(\.id))
            _ = try await shard.say("last", in: world.channel("#last"), journal: true)
            let last = try await self.read(1, world.first)
            #expect(last.map { String(buffer: $0.entry.payload) }.contains("last"))
        }
    }

    @Test(arguments: LiveDriver.all)
    func `what is not acknowledged is handed out again`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            for text in ["1", "2"] { try await shard.say(text, in: world.channel("#a"), journal: true) }
            let first = try await self.read(2, world.first)
            try await world.first.acknowledgeJournal([first[0].id])
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
            for number in 1...5 { try await shard.say("\(number)", in: world.channel("#a"), journal: true) }
            let lost = try await self.read(5, dead)
            await dead.shutdown()
            let found = try await self.read(5, world.first)
            #expect(found.map(\.entry) == lost.map(\.entry))
        }
    }

    @Test(arguments: LiveDriver.all)
    func `the journal waits for entries, and not longer than it was told to`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let store = world.first
            let start = ContinuousClock.now
            #expect(try await store.readJournal(limit: 10, timeout: .milliseconds(50)).isEmpty)
            #expect(ContinuousClock.now - start >= .milliseconds(45))
            async let records = store.readJournal(limit: 10, timeout: .seconds(20))
            try await shard.say("1", in: world.channel("#a"), journal: true)
            #expect(try await records.count == 1)
        }
    }

    @Test(arguments: LiveDriver.all)
    func `entries of a dropped log are still handed out`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let change = LogChange.text(world.channel("#a"), "last", [], .drop, journal: true)
            _ = try await shard.append(Transaction(changes: [change]))
            #expect(try await self.read(1, world.first).map { String(buffer: $0.entry.payload) } == ["last"])
        }
    }

    /// Reads until there are so many records.
    private func read(_ count: Int, _ store: any LiveStore, limit: Int = 100) async throws -> [JournalRecord] {
        try await within(.seconds(10), "\(count) journal records") {
            var records: [JournalRecord] = []
            while records.count < count {
                records += try await store.readJournal(limit: limit, timeout: .milliseconds(100))
                try Task.checkCancellation()
            }
            return records
        }
    }
}
