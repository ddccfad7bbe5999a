// The durable store has what must survive of registered channels, the live store has them as they are. Each carries over to the
// other (ADR 0034): what the live store has lost comes back before a channel of any name can begin, and what changes there is
// kept, by whichever shard finds that it is not yet.

import Chat
import IRC
import Logging
import StateStore
import Tenant

/// A tenant's registered channels, between the two stores.
final class ChannelRegistry {
    unowned let network: Network
    /// Says that the live store has all registered channels, and which of them have changed since they were kept.
    let log: LogKey
    private(set) lazy var saver = ChannelSaver(self)
    private(set) lazy var upkeep = ChannelUpkeep(self)
    /// Who waits for the channels to be back; nil if nobody brings them.
    private var waiting: [(Refusal?) -> Void]?
    /// How many channels are brought back at a time.
    private static let page = 100

    /// Set to the log's epoch once all channels are there: a store that went back in time goes on under another one.
    private static let mark = FieldName(Section("r"), "restored")
    /// Set while they are brought back: who loses it has lost what was brought back until then.
    private static let token = FieldName(Section("r"), "restoring")
    /// What the mark was when all were there, as far as is known here.
    private(set) var known: [UInt8]?
    /// How often a restoration is begun anew that others end or the store loses.
    private static let tries = 6

    init(_ network: Network) {
        self.network = network
        self.log = Self.key(of: network.id)
    }

    /// The log of a tenant that may have no network here.
    static func key(of tenant: TenantID) -> LogKey { LogKey(tenant, .tenant, "channels") }

    var channels: ChannelRepository? { self.network.shard.environment.channels }

    /// What the beginning of a channel rests on: that all that are registered are there.
    ///
    /// - Returns: nil if none are ever kept.
    /// - Throws: ``Refusal`` with ``Refusal/Reason/channelsAreMissing`` if that is not known here yet.
    func isComplete() throws(Refusal) -> Condition? {
        if self.channels == nil { return nil }
        guard let known else { throw Refusal(.channelsAreMissing) }
        return Condition(self.log, .equals(Self.mark, known))
    }

    /// The store was away: it may have gone back in time.
    func doubt() { self.known = nil }

    /// Brings the channels back if the live store has lost them, and keeps what is not kept: somebody is here.
    func begin() {
        if self.channels == nil { return }
        self.restore { refusal in if refusal == nil { self.saver.look() } }
    }

    /// Does something that rests on all channels being there; once more after they were brought back, if they are not.
    func complete<Value>(
        _ attempt: @escaping (_ then: @escaping (Result<Value, Refusal>) -> Void) -> Void,
        then: @escaping (Result<Value, Refusal>) -> Void
    ) {
        attempt { result in
            guard case .failure(let refusal) = result, refusal.reason == .channelsAreMissing else {
                return then(result)
            }
            self.restore { refusal in
                if let refusal { return then(.failure(refusal)) }
                attempt(then)
            }
        }
    }

    /// Brings back what the durable store has and the live store has lost, and goes on once all of it is there.
    func restore(_ then: @escaping (Refusal?) -> Void) {
        if self.waiting != nil {
            self.waiting?.append(then)
            return
        }
        self.waiting = [then]
        self.look(attempt: 0)
    }

    /// A log's epoch is another only once it has changed: so it is.
    private func look(attempt: Int) {
        guard attempt < Self.tries else { return self.restored(self.network.refusal(.busy)) }
        let (network, log) = (self.network, self.log)
        network.store.append(Transaction(changes: [LogChange(log)])) { result in
            guard case .success(.appended(let stamps)) = result, let position = stamps.first?.position else {
                return self.restored(network.refusal(result.failure ?? .busy))
            }
            network.store.load([log]) { result in
                guard case .success(let snapshots) = result else {
                    return self.restored(network.refusal(result.failure ?? .busy))
                }
                let mark = Array(String(position.epoch).utf8)
                if snapshots[0].fields[Self.mark] == mark {
                    self.known = mark
                    return self.restored(nil)
                }
                self.begin(.init(mark: mark, attempt: attempt), snapshots[0])
            }
        }
    }

    /// A restoration under way.
    private struct Work {
        /// What the mark is to be.
        let mark: [UInt8]
        let attempt: Int
        var token: [UInt8] = []
    }

