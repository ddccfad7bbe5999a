import NIOCore
import Numbers
import Tenant

/// The projection's log as its writer has it: appends to it as long as it is its own, and notices when it is not as it was
/// written.
///
/// Nobody else appends to a log that was taken over, so the log must end with what was appended last. If it does not, it was
/// taken over by somebody else, or the store lost its data or went back to an older state of it.
///
/// Loop-bound.
final class ProjectionLog: LiveStoreReceiver {
    /// For which cell it is written.
    private let owner: String
    private let onLoss: () -> Void
    private let onFence: (LiveStoreError) -> Void
    private var client: (any LiveStoreClient)?
    private var isClosed = false
    /// What this writer left in the log; nil before it took it over.
    private var claim: ProjectionClaim?
    /// The last entry that this writer appended.
    private var last: Stamp?
    /// Why nothing is written any more.
    private var fence: LiveStoreError?
    /// Whether the log was read since it was taken over last.
    private var isRead = false
    private var isRecovering = false
    /// Who waits for the log being this writer's again.
    private var waiting: [(Result<Void, LiveStoreError>) -> Void] = []

    /// How taking the log over ended.
    enum Taking: Sendable {
        /// It is this writer's, and this is what was in it.
        case taken(Snapshot)
        /// It is another cell's, by this claim.
        case occupied(ProjectionClaim)
    }

    /// - Parameters:
    ///   - owner: For which cell it is written.
    ///   - onLoss: Called on the loop when the log was not what was written, and is this writer's again.
    ///   - onFence: Called on the loop when the log is another's.
    init(owner: String, onLoss: @escaping () -> Void, onFence: @escaping (LiveStoreError) -> Void) {
        self.owner = owner
        self.onLoss = onLoss
        self.onFence = onFence
    }

    func start(_ live: any LiveStore, on loop: any EventLoop, lookingEvery interval: TimeAmount) {
        self.client = live.makeClient(on: loop, receiver: self)
        self.keepLooking(loop, every: interval)
    }

    private func keepLooking(_ loop: any EventLoop, every interval: TimeAmount) {
        loop.assumeIsolated().scheduleTask(in: interval) { [weak self] in
            guard let self, !self.isClosed, self.fence == nil else { return }
            self.look()
            self.keepLooking(loop, every: interval)
        }
    }

    // MARK: Calls

    func load(_ completion: @escaping (Result<Snapshot, LiveStoreError>) -> Void) {
        let claim = self.claim
        self.read { result in
            // Read before it was taken over once more, it says nothing of what is there now.
            if case .success = result, self.claim == claim, !self.isRecovering { self.isRead = true }
            completion(result)
        }
    }

    private func read(_ completion: @escaping (Result<Snapshot, LiveStoreError>) -> Void) {
        guard let client = self.client else { return completion(.failure(.closed)) }
        client.load([Projection.log]) { result in
            completion(result.flatMap { $0.first.map { .success($0) } ?? .failure(.invalidAnswer("no snapshot")) })
        }
    }

    /// - Parameters:
    ///   - term: The leader's term.
    ///   - abandoned: Another cell's claim whose producer is gone.
    ///   - completion: Hears how it ended.
    func takeOver(
        term: UInt64?,
        over abandoned: ProjectionClaim?,
        _ completion: @escaping (Result<Taking, LiveStoreError>) -> Void
    ) {
        self.take(term: term, over: abandoned) { result in
            if case .success(.taken) = result { self.isRead = true }
            completion(result)
        }
    }

    /// Appends if the log is this writer's.
    ///
    /// - Parameters:
    ///   - change: What to append.
    ///   - needsAll: Whether it says something about all that is in the log: then it fails once the log was lost, until
    ///     the log was read again.
    ///   - completion: Hears how it ended.
    func append(
        _ change: LogChange,
        needsAll: Bool,
        _ completion: @escaping (Result<Void, LiveStoreError>) -> Void
    ) {
        guard let client = self.client else { return completion(.failure(.closed)) }
        if let fence = self.fence { return completion(.failure(fence)) }
        guard let claim = self.claim else { return completion(.failure(.invalidAnswer("the log was not taken over"))) }
        if needsAll, !self.isRead { return completion(.failure(.unavailable(reason: "the log was lost"))) }
        if self.isRecovering {
            return self.recover { self.goOn($0, change, needsAll: needsAll, completion) }
        }
        let isMine = Condition(Projection.log, .equals(Projection.claim, claim.bytes))
        let caller = Caller(completion)
        client.append(change, if: isMine, unsettled: { caller.tell(.failure(Self.late)) }) { result in
            guard caller.waits else { return }
            switch result {
            case .success(let stamp?):
                self.appended(stamp)
                caller.tell(.success(()))
            case .success(nil):
                // Recovered since it was sent: another one was refused before.
                if self.claim != claim { return self.goOn(.success(()), change, needsAll: needsAll, completion) }
                self.recover { self.goOn($0, change, needsAll: needsAll, completion) }
            case .failure(let error):
                caller.tell(.failure(error))
            }
        }
    }

    /// What who cannot wait for the store is told; what became of it shows when the log's end is read.
    private static let late = LiveStoreError.uncertain(reason: "no answer in time")

    private func goOn(
        _ recovered: Result<Void, LiveStoreError>,
        _ change: LogChange,
        needsAll: Bool,
        _ completion: @escaping (Result<Void, LiveStoreError>) -> Void
    ) {
        switch recovered {
        case .success: self.append(change, needsAll: needsAll, completion)
        case .failure(let error): completion(.failure(error))
        }
    }

    func countChannels(of tenant: TenantID, _ completion: @escaping (Result<Int, LiveStoreError>) -> Void) {
        guard let client = self.client else { return completion(.failure(.closed)) }
        client.count(tenant, .channel, completion)
    }

