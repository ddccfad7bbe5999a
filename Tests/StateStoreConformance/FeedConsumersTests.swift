import NIOCore
import StateStore
import TestSupport
import Testing

/// Several who read one feed.
struct FeedConsumersTests {
    private func texts(_ records: [FeedRecord]) -> [String] { records.map { String(buffer: $0.entry.payload) } }

    /// Reads until there are so many records, and acknowledges none.
    private func read(_ count: Int, as consumer: FeedConsumer, _ store: any LiveStore) async throws -> [FeedRecord] {
        try await within(.seconds(10), "\(count) records of the feed") {
            var records: [String: FeedRecord] = [:]
            var order: [String] = []
            while records.count < count {
                for record in try await store.readFeed(as: consumer, limit: 100, timeout: .milliseconds(50))
                where records.updateValue(record, forKey: record.id.text) == nil {
                    order.append(record.id.text)
                }
                try Task.checkCancellation()
            }
            return order.compactMap { records[$0] }
        }
    }

    @Test(arguments: LiveDriver.all)
    func `each gets all of it, with its labels, and acknowledges for itself`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let (a, b) = (world.channel("#a"), world.channel("#b"))
            _ = try await shard.append(
                Transaction(changes: [
                    .text(a, "1", feed: FeedLabel("#a")), .text(a, "no"), .text(b, "2", feed: FeedLabel("@x y")),
                    .text(a, "3", feed: FeedLabel("")),
                ])
            )
            let history = try await self.read(3, as: .history, world.first)
            try await world.first.acknowledge(history.map(\.id), as: .history)
            #expect(try await world.first.feedStanding(of: .history) == FeedStanding(waiting: 0, missed: 0))
            #expect(try await world.first.feedStanding(of: .counter).waiting > 0)
            let counted = try await self.read(3, as: .counter, world.first)
            for records in [history, counted] {
                let byText = Dictionary(uniqueKeysWithValues: zip(self.texts(records), records.map(\.label.text)))
                #expect(byText == ["1": "#a", "2": "@x y", "3": ""])
            }
            #expect(counted.map(\.entry) == history.map(\.entry))
            #expect(try await world.first.remains(of: world.tenant) > 2)
            try await world.first.acknowledge(counted.map(\.id), as: .counter)
            #expect(try await world.first.feedStanding(of: .counter) == FeedStanding(waiting: 0, missed: 0))
        }
    }

    @Test(arguments: LiveDriver.all)
    func `what one has acknowledged stays for the other, and nothing stays once both have`(
        driver: LiveDriver
    ) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let log = world.channel("#a")
            for number in 1...6 { try await shard.say("\(number)", in: log, feed: .any) }
            _ = try await shard.append(Transaction(changes: [.text(log, "end", [], .drop)]))
            for (consumer, left) in [(FeedConsumer.counter, 6), (.history, 0)] {
                let records = try await self.read(6, as: consumer, world.first)
                #expect(self.texts(records) == (1...6).map(String.init))
                // In another order than it came.
                try await world.first.acknowledge(records.reversed().map(\.id), as: consumer)
                #expect(try await world.first.remains(of: world.tenant) >= left)
            }
            #expect(try await world.first.readFeed(as: .counter, limit: 10, timeout: .zero).isEmpty)
            #expect(try await world.first.remains(of: world.tenant) <= 1)
        }
    }

    @Test(arguments: LiveDriver.all)
    func `the feed is not read as somebody who is not in its table`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let stranger = FeedConsumer("stranger", atBound: .refuse)
            await #expect(throws: LiveStoreError.self) {
                _ = try await world.first.readFeed(as: stranger, limit: 1, timeout: .zero)
            }
            await #expect(throws: LiveStoreError.self) {
                try await world.first.acknowledge([.init("1")], as: stranger)
            }
        }
    }
}
