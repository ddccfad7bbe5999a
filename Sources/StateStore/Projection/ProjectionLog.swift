import NIOCore
import Tenant

/// The projection's log as its writer sees it: appends to it, and notices when it is lost.
///
/// Loop-bound.
final class ProjectionLog: LiveStoreReceiver {
    private let onLoss: () -> Void
    private var client: (any LiveStoreClient)?
    private var isFollowing = false
    private var isClosed = false
    /// The log's incarnation; 0 if none is known.
    private var epoch: UInt64 = 0
    /// What the log says of being complete; nil if it does not.
    private var complete: [UInt8]?

    /// - Parameter onLoss: called on the loop when what was written is gone.
    init(onLoss: @escaping () -> Void) { self.onLoss = onLoss }

    func start(_ live: any LiveStore, on loop: any EventLoop, lookingEvery interval: TimeAmount) {
        self.client = live.makeClient(on: loop, receiver: self)
        self.follow(loop)
        self.keepLooking(loop, every: interval)
    }

    private func keepLooking(_ loop: any EventLoop, every interval: TimeAmount) {
        loop.assumeIsolated().scheduleTask(in: interval) { [weak self] in
            guard let self, !self.isClosed else { return }
            self.look()
            self.keepLooking(loop, every: interval)
        }
    }

    // MARK: Calls

    func load(_ completion: @escaping (Result<Snapshot, LiveStoreError>) -> Void) {
        guard let client = self.client else { return completion(.failure(.closed)) }
        client.load([Projection.log]) { result in
            completion(
                result.flatMap { snapshots in
                    guard let snapshot = snapshots.first else { return .failure(.invalidAnswer("no snapshot")) }
                    // The follower knows better once there is one.
                    if !self.isFollowing { self.learned(snapshot) }
                    return .success(snapshot)
                }
            )
        }
    }

    func append(_ change: LogChange, _ completion: @escaping (Result<Void, LiveStoreError>) -> Void) {
        guard let client = self.client else { return completion(.failure(.closed)) }
        client.append(Transaction(changes: [change])) { completion($0.map { _ in }) }
    }

    func countChannels(of tenant: TenantID, _ completion: @escaping (Result<Int, LiveStoreError>) -> Void) {
        guard let client = self.client else { return completion(.failure(.closed)) }
        client.count(tenant, .channel, completion)
    }

    // MARK: What became of the log

    private func follow(_ loop: any EventLoop) {
        self.client?.follow(Projection.log) { result in
            switch result {
            case .success(let snapshot):
                self.isFollowing = true
                self.learned(snapshot)
            case .failure(.closed):
                self.isClosed = true
            case .failure:
                loop.assumeIsolated().scheduleTask(in: .seconds(1)) { self.follow(loop) }
            }
        }
    }

    /// A store that lost its data tells nobody; so it is asked, with a condition that costs it next to nothing.
    private func look() {
        guard let complete = self.complete else { return }
        let condition = Condition(Projection.log, .equals(Projection.complete, complete))
        self.client?.append(Transaction(conditions: [condition], changes: [])) { result in
            if result == .failure(.closed) { self.isClosed = true }
            // What followers hear comes first, so whoever wrote something else is known by now.
            guard result == .success(.refused(condition: 0)), self.complete == complete else { return }
            self.learned(epoch: 0, complete: nil)
        }
    }

    private func learned(_ snapshot: Snapshot) {
        self.learned(epoch: snapshot.position.epoch, complete: snapshot.fields[Projection.complete])
    }

    private func learned(epoch: UInt64, complete: [UInt8]?) {
        let isLost = complete == nil && (self.complete != nil || (self.epoch != 0 && self.epoch != epoch))
        self.epoch = epoch
        self.complete = complete
        if isLost { self.onLoss() }
    }

    func received(_ entry: Entry, of log: LogKey) {
        var complete = entry.position.epoch == self.epoch ? self.complete : nil
        for change in ProjectionChange.read(entry.payload) ?? [] {
            switch change {
            case .set(Projection.complete, let value): complete = value
            case .remove(Projection.complete): complete = nil
            case .set, .remove: continue
            }
        }
        self.learned(epoch: entry.position.epoch, complete: complete)
    }

    func reloaded(_ snapshot: Snapshot) { self.learned(snapshot) }

    func storeBecameReady() {}
}
