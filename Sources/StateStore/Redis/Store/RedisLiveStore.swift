package import Logging
package import NIOCore
import Synchronization
import Tenant

/// The live store in a Redis 7 that pods share.
///
/// Redis must keep what it acknowledged: run it with `appendonly yes` and `appendfsync always`, and without an eviction
/// policy. With `everysec` a machine that dies takes up to a second with it, of which followers may have heard.
///
/// ```swift
/// let store = try await RedisLiveStore.connect(
///     url: "rediss://roost:secret@redis.internal:6380/0", group: group, logger: logger
/// )
/// let client = store.makeClient(on: loop, receiver: shard)  // on the loop
/// ```
package final class RedisLiveStore: LiveStore {
    package let pod: PodID
    let settings: RedisSettings
    let logger: Logger
    /// For leases; the feed's readers wait on a connection each.
    let control: OnLoop<RedisPipeline>
    let feeds: [String: OnLoop<RedisFeed>]
    /// Since when the server has written, as the last renewal of the lease found.
    let since = Mutex<Int?>(nil)
    private let clients = Mutex<Clients>(Clients())

    private struct Clients {
        var shards: UInt64 = 0
        var open: [OnLoop<RedisLiveClient>] = []
        var isClosed = false
    }

    private init(
        pod: PodID,
        settings: RedisSettings,
        logger: Logger,
        control: OnLoop<RedisPipeline>,
        feeds: [String: OnLoop<RedisFeed>]
    ) {
        self.pod = pod
        self.settings = settings
        self.logger = logger
        self.control = control
        self.feeds = feeds
    }

    /// Connects, loads the functions if they are missing, and takes a pod number with a first lease.
    ///
    /// - Parameters:
    ///   - url: See ``RedisEndpoint``.
    ///   - group: Where the store's own two connections live.
    ///   - logger: Gets lost connections; never a secret, never what is stored.
    ///   - configuration: Deadlines and bounds.
    /// - Returns: The store, connected.
    /// - Throws: ``RedisEndpoint/ParseError``, an error of the TLS configuration, or ``LiveStoreError/unavailable(reason:)``
    ///   if Redis cannot be used within ``RedisConfiguration/connectDeadline``.
    package static func connect(
        url: String,
        group: any EventLoopGroup,
        logger: Logger,
        configuration: RedisConfiguration = RedisConfiguration()
    ) async throws -> RedisLiveStore {
        let settings = try RedisSettings(RedisEndpoint(url), configuration)
        let loop = group.next()
        let control = try await loop.submit {
            let greeting = RedisGreeting(settings.endpoint, needsLibrary: true)
            let link = RedisLink(settings, on: loop, logger: logger, greeting: greeting)
            let pipeline = RedisPipeline(link, hasLibrary: true)
            pipeline.link.start()
            return OnLoop(pipeline, loop)
        }.get()
        let lease = String(max(1, configuration.firstLease.milliseconds))
        let pod: PodID
        do {
            pod = try await control.ask(.redis(.pod, [lease]), within: configuration.connectDeadline) { reply in
                reply.integer.flatMap { UInt64(exactly: $0) }.map(PodID.init(rawValue:))
            }
        } catch {
            let reason = await control.run { pipeline -> String in
                pipeline.close()
                return pipeline.link.lastFailure
            }
            if case .unavailable = error { throw LiveStoreError.unavailable(reason: reason) }
            throw error
        }
        let feeds = try await loop.submit {
            let feeds = configuration.consumers.map { consumer in
                (consumer.name, OnLoop(RedisFeed(consumer, settings, on: loop, pod: pod, logger: logger), loop))
            }
            return Dictionary(feeds) { first, _ in first }
        }.get()
        return RedisLiveStore(pod: pod, settings: settings, logger: logger, control: control, feeds: feeds)
    }

    package func makeClient(on loop: any EventLoop, receiver: any LiveStoreReceiver) -> any LiveStoreClient {
        loop.preconditionInEventLoop()
        let shard = self.clients.withLock { clients in
            clients.shards += 1
            return clients.shards - 1
        }
        let client = RedisLiveClient(
            self.settings,
            pod: self.pod,
            producer: ProducerID(rawValue: self.pod.rawValue << 16 | shard & 0xFFFF),
            on: loop,
            receiver: receiver,
            logger: self.logger
        )
        let bound = OnLoop(client, loop)
        let isClosed = self.clients.withLock { clients in
            if !clients.isClosed { clients.open.append(bound) }
            return clients.isClosed
        }
        if isClosed { client.close() }
        return client
    }

    var openClients: [OnLoop<RedisLiveClient>] { self.clients.withLock { $0.open } }

    package func shutdown() async {
        let open = self.clients.withLock { clients in
            clients.isClosed = true
            defer { clients.open = [] }
            return clients.open
        }
        for client in open { await client.run { $0.close() } }
        for feed in self.feeds.values { await feed.run { $0.close() } }
        await self.control.run { $0.close() }
    }
}
