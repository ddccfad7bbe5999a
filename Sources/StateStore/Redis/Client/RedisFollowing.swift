import Logging
import NIOCore

/// The logs that a client follows, over a connection of their own.
///
/// A log is subscribed to first and loaded then, so nothing falls between. What a lost connection swallowed is asked
/// for over the command connection, log by log, as soon as the log is subscribed to again.
final class RedisFollowing: RedisLink.User {
    let link: RedisLink
    let pipeline: RedisPipeline
    /// Nil once closed: nothing is told any more.
    private(set) var receiver: (any LiveStoreReceiver)?
    /// Called when the connection came up or was lost.
    var onChange: () -> Void = {}
    var byKey: [String: RedisReplica] = [:]
    private var byLog: [LogKey: RedisReplica] = [:]
    /// `SUBSCRIBE`s that were sent and not acknowledged.
    private var unacknowledged: [String: Int] = [:]
    /// What to say at the end of this turn: keys, and whether to subscribe.
    private var orders: [(key: String, subscribe: Bool)] = []
    var toCheck: [RedisReplica] = []
    /// What was missed and waits until the receiver has room for it.
    var repairs: [String: ArraySlice<RedisChunk>] = [:]
    private var flushIsDue = false
    var listed: [RedisReplica] = []
    var watchIsDue = false
    var isClosed = false
    /// How often the connection came up.
    private(set) var connections = 0

    init(_ link: RedisLink, _ pipeline: RedisPipeline, receiver: any LiveStoreReceiver) {
        self.link = link
        self.pipeline = pipeline
        self.receiver = receiver
        link.user = self
    }

    var isUp: Bool { self.link.isUp }

    subscript(log: LogKey) -> RedisReplica? { self.byLog[log] }

    var deadline: NIODeadline { .now() + TimeAmount(self.link.settings.configuration.callDeadline) }

    // MARK: Following

    func follow(_ token: FollowToken, _ completion: @escaping (Result<Snapshot, LiveStoreError>) -> Void) {
        guard !self.isClosed else { return completion(.failure(.closed)) }
        let caller = RedisReplica.Caller(token: token, deadline: self.deadline, completion: completion)
        if let replica = self.byLog[token.log] {
            replica.token = token
            replica.callers.append(caller)
            switch replica.phase {
            case .subscribing, .loading: break
            case .live, .checking, .repairing, .reloading: self.load(replica)
            }
            return
        }
        let replica = RedisReplica(token)
        replica.callers.append(caller)
        self.byLog[token.log] = replica
        self.byKey[replica.key] = replica
        self.order(replica.key, subscribe: true)
    }

    func unfollow(_ token: FollowToken) {
        guard let replica = self.byLog[token.log] else { return }
        guard replica.token == token else {
            for caller in replica.takeCallers(where: { $0.token == token }) { caller.completion(.failure(.closed)) }
            return
        }
        self.forget(replica)
    }

    func forget(_ replica: RedisReplica) {
        self.byLog[replica.log] = nil
        self.byKey[replica.key] = nil
        self.repairs[replica.key] = nil
        replica.request += 1
        self.order(replica.key, subscribe: false)
        for caller in replica.takeCallers() { caller.completion(.failure(.closed)) }
        for delivery in replica.abandoned() { delivery.delivered() }
    }

    func close() {
        guard !self.isClosed else { return }
        self.isClosed = true
        self.receiver = nil
        self.link.close()
        let replicas = Array(self.byLog.values)
        self.byLog = [:]
        self.byKey = [:]
        self.repairs = [:]
        for replica in replicas {
            replica.request += 1
            for caller in replica.takeCallers() { caller.completion(.failure(.closed)) }
            for delivery in replica.abandoned() { delivery.fail(.closed) }
        }
    }

    private func order(_ key: String, subscribe: Bool) {
        self.orders.append((key, subscribe))
        self.flushAtEndOfTurn()
    }

    func flushAtEndOfTurn() {
        guard !self.flushIsDue else { return }
        self.flushIsDue = true
        self.link.loop.assumeIsolated().execute {
            self.flushIsDue = false
            self.flush()
        }
    }

    private func flush() {
        self.sendChecks()
        let orders = self.orders
        self.orders = []
        guard self.link.isUp, !orders.isEmpty else { return }
        var bytes = ByteBuffer()
        var rest = orders[...]
        while let first = rest.first {
            let run = rest.prefix(512).prefix { $0.subscribe == first.subscribe }
            rest = rest.dropFirst(run.count)
            bytes.writeRedisArray(1 + run.count)
            bytes.writeRedisBulk(first.subscribe ? "SUBSCRIBE" : "UNSUBSCRIBE")
            for order in run {
                bytes.writeRedisBulk(order.key)
                if order.subscribe { self.unacknowledged[order.key, default: 0] += 1 }
            }
        }
        self.link.send(bytes)
    }

    // MARK: What the link tells

    func linkIsUp(_ greeting: RedisReply?) {
        self.connections += 1
        self.unacknowledged = [:]
        self.orders = self.byKey.keys.map { ($0, true) }
        self.flush()
        self.onChange()
    }

    func linkIsDown() {
        self.onChange()
        for replica in self.listed { self.checkIfLate(replica, .now()) }
    }

    func linkReceived(_ reply: RedisReply) {
        if let error = reply.error { return self.link.cut(error) }
        guard let kind = reply[0]?.bytes.first else { return }
        switch kind {
        case UInt8(ascii: "m"):
            guard let key = reply[1]?.text, let replica = self.byKey[key] else { return }
            // One of a form that this version does not know shows in the state.
            guard let chunk = reply[2].flatMap({ RedisChunk($0.buffer) }) else { return self.lookAgain(replica) }
            self.received(chunk, for: replica)
        case UInt8(ascii: "s"):
            guard let key = reply[1]?.text else { return }
            let left = (self.unacknowledged[key] ?? 1) - 1
            self.unacknowledged[key] = left > 0 ? left : nil
            if left <= 0, let replica = self.byKey[key] { self.lookAgain(replica) }
        default: break
        }
    }

    /// The store may have gone back in time: every log is looked at.
    func storeBeganAnew() {
        for replica in self.byKey.values where replica.phase != .subscribing { self.lookAgain(replica) }
    }

    func linkReceivedAll() { self.sendChecks() }

    func linkTick(_ now: NIODeadline) {
        self.link.send(.redis(["PING"]))
        for replica in Array(self.byLog.values) where !replica.callers.isEmpty {
            let late = replica.takeCallers { $0.deadline <= now }
            guard !late.isEmpty else { continue }
            for caller in late { caller.completion(.failure(.unavailable(reason: "no answer in time"))) }
            if !replica.isFollowed, replica.callers.isEmpty, self[replica.log] === replica { self.forget(replica) }
        }
    }

    /// Something may have been missed.
    private func lookAgain(_ replica: RedisReplica) {
        switch replica.phase {
        case .subscribing: self.load(replica)
        case .live: self.check(replica)
        case .loading, .checking, .repairing, .reloading: replica.mustCheckAgain = true
        }
    }
}
