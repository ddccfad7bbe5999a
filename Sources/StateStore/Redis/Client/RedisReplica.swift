import NIOCore
import Numbers

/// How far one followed log was delivered, and who waits for more of it.
///
/// Decides; does no I/O.
final class RedisReplica {
    enum Phase {
        /// Waits for the subscription's acknowledgement; nothing was loaded.
        case subscribing
        /// Waits for a snapshot for whoever asked to follow.
        case loading
        /// Delivers what comes.
        case live
        /// Waits to hear what it missed.
        case checking
        /// Waits until the receiver has room for more of what it missed.
        case repairing
        /// Waits for a snapshot because what it missed is not there any more.
        case reloading
    }

    /// What to do with a chunk that came.
    enum Step {
        case ignore
        /// Deliver its entries after the replica's position.
        case deliver
        /// It begins a new incarnation of a log whose end is known.
        case begin
        /// It begins a new incarnation of the log; what the last one ended with is lost.
        case restart
        /// Something between is missing.
        case check
    }

    /// What has to be delivered before something else may be told.
    enum Goal {
        case reached(Position)
        /// The log does not exist any more, as of an epoch.
        case gone(UInt64)
    }

    private struct Wait {
        let goal: Goal
        let since: NIODeadline
        let delivery: RedisDelivery
    }

    /// More chunks than this are not held while the replica waits; it asks for them later.
    private static let mostHeld = 64

    /// Who asked to follow and was not answered yet.
    struct Caller {
        let token: FollowToken
        /// Until when they wait.
        let deadline: NIODeadline
        let completion: (Result<Snapshot, LiveStoreError>) -> Void
    }

    let log: LogKey
    /// The latest follow, for which the log is followed.
    var token: FollowToken
    /// The log's key: its pub/sub channel.
    let key: String
    /// The key as MessagePack, ready to be copied into a batch.
    let packedKey: ByteBuffer
    var phase = Phase.subscribing
    private(set) var position = Position.none
    private(set) var exists = false
    /// The highest epoch that is known to be over, so that nothing of it is delivered again.
    private var over: UInt64 = 0
    /// Whether a snapshot was ever handed out: the log is followed.
    private(set) var isFollowed = false
    /// Set when the subscription was made again while the replica waited for something else.
    var mustCheckAgain = false
    var callers: [Caller] = []
    /// Tells the request under way from earlier ones.
    var request: UInt64 = 0
    /// Whether the replica is on the list of those that are waited for.
    var isListed = false
    private var held: [RedisChunk] = []
    private var waits: [Wait] = []
    /// Waits that the check under way satisfies in any case.
    private var covered: [Wait] = []

    init(_ token: FollowToken) {
        let log = token.log
        self.token = token
        self.log = log
        self.key = log.redisKey
        var packed = ByteBuffer()
        packed.writePacked(log)
        self.packedKey = packed
    }

    func step(for chunk: RedisChunk) -> Step {
        if chunk.epoch == self.position.epoch {
            if chunk.last <= self.position.sequence { return .ignore }
            return chunk.first <= self.position.sequence.plus(1) ? .deliver : .check
        }
        // The store may have gone back since, but not behind what was delivered here.
        let isNext = chunk.first == self.position.sequence.plus(1)
        if self.exists, chunk.prior == self.position.epoch, isNext { return .deliver }
        if chunk.epoch <= self.over { return .ignore }
        guard chunk.epoch > self.position.epoch, chunk.first == 1 else { return .check }
        return self.exists ? .restart : .begin
    }

    /// Whether a log that does not exist, as far as is known, ended with or after this epoch.
    func hasEnded(with epoch: UInt64) -> Bool { !self.exists && epoch <= max(self.over, self.position.epoch) }

    func advance(to position: Position) { self.position = position }

    func dropped() { self.exists = false }

    func restarted(_ epoch: UInt64) {
        self.position = Position(epoch: epoch, sequence: 0)
        self.exists = true
    }

    func loaded(_ snapshot: Snapshot) {
        // A log that is there again is of a store that went back.
        self.over =
            snapshot.exists ? min(self.over, snapshot.position.epoch.minus(1)) : max(self.over, self.position.epoch)
        self.position = snapshot.position
        self.exists = snapshot.exists
        self.isFollowed = true
    }

    /// Takes out who is to be answered now.
    func takeCallers(where isChosen: (Caller) -> Bool = { _ in true }) -> [Caller] {
        let chosen = self.callers.filter(isChosen)
        self.callers.removeAll(where: isChosen)
        return chosen
    }

    // MARK: Chunks that come while the replica waits

    func hold(_ chunk: RedisChunk) {
        if self.held.count < Self.mostHeld { self.held.append(chunk) } else { self.mustCheckAgain = true }
    }

    /// The chunks that were held and are not of an earlier incarnation.
    func takeHeld() -> [RedisChunk] {
        defer { self.held = [] }
        return self.held.filter { $0.epoch >= self.position.epoch && $0.epoch > self.over }
    }

    // MARK: Waiting for deliveries

    var isWaitedFor: Bool { !self.waits.isEmpty || !self.covered.isEmpty }

    /// Since when the longest waits that no check covers.
    var waitedForSince: NIODeadline? { self.waits.first?.since }

    func has(_ goal: Goal) -> Bool {
        switch goal {
        case .reached(let wanted):
            self.position.epoch > wanted.epoch
                || (self.position.epoch == wanted.epoch && self.position.sequence >= wanted.sequence)
        case .gone(let epoch):
            !self.exists || self.position.epoch != epoch
        }
    }

    func wait(for goal: Goal, since: NIODeadline, _ delivery: RedisDelivery) {
        delivery.awaited += 1
        self.waits.append(Wait(goal: goal, since: since, delivery: delivery))
    }

    /// A request that is sent now brings everything that anyone waits for now.
    func coverWaits() {
        self.covered += self.waits
        self.waits = []
    }

    /// Takes out what has been reached; the caller tells them.
    func settled() -> [RedisDelivery] {
        guard self.isWaitedFor else { return [] }
        var done: [RedisDelivery] = []
        self.covered.removeAll { wait in
            if self.has(wait.goal) { done.append(wait.delivery) }
            return self.has(wait.goal)
        }
        self.waits.removeAll { wait in
            if self.has(wait.goal) { done.append(wait.delivery) }
            return self.has(wait.goal)
        }
        return done
    }

    /// Takes out what the request that was answered covered.
    func uncovered() -> [RedisDelivery] {
        defer { self.covered = [] }
        return self.covered.map(\.delivery)
    }

    /// Takes out everything, when the log is not followed any more.
    func abandoned() -> [RedisDelivery] {
        defer { self.waits = [] }
        return self.uncovered() + self.waits.map(\.delivery)
    }
}
