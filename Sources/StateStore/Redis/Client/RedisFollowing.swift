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
    private var byKey: [String: RedisReplica] = [:]
    private var byLog: [LogKey: RedisReplica] = [:]
    /// `SUBSCRIBE`s that were sent and not acknowledged.
    private var unacknowledged: [String: Int] = [:]
    /// What to say at the end of this turn: keys, and whether to subscribe.
    private var orders: [(key: String, subscribe: Bool)] = []
    private var toCheck: [RedisReplica] = []
    private var flushIsDue = false
    private var listed: [RedisReplica] = []
    private var watchIsDue = false
    private var isClosed = false

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

    func follow(_ log: LogKey, _ completion: @escaping (Result<Snapshot, LiveStoreError>) -> Void) {
        guard !self.isClosed else { return completion(.failure(.closed)) }
        if let replica = self.byLog[log] {
            replica.callers.append((self.deadline, completion))
            switch replica.phase {
            case .subscribing, .loading: break
            case .live, .checking, .reloading: self.load(replica)
            }
            return
        }
        let replica = RedisReplica(log)
        replica.callers.append((self.deadline, completion))
        self.byLog[log] = replica
        self.byKey[replica.key] = replica
        self.order(replica.key, subscribe: true)
    }

    func unfollow(_ log: LogKey, failing error: LiveStoreError = .closed) {
        guard let replica = self.byLog.removeValue(forKey: log) else { return }
        self.byKey[replica.key] = nil
        replica.request += 1
        self.order(replica.key, subscribe: false)
        let callers = replica.callers
        replica.callers = []
        for (_, caller) in callers { caller(.failure(error)) }
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
        for replica in replicas {
            replica.request += 1
            for (_, caller) in replica.callers { caller(.failure(.closed)) }
            replica.callers = []
            for delivery in replica.abandoned() { delivery.fail(.closed) }
        }
    }

    private func order(_ key: String, subscribe: Bool) {
        self.orders.append((key, subscribe))
        self.flushAtEndOfTurn()
    }

    private func flushAtEndOfTurn() {
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

    func linkIsUp() {
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
            guard let key = reply[1]?.text, let chunk = reply[2].flatMap({ RedisChunk($0.buffer) }),
                let replica = self.byKey[key]
            else { return }
            self.received(chunk, for: replica)
        case UInt8(ascii: "s"):
            guard let key = reply[1]?.text else { return }
            let left = (self.unacknowledged[key] ?? 1) - 1
            self.unacknowledged[key] = left > 0 ? left : nil
            if left <= 0, let replica = self.byKey[key] { self.subscribed(replica) }
        default: break
        }
    }

    func linkReceivedAll() { self.sendChecks() }

    func linkTick(_ now: NIODeadline) {
        self.link.send(.redis(["PING"]))
        for replica in Array(self.byLog.values) where !replica.callers.isEmpty {
            let late = replica.callers.filter { $0.0 <= now }
            guard !late.isEmpty else { continue }
            replica.callers.removeAll { $0.0 <= now }
            for (_, caller) in late { caller(.failure(.unavailable(reason: "no answer in time"))) }
            if !replica.isFollowed, replica.callers.isEmpty { self.unfollow(replica.log) }
        }
    }

    private func subscribed(_ replica: RedisReplica) {
        switch replica.phase {
        case .subscribing: self.load(replica)
        case .live: self.check(replica)
        case .loading, .checking, .reloading: replica.mustCheckAgain = true
        }
    }

    // MARK: Entries

    private func received(_ chunk: RedisChunk, for replica: RedisReplica) {
        switch replica.phase {
        case .subscribing: break
        case .loading, .checking, .reloading: replica.hold(chunk)
        case .live: self.apply(chunk, to: replica)
        }
    }

    /// - `hasMissed`: something may lie between what was delivered and the chunk, e.g. a whole incarnation.
    private func apply(_ chunk: RedisChunk, to replica: RedisReplica, hasMissed: Bool = false) {
        switch replica.step(for: chunk) {
        case .ignore: return
        case .check:
            // Not held: what was published was kept first, so the answer has it, or makes it void.
            return self.check(replica)
        case .begin where !hasMissed:
            replica.restarted(chunk.epoch)
        case .begin, .restart:
            replica.restarted(chunk.epoch)
            self.receiver?.reloaded(Snapshot(log: replica.log, position: replica.position, fields: [:]))
        case .deliver: break
        }
        let isWhole = chunk.forEach(after: replica.position.sequence) { entry, _ in
            guard self.isLive(replica) else { return false }
            replica.advance(to: entry.position)
            self.receiver?.received(entry, of: replica.log)
            return true
        }
        if chunk.isLast, replica.position == Position(epoch: chunk.epoch, sequence: chunk.last) { replica.dropped() }
        if !isWhole, self.isLive(replica) { self.check(replica) }
        for delivery in replica.settled() { delivery.delivered() }
    }

    private func isLive(_ replica: RedisReplica) -> Bool {
        replica.phase == .live && self.byKey[replica.key] === replica
    }

    // MARK: Loading

    private func load(_ replica: RedisReplica) {
        replica.phase = .loading
        replica.coverWaits()
        self.requestSnapshot(replica) { result in
            let callers = replica.callers
            replica.callers = []
            switch result {
            case .success(let snapshot):
                replica.loaded(snapshot)
                replica.phase = .live
                for (_, caller) in callers { caller(.success(snapshot)) }
                self.resume(replica)
            case .failure(let error):
                for (_, caller) in callers { caller(.failure(error)) }
                if !replica.isFollowed { self.unfollow(replica.log) } else { self.checkLater(replica) }
            }
        }
    }

    private func reload(_ replica: RedisReplica) {
        replica.phase = .reloading
        self.requestSnapshot(replica) { result in
            guard case .success(let snapshot) = result else { return self.checkLater(replica) }
            replica.loaded(snapshot)
            replica.phase = .live
            self.receiver?.reloaded(snapshot)
            self.resume(replica)
        }
    }

    private func requestSnapshot(
        _ replica: RedisReplica,
        _ completion: @escaping (Result<Snapshot, LiveStoreError>) -> Void
    ) {
        replica.request += 1
        let request = replica.request
        self.pipeline.enqueue(.redis(["HGETALL", replica.key + ":h"]), deadline: self.deadline) { result in
            guard replica.request == request else { return }
            completion(result.flatMap { Snapshot.parsed(replica.log, $0) })
        }
    }

    /// Goes on with what came while the replica waited.
    private func resume(_ replica: RedisReplica) {
        for delivery in replica.uncovered() { delivery.delivered() }
        for delivery in replica.settled() { delivery.delivered() }
        for chunk in replica.takeHeld() {
            guard self.byKey[replica.key] === replica else { return }
            self.received(chunk, for: replica)
        }
        if replica.mustCheckAgain, self.isLive(replica) { self.check(replica) }
    }

    // MARK: Checking

    private func check(_ replica: RedisReplica) {
        guard self.byKey[replica.key] === replica else { return }
        replica.phase = .checking
        replica.request += 1
        self.toCheck.append(replica)
        self.flushAtEndOfTurn()
    }

    private func sendChecks() {
        var rest = self.toCheck[...]
        self.toCheck = []
        while !rest.isEmpty {
            let group = rest.prefix(64).filter { $0.phase == .checking }
            rest = rest.dropFirst(64)
            if group.isEmpty { continue }
            var arguments: [String] = []
            for replica in group {
                replica.mustCheckAgain = false
                replica.coverWaits()
                let epoch = replica.exists ? replica.position.epoch : 0
                arguments += [replica.key, String(epoch), String(replica.position.sequence)]
            }
            let asked = group.map { ($0, $0.request) }
            self.pipeline.enqueue(.redis(.check, arguments), deadline: self.deadline) { result in
                for (index, (replica, request)) in asked.enumerated() where replica.request == request {
                    guard case .success(let reply) = result, let answer = reply[index] else {
                        self.checkLater(replica)
                        continue
                    }
                    self.checked(replica, answer)
                }
            }
        }
    }

    private func checked(_ replica: RedisReplica, _ answer: RedisReply) {
        if answer.integer == 0 {
            replica.phase = .live
            return self.resume(replica)
        }
        let chunks = answer.elements.map { RedisChunk($0.buffer) }
        guard answer.isArray, !chunks.contains(where: { $0?.isWhole != true }) else { return self.reload(replica) }
        replica.phase = .live
        for case .some(let chunk) in chunks where self.isLive(replica) {
            self.apply(chunk, to: replica, hasMissed: true)
        }
        if self.isLive(replica) { self.resume(replica) }
    }

    /// After a request failed; the connection's own pace decides when the next succeeds.
    private func checkLater(_ replica: RedisReplica) {
        guard !self.isClosed, self.byKey[replica.key] === replica else { return }
        replica.phase = .checking
        replica.request += 1
        let request = replica.request
        self.link.logger.warning("a followed log could not be checked", metadata: ["log": "\(replica.log)"])
        self.link.loop.assumeIsolated().scheduleTask(in: .seconds(1)) { [weak self] in
            if replica.request == request { self?.check(replica) }
        }
    }

    // MARK: Outcomes that wait for entries

    /// Puts a replica on the list of those that something waits for.
    func watch(_ replica: RedisReplica) {
        if !replica.isListed {
            replica.isListed = true
            self.listed.append(replica)
        }
        if !self.link.isUp { return self.checkIfLate(replica, .now()) }
        guard !self.watchIsDue else { return }
        self.watchIsDue = true
        let delay = TimeAmount(self.link.settings.configuration.repairDelay)
        self.link.loop.assumeIsolated().scheduleTask(in: delay) { [weak self] in self?.lookForLate() }
    }

    private func lookForLate() {
        self.watchIsDue = false
        guard !self.isClosed else { return }
        let now = NIODeadline.now()
        let listed = self.listed
        self.listed = []
        for replica in listed {
            replica.isListed = false
            for delivery in replica.expired(now) {
                delivery.fail(.unavailable(reason: "applied, but its entries did not come in time"))
            }
            guard replica.isWaitedFor else { continue }
            self.checkIfLate(replica, now)
            self.watch(replica)
        }
    }

    private func checkIfLate(_ replica: RedisReplica, _ now: NIODeadline) {
        guard self.isLive(replica), let since = replica.waitedForSince else { return }
        let delay = TimeAmount(self.link.settings.configuration.repairDelay)
        if !self.link.isUp || now - since >= delay { self.check(replica) }
    }
}
