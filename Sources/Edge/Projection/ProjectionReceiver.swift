import NIOCore
import StateStore

/// Follows the projection's log and keeps its fields.
///
/// Loop-bound. It only keeps bytes: what they mean is found out elsewhere, off the loop.
final class ProjectionReceiver: LiveStoreReceiver {
    private let changed: () -> Void
    private var client: (any LiveStoreClient)?
    private var loop: (any EventLoop)?
    private var token: FollowToken?
    private var isLoading = false
    private var fields: [FieldName: [UInt8]] = [:]
    private var position = Position.none

    /// - `changed`: called when there is something new in a log that is complete.
    init(changed: @escaping () -> Void) { self.changed = changed }

    /// The fields if the log is complete, else nil: the operator is still writing, or the store lost the log.
    var complete: [FieldName: [UInt8]]? { self.fields[Projection.complete] == nil ? nil : self.fields }

    func start(_ live: any LiveStore, on loop: any EventLoop) {
        self.client = live.makeClient(on: loop, receiver: self)
        self.loop = loop
        self.follow()
    }

    /// Loads the log, at first and again, until it is loaded; once at a time.
    private func follow() {
        guard let client = self.client, let loop = self.loop, !self.isLoading else { return }
        self.isLoading = true
        let token = FollowToken(Projection.log)
        self.token = token
        client.follow(token) { result in
            self.isLoading = false
            switch result {
            case .success(let snapshot): self.reloaded(snapshot)
            case .failure(.closed): return
            case .failure: loop.assumeIsolated().scheduleTask(in: .seconds(1)) { self.follow() }
            }
        }
    }

    func stop() {
        if let token { self.client?.unfollow(token) }
        self.client = nil
    }

    func received(_ entry: Entry, of log: LogKey) {
        if entry.position.epoch != self.position.epoch {
            // Made anew; any other number goes on with what was before.
            if entry.position.sequence == 1 { self.fields = [:] }
        } else if entry.position.sequence <= self.position.sequence {
            return
        }
        self.position = entry.position
        guard let changes = ProjectionChange.read(entry.payload) else {
            // It does not say what it changed, in words that this version knows. What comes meanwhile comes after what is loaded.
            return self.follow()
        }
        for change in changes {
            switch change {
            case .set(let field, let value): self.fields[field] = value
            case .remove(let field): self.fields[field] = nil
            }
        }
        if self.complete != nil { self.changed() }
    }

    func reloaded(_ snapshot: Snapshot) {
        self.position = snapshot.position
        self.fields = snapshot.fields
        if self.complete != nil { self.changed() }
    }

    func storeBecameReady() {}
}
