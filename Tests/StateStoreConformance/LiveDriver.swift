import Foundation
import Logging
import NIOCore
import NIOPosix
import StateStore
import Synchronization
import Tenant
import TestSupport
import Testing

/// A driver of the live store, for the tests that every driver passes.
struct LiveDriver: Sendable, CustomTestStringConvertible {
    /// What stands behind the stores of one test.
    struct Backend: Sendable {
        /// Makes a store: another pod, if the driver knows several; the one store there is otherwise.
        let pod: @Sendable () async throws -> any LiveStore
        let stop: @Sendable () async -> Void
    }

    let testDescription: String
    /// Whether several pods share what is live.
    let hasPods: Bool
    let start: @Sendable () async throws -> Backend

    static let all: [LiveDriver] = [.inProcess, .restarted, .onDisk, .redis]
    static let withPods: [LiveDriver] = all.filter(\.hasPods)

    static let inProcess = LiveDriver(testDescription: "in process", hasPods: false) {
        let store = InProcessLiveStore(configuration: Self.configuration)
        return Backend(pod: { store }, stop: { await store.shutdown() })
    }

    /// One that goes on with what an earlier process had, which is nothing that a test looks at.
    static let restarted = LiveDriver(testDescription: "in process, after a restart", hasPods: false) {
        let former = InProcessLiveStore(configuration: Self.configuration)
        let shard = try await TestShard(former)
        let tenant = try #require(TenantID("former"))
        let left = LogKey(tenant, .channel, "#left")
        _ = try await shard.append(Transaction(changes: [.text(left, "before", [.set(.member("ann"), [1])])]))
        let store = InProcessLiveStore(from: former.takeImage(), configuration: Self.configuration)
        return Backend(pod: { store }, stop: { await store.shutdown() })
    }

    private static var configuration: InProcessLiveStore.Configuration {
        var configuration = InProcessLiveStore.Configuration()
        configuration.consumers = [.history, .counter]
        return configuration
    }

    /// With its journal in a folder that each test has of its own.
    static let onDisk = LiveDriver(testDescription: "in process, journal on disk", hasPods: false) {
        let path = FileManager.default.temporaryDirectory.path + "/roost-journal-\(UUID().uuidString)"
        let store = try InProcessLiveStore.open(
            SystemFolder(path: path),
            configuration: Self.configuration,
            logger: Logger(label: "journal")
        )
        return Backend(
            pod: { store },
            stop: {
                await store.shutdown()
                try? FileManager.default.removeItem(atPath: path)
            }
        )
    }

    /// Each test has a server of its own.
    static let redis = LiveDriver(testDescription: "Redis", hasPods: true) {
        let server = try await RedisServer.started()
        let stores = Mutex<[RedisLiveStore]>([])
        return Backend(
            pod: {
                var configuration = RedisConfiguration()
                configuration.feedRedelivery = .milliseconds(200)
                configuration.consumers = [.history, .counter]
                let store = try await RedisLiveStore.connect(
                    url: server.url,
                    group: MultiThreadedEventLoopGroup.singleton,
                    logger: Logger(label: "redis"),
                    configuration: configuration
                )
                stores.withLock { $0.append(store) }
                return store
            },
            stop: {
                for store in stores.withLock({ $0 }) { await store.shutdown() }
                server.end()
            }
        )
    }

    /// Runs a test against a store that nobody else uses.
    func run(_ body: (World) async throws -> Void) async throws {
        let backend = try await self.start()
        do {
            let tenant = try #require(TenantID("acme"))
            try await body(World(backend: backend, first: try await backend.pod(), tenant: tenant))
        } catch {
            await backend.stop()
            throw error
        }
        await backend.stop()
    }
}

/// What a conformance test acts on.
struct World: Sendable {
    let backend: LiveDriver.Backend
    let first: any LiveStore
    let tenant: TenantID

    /// A shard of the first pod.
    func shard() async throws -> TestShard { try await TestShard(self.first) }

    /// A shard of another pod, if there can be one.
    func shardElsewhere() async throws -> TestShard { try await TestShard(try await self.backend.pod()) }

    func channel(_ name: String) -> LogKey { LogKey(self.tenant, .channel, name) }
}

let members = Section("M")
let modes = Section("O")

extension FieldName {
    static func member(_ name: String) -> FieldName { FieldName(members, name) }
    static func mode(_ name: String) -> FieldName { FieldName(modes, name) }
}

extension LogChange {
    /// A change with a text as payload.
    static func text(
        _ log: LogKey,
        _ text: String,
        _ fields: [FieldChange] = [],
        _ lifetime: Lifetime = .keep,
        holder: Holder = .unchanged,
        feed: FeedLabel? = nil
    ) -> LogChange {
        LogChange(
            log,
            payload: ByteBuffer(string: text),
            fields: fields,
            lifetime: lifetime,
            holder: holder,
            feed: feed
        )
    }
}

extension Outcome {
    /// Where the entries stand; fails the test if there are none.
    func stamps() throws -> [Stamp] {
        guard case .appended(let stamps) = self else {
            throw NotAppended(outcome: self)
        }
        return stamps
    }
}

struct NotAppended: Error {
    let outcome: Outcome
}