    private func begin(_ work: Work, _ snapshot: Snapshot) {
        var work = work
        if let token = snapshot.fields[Self.token] {
            work.token = token
            return self.restore(after: nil, work)
        }
        work.token = Array(String(self.network.shard.environment.random(), radix: 16).utf8)
        let transaction = Transaction(
            conditions: [Condition(self.log, .absent(Self.token))],
            changes: [LogChange(self.log, fields: [.set(Self.token, work.token)])]
        )
        self.network.store.append(transaction) { [work] result in
            switch result {
            case .failure(let error): self.restored(self.network.refusal(error))
            case .success(.refused): self.look(attempt: work.attempt + 1)
            case .success(.appended): self.restore(after: nil, work)
            }
        }
    }

    private func restore(after last: String?, _ work: Work) {
        guard let channels else { return self.restored(nil) }
        let tenant = self.network.id
        self.network.ask("registered channels") { () async throws(DurableStoreError) in
            try await channels.list(of: tenant, after: last, limit: Self.page)
        } then: { (result: Result<[RegisteredChannel], Refusal>) in
            switch result {
            case .failure(let refusal): self.restored(refusal)
            case .success(let page):
                self.bringBack(page[...], work) {
                    if page.count == Self.page { return self.restore(after: page.last?.folded, work) }
                    self.end(work)
                }
            }
        }
    }

    private func bringBack(_ page: ArraySlice<RegisteredChannel>, _ work: Work, _ then: @escaping () -> Void) {
        guard let channel = page.first else { return then() }
        let network = self.network
        guard let fields = ChannelState.updates(kept: channel.fields), channel.registration != nil,
            let name = ChannelName(channel.name, under: Names.caseMapping)
        else {
            network.shard.logger.error(
                "a registered channel cannot be read, and begins anew",
                metadata: ["tenant": "\(network.id)", "channel": "\(channel.folded)"]
            )
            return self.bringBack(page.dropFirst(), work, then)
        }
        let log = LogKey(network.id, .channel, name.folded)
        network.store.load([log]) { result in
            guard case .success(let snapshots) = result else {
                return self.restored(network.refusal(result.failure ?? .busy))
            }
            let state = ChannelState(name: name, fields: snapshots[0].chatFields)
            guard state.registration == nil || channel.position.isLater(than: snapshots[0].position) else {
                return self.bringBack(page.dropFirst(), work, then)
            }
            let transaction = Transaction(
                conditions: [
                    Condition(self.log, .equals(Self.token, work.token)),
                    // What changed lately the live store knows better: also that it belongs to nobody any more.
                    Condition(self.log, .absent(self.saver.field(name.folded))),
                    Condition(log, .unchanged(since: snapshots[0].position)),
                ],
                changes: [
                    LogChange(
                        log,
                        payload: ChannelEvent.restored.encoded,
                        fields: Self.changes(from: snapshots[0], to: fields)
                    )
                ]
            )
            network.store.append(transaction) { result in
                switch result {
                case .failure(let error): self.restored(network.refusal(error))
                // Others have ended it, or what was brought back is lost.
                case .success(.refused(condition: 0)): self.look(attempt: work.attempt + 1)
                case .success(.refused(condition: 2)): self.bringBack(page, work, then)
                case .success: self.bringBack(page.dropFirst(), work, then)
                }
            }
        }
    }

    /// What makes a channel what was kept of it; its members stay.
    private static func changes(from snapshot: Snapshot, to fields: [FieldUpdate]) -> [FieldChange] {
        let kept = Set(fields.map(\.key))
        let gone = snapshot.chatFields.map(\.0).filter { key in
            key.section != .member && key.section != .invitation && !kept.contains(key)
        }
        return gone.map { .remove(FieldName($0)) } + fields.map(FieldChange.init)
    }

    private func end(_ work: Work) {
        let transaction = Transaction(
            conditions: [Condition(self.log, .equals(Self.token, work.token))],
            changes: [LogChange(self.log, fields: [.set(Self.mark, work.mark), .remove(Self.token)])]
        )
        self.network.store.append(transaction) { result in
            switch result {
            case .failure(let error): self.restored(self.network.refusal(error))
            case .success(.refused): self.look(attempt: work.attempt + 1)
            case .success(.appended):
                self.known = work.mark
                self.restored(nil)
            }
        }
    }

    private func restored(_ refusal: Refusal?) {
        let waiting = self.waiting ?? []
        self.waiting = nil
        for one in waiting { one(refusal) }
    }
}

extension Result {
    fileprivate var failure: Failure? { if case .failure(let error) = self { error } else { nil } }
}

extension Position {
    /// Whether it stands behind another one of the same log.
    fileprivate func isLater(than other: Position) -> Bool {
        (self.epoch, self.sequence) > (other.epoch, other.sequence)
    }
}
