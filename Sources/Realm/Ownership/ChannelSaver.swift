import Chat
import IRC
import Logging
import NIOCore
import StateStore
import Tenant

/// Keeps what changes of a tenant's registered channels: after each change, by the shard that made it; and by any other that
/// finds a change that is not kept, if that one's pod died.
///
/// Each change notes its channel in the registry's log, in its own transaction, under a number of its own. Who keeps a channel
/// takes the note away if it still has the number that was there before the channel was looked at: so no change is passed over.
/// One shard of all pods keeps at a time.
final class ChannelSaver {
    private unowned let registry: ChannelRegistry
    private var isWorking = false
    /// Whether something changed since the work began.
    private var isAsked = false
    private var failures = 0

    private static let section = Section("u")
    /// How many channels are kept at a time.
    private static let most = 20
    /// When no other channel of them is begun with: all are done before the answer is not waited for any more.
    private static let patience = Duration.seconds(15)
    /// How long changes are gathered.
    private static let pause = TimeAmount.milliseconds(100)

    init(_ registry: ChannelRegistry) { self.registry = registry }

    private var network: Network { self.registry.network }
    private var turn: CounterKey { CounterKey(self.network.id, "channels/keeping") }

    /// The note that a channel has changed.
    func note(_ folded: String) -> LogChange {
        let number = String(self.network.shard.environment.random(), radix: 16)
        return LogChange(self.registry.log, fields: [.set(self.field(folded), Array(number.utf8))])
    }

    /// Where the note of a channel stands.
    func field(_ folded: String) -> FieldName { FieldName(Self.section, folded) }

    /// Looks whether something is not kept that others changed.
    func look() {
        let request = Excerpt.Request(fields: [], counts: [Self.section])
        self.network.store.excerpts(of: [self.registry.log], request) { result in
            guard case .success(let excerpts) = result, excerpts.first?.counts[Self.section] ?? 0 > 0 else { return }
            self.begin()
        }
    }

    /// Something has changed.
    func begin() {
        self.isAsked = true
        guard !self.isWorking, self.registry.channels != nil else { return }
        self.isWorking = true
        self.failures = 0
        self.later(Self.pause) { self.takeTurn() }
    }

    private func later(_ delay: TimeAmount, _ body: @escaping () -> Void) { self.network.shard.later(delay, body) }

    private func takeTurn() {
        self.network.store.reserve(1, of: self.turn, limit: 1) { result in
            guard case .success(1) = result else { return self.again() }
            // As long as channels are brought back, what changed is not taken for kept.
            guard self.registry.known != nil else { return self.failed() }
            self.isAsked = false
            self.work()
        }
    }

    /// Another one keeps, or something is away.
    private func again() {
        self.failures += 1
        // Others find it later, once somebody is here.
        if self.network.isClosed {
            self.isWorking = false
            return
        }
        self.later(self.network.shard.pause(after: min(6 + self.failures, 10))) { self.takeTurn() }
    }

    private func failed() {
        self.network.store.release(1, of: self.turn)
        self.again()
    }

    private func work() {
        let (store, log) = (self.network.store, self.registry.log)
        store.load([log]) { result in
            guard case .success(let snapshots) = result else { return self.failed() }
            let notes = snapshots[0].fields.filter { $0.key.section == Self.section }
                .sorted { $0.key.name < $1.key.name }.prefix(Self.most)
            if notes.isEmpty { return self.end() }
            let logs = notes.map { LogKey(self.network.id, .channel, $0.key.name) }
            store.load(logs) { result in
                guard case .success(let snapshots) = result else { return self.failed() }
                self.keep(snapshots, Array(notes))
            }
        }
    }

    private func end() {
        self.network.store.release(1, of: self.turn)
        self.isWorking = false
        if self.isAsked { self.begin() }
    }

    private func keep(_ snapshots: [Snapshot], _ notes: [(key: FieldName, value: [UInt8])]) {
        guard let channels = self.registry.channels else { return self.end() }
        let (tenant, now) = (self.network.id, self.network.shard.now)
        let rows = snapshots.map { Row($0, tenant: tenant, now: now) }
        self.network.ask("registered channels") { () async throws(DurableStoreError) in
            let began = ContinuousClock.now
            for row in rows {
                if ContinuousClock.now - began > Self.patience { throw .timedOut }
                switch row {
                case .kept(let channel): try await channels.save(channel)
                case .dropped(let folded): _ = try await channels.delete(folded, of: tenant)
                }
            }
        } then: { (result: Result<Void, Refusal>) in
            if case .failure = result { return self.failed() }
            self.failures = 0
            self.takeAway(notes[...])
        }
    }

    private func takeAway(_ notes: ArraySlice<(key: FieldName, value: [UInt8])>) {
        guard let note = notes.first else { return self.work() }
        let log = self.registry.log
        let transaction = Transaction(
            conditions: [Condition(log, .equals(note.key, note.value))],
            changes: [LogChange(log, fields: [.remove(note.key)])]
        )
        self.network.store.append(transaction) { result in
            if case .failure = result { return self.failed() }
            self.takeAway(notes.dropFirst())
        }
    }

    /// What is kept of a channel.
    private enum Row: Sendable {
        case kept(RegisteredChannel)
        /// By its folded name: it belongs to nobody any more.
        case dropped(String)

        init(_ snapshot: Snapshot, tenant: TenantID, now: Int64) {
            let folded = snapshot.log.name
            guard let name = ChannelName(folded, under: Names.caseMapping) else {
                self = .dropped(folded)
                return
            }
            let state = ChannelState(name: name, fields: snapshot.chatFields)
            guard let registration = state.registration else {
                self = .dropped(folded)
                return
            }
            self = .kept(
                RegisteredChannel(
                    tenant: tenant,
                    name: state.name.raw,
                    folded: folded,
                    owner: registration.founder.folded,
                    fields: state.kept,
                    createdAt: registration.since,
                    updatedAt: now,
                    position: snapshot.position
                )
            )
        }
    }
}
