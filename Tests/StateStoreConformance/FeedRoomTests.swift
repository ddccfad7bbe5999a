import Foundation
import Logging
import NIOCore
import StateStore
import Tenant
import TestSupport
import Testing

/// How tenants share the room in a feed that is not emptied.
///
/// In process: Redis, whose bound no test fills message by message, has tests of its own.
struct FeedRoomTests {
    private static let drivers: [LiveDriver] = [
        LiveDriver(testDescription: "in process", hasPods: false) {
            let store = InProcessLiveStore(configuration: Self.configuration)
            return LiveDriver.Backend(pod: { store }, stop: { await store.shutdown() })
        },
        LiveDriver(testDescription: "in process, journal on disk", hasPods: false) {
            let path = FileManager.default.temporaryDirectory.path + "/roost-journal-\(UUID().uuidString)"
            let store = try InProcessLiveStore.open(
                SystemFolder(path: path),
                configuration: Self.configuration,
                logger: Logger(label: "journal")
            )
            return LiveDriver.Backend(
                pod: { store },
                stop: {
                    await store.shutdown()
                    try? FileManager.default.removeItem(atPath: path)
                }
            )
        },
    ]

    private static var configuration: InProcessLiveStore.Configuration {
        var configuration = InProcessLiveStore.Configuration()
        configuration.feedLimit = 100
        configuration.consumers = [.history, .counter]
        return configuration
    }

    /// Says something that is to be kept until that is refused.
    ///
    /// - Returns: How often it was not.
    private func flood(_ log: LogKey, by shard: TestShard) async throws -> Int {
        var count = 0
        while count < 1000 {
            do { _ = try await shard.say("\(count)", in: log, feed: .any) } catch LiveStoreError.busy {
                return count
            }
            count += 1
        }
        return count
    }

    @Test(arguments: drivers)
    func `a tenant that floods is refused once it has all that it leaves free, and stops no other`(
        driver: LiveDriver
    ) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let acme = world.channel("#a")
            let beta = LogKey(try #require(TenantID("beta")), .channel, "#b")
            #expect(try await self.flood(acme, by: shard) == 50)
            let ready = try await shard.on { ($0.isReady, $0.isReady(for: acme.tenant), $0.isReady(for: beta.tenant)) }
            #expect(ready == (true, false, true))
            // What is not to be kept goes on, and so does who leaves, though that is kept.
            _ = try await shard.say("not to be kept", in: acme)
            let leaving = LogChange.text(acme, "leaves", [.remove(.member("dan"))], feed: .any)
            _ = try await shard.append(Transaction(changes: [leaving])).stamps()
            #expect(try await self.flood(beta, by: shard) == 25)
            // The history takes some of it.
            let records = try await world.first.readFeed(as: .history, limit: 40, timeout: .seconds(1))
            try await world.first.acknowledge(records.map(\.id), as: .history)
            #expect(try await shard.on { $0.isReady(for: acme.tenant) })
            _ = try await shard.say("kept again", in: acme, feed: .any)
        }
    }

    @Test(arguments: drivers)
    func `who only records gaps takes no room from the history, and is told over how much it was moved on`(
        driver: LiveDriver
    ) async throws {
        try await driver.run { world in
            let (shard, store) = (try await world.shard(), world.first)
            for number in 1...200 {
                _ = try await shard.say("\(number)", in: world.channel("#a"), feed: .any)
                let records = try await store.readFeed(as: .history, limit: 10, timeout: .seconds(1))
                try await store.acknowledge(records.map(\.id), as: .history)
            }
            let standing = try await store.feedStanding(of: .counter)
            #expect(standing.missed > 150)
            #expect(standing.waiting <= 25)
            #expect(standing.missed + standing.waiting == 200)
            #expect(try await store.feedStanding(of: .history) == FeedStanding(waiting: 0, missed: 0))
            let left = try await store.readFeed(as: .counter, limit: 100, timeout: .zero)
            #expect(left.map { String(buffer: $0.entry.payload) } == (standing.missed + 1...200).map(String.init))
        }
    }

    @Test(arguments: drivers)
    func `who only records gaps is not moved on over what the history needs too`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let count = try await self.flood(world.channel("#a"), by: shard)
            let standing = try await world.first.feedStanding(of: .counter)
            #expect(standing == FeedStanding(waiting: count, missed: 0))
        }
    }

    @Test(arguments: drivers)
    func `what an erased tenant had is others' room`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let acme = world.channel("#a")
            let beta = LogKey(try #require(TenantID("beta")), .channel, "#b")
            _ = try await self.flood(acme, by: shard)
            try await world.first.erase(acme.tenant)
            #expect(try await self.flood(beta, by: shard) == 50)
        }
    }
}
