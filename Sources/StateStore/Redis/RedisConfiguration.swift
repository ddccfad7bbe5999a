package import NIOSSL
package import Observability

/// How the Redis driver paces, bounds and gives up.
package struct RedisConfiguration: Sendable {
    /// A call that has waited for this long is not applied any more.
    ///
    /// It fails with ``LiveStoreError/unavailable(reason:)``; one that was sent and changes something only once the server has
    /// said that it was not applied.
    package var callDeadline: Duration = .seconds(30)
    /// How long connecting and signing on may take.
    package var connectDeadline: Duration = .seconds(5)
    /// A connection that said nothing for this long is cut and made again.
    ///
    /// Every connection is pinged three times in it.
    package var silence: Duration = .seconds(3)
    /// Waits between attempts to connect, from the first to the longest, see ``Backoff``.
    ///
    /// Short even at its end: while one edge waits the others chat on, and it has to catch up with them.
    package var backoff: ClosedRange<Duration> = .milliseconds(50)...(.seconds(1))

    /// Calls that wait before a client is no longer ready, and before it takes no more.
    package var softCalls = 4096
    package var hardCalls = 16384
    /// Bytes that wait before a client is no longer ready, and before it takes no more.
    package var softBytes = 8 << 20
    package var hardBytes = 32 << 20

    /// The most operations and bytes in one function call: Redis serves nobody else while it runs.
    package var batchOperations = 128
    package var batchBytes = 256 << 10
    /// Function calls that are under way at once, for one client.
    package var batchesUnderWay = 8

    /// How many of the last minute's entries the store keeps at least, by kind of log.
    ///
    /// A follower that was away for fewer repairs entry by entry; one that missed more loads the log anew and tells
    /// its clients of the gap.
    package var entriesKept: [LogKey.Kind: Int] = [
        .channel: 8192, .user: 4096, .nick: 16, .tenant: 512, .projection: 1024, .account: 1, .hold: 1,
        .logins: 256,
    ]
    /// An append whose entries the subscription has not brought after this long asks for them.
    package var repairDelay: Duration = .milliseconds(50)

    /// The first lease, until the first renewal.
    package var firstLease: Duration = .seconds(30)
    /// Records of the feed that were handed out this long ago and never acknowledged are handed out again.
    package var feedRedelivery: Duration = .seconds(60)
    /// Who reads the feed.
    package var consumers = FeedConsumer.all

    /// Whom to trust with `rediss://`.
    ///
    /// The default trusts what the system trusts and checks the host name.
    package var tls = TLSConfiguration.makeClientConfiguration()

    /// Where is measured how long function calls take, from the first operation in one to its answer.
    package var appendTimes: HistogramFamily?

    package init() {}
}
