import Foundation
import Logging
import NIOCore
import StateStore
import Tenant
import TestSupport
import Testing

/// How tenants share the room on a journal that is not emptied.
///
/// In process: Redis, whose bound no test fills message by message, has tests of its own.
struct JournalRoomTests {
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
        configuration.journalLimit = 100
        return configuration
    }

    /// Says something that is to be kept until that is refused.
    ///
    /// - Returns: How often it was not.
    private func flood(_ log: LogKey, by shard: TestShard) async throws -> Int {
        var count = 0
        while count < 1000 {
            do { _ = try await shard.say("\(count)", in: log, journal: true) } catch LiveStoreError.busy {
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
            let leaving = LogChange.text(acme, "leaves", [.remove(.member("dan"))], journal: true)
            _ = try await shard.append(Transaction(changes: [leaving])).stamps()
            #expect(try await self.flood(beta, by: shard) == 25)
            // The history takes some of it.
            let records = try await world.first.readJournal(limit: 40, timeout: .seconds(1))
            try await world.first.acknowledgeJournal(records.map(\.id))
            #expect(try await shard.on { $0.isReady(for: acme.tenant) })
            _ = try await shard.say("kept again", in: acme, journal: true)
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