    /// Forgets log-ins that edges remember.
    func forgetLogins(
        of accounts: [String],
        in tenant: TenantID,
        _ completion: @escaping (Result<Void, LiveStoreError>) -> Void
    ) {
        guard let client = self.client else { return completion(.failure(.closed)) }
        var rest = RememberedLogins.forgetting(accounts.map(RememberedLogins.field(of:)), of: tenant)
        guard let last = rest.popLast() else { return completion(.success(())) }
        for transaction in rest { client.append(transaction) { _ in } }
        let caller = Caller(completion)
        client.append(last, unsettled: { caller.tell(.failure(Self.late)) }) { result in
            guard caller.waits else { return }
            caller.tell(result.map { _ in })
        }
    }

    // MARK: Whose the log is

    /// Leaves a claim in the log, unless it is another's by right.
    private func take(
        term: UInt64?,
        over abandoned: ProjectionClaim?,
        _ completion: @escaping (Result<Taking, LiveStoreError>) -> Void
    ) {
        self.read { result in
            guard let client = self.client else { return completion(.failure(.closed)) }
            let snapshot: Snapshot
            switch result {
            case .success(let read): snapshot = read
            case .failure(let error): return completion(.failure(error))
            }
            let found = ProjectionClaim(snapshot.fields[Projection.claim])
            guard
                let next = ProjectionClaim.over(
                    found,
                    term: term,
                    former: self.claim,
                    abandoned: abandoned,
                    by: client.producer,
                    for: self.owner
                )
            else { return self.refused(by: found, completion) }
            let caller = Caller(completion)
            let taking = self.taking(snapshot, as: next)
            client.append(taking, unsettled: { caller.tell(.failure(Self.late)) }) { result in
                guard caller.waits else { return }
                switch result {
                case .success(.appended(let stamps)):
                    self.claim = next
                    self.last = stamps.last
                    caller.tell(.success(.taken(snapshot)))
                // Somebody was quicker.
                case .success(.refused): self.take(term: term, over: abandoned, completion)
                case .failure(let error): caller.tell(.failure(error))
                }
            }
        }
    }

    /// The log is another's, by this claim.
    private func refused(
        by found: ProjectionClaim?,
        _ completion: @escaping (Result<Taking, LiveStoreError>) -> Void
    ) {
        var fence = LiveStoreError.fenced(term: found?.term ?? 0)
        if let found, found.owner != self.owner {
            // Who had nothing yet asks whether that one is there at all.
            if self.claim == nil { return completion(.success(.occupied(found))) }
            fence = .occupied(by: found.owner)
        }
        self.fence = fence
        self.onFence(fence)
        completion(.failure(fence))
    }

    /// What leaves a claim in a log if it is as it was found: so what was read of it is all that others wrote.
    private func taking(_ found: Snapshot, as claim: ProjectionClaim) -> Transaction {
        let isAsFound = found.fields[Projection.claim].map { Condition.Test.equals(Projection.claim, $0) }
        let conditions = [
            Condition(Projection.log, isAsFound ?? .absent(Projection.claim)),
            Condition(Projection.log, .unchanged(since: found.position)),
        ]
        let set = FieldChange.set(Projection.claim, claim.bytes)
        let change = LogChange(Projection.log, payload: ProjectionChange.payload([set]), fields: [set])
        return Transaction(conditions: conditions, changes: [change])
    }

    /// Finds out why the log is not what was written, and takes it over again if nobody else has it.
    private func recover(_ completion: @escaping (Result<Void, LiveStoreError>) -> Void = { _ in }) {
        self.waiting.append(completion)
        guard !self.isRecovering else { return }
        self.isRecovering = true
        self.isRead = false
        self.take(term: nil, over: nil) { result in
            self.isRecovering = false
            let waiting = self.waiting
            self.waiting = []
            if case .success = result { self.onLoss() }
            for completion in waiting { completion(result.map { _ in }) }
        }
    }

    // MARK: What became of the log

    private func appended(_ stamp: Stamp) {
        if let last = self.last {
            guard stamp.position.epoch == last.position.epoch, stamp.position.sequence > last.position.sequence else {
                return self.recover()
            }
        }
        self.last = stamp
    }

    /// How many entries a look reads at most.
    private static let lookedAt = 1000

    /// A store that lost its data tells nobody, and neither does who took the log over; so the log's end is read.
    private func look() {
        guard let client = self.client, let claim = self.claim, let from = self.last, !self.isRecovering else { return }
        client.entries(of: Projection.log, after: from.position.sequence.minus(1), limit: Self.lookedAt) { result in
            if result == .failure(.closed) { self.isClosed = true }
            guard case .success(let entries) = result, self.claim == claim, !self.isRecovering, self.fence == nil else {
                return
            }
            self.looked(at: entries, from, by: client.producer)
        }
    }

    /// - Parameters:
    ///   - entries: The log's entries from one on that this writer appended.
    ///   - from: That entry.
    ///   - producer: This writer.
    private func looked(at entries: [Entry], _ from: Stamp, by producer: ProducerID) {
        let stamps = entries.map { Stamp(position: $0.position, time: $0.time) }
        // Calls are answered in order: what was appended before the log was read is known by now, and must be there. There may be
        // more of this writer's: appends whose answers did not come in time.
        let isWhole = stamps.first == from && entries.allSatisfy { $0.producer == producer }
        let hasLast = self.last.map { stamps.contains($0) } ?? true
        guard isWhole, hasLast || stamps.count == Self.lookedAt else { return self.recover() }
        if hasLast { self.last = stamps.last }
    }

    func received(_ entry: Entry, of log: LogKey) {}

    func reloaded(_ snapshot: Snapshot) {}

    func storeBecameReady() {}
}
