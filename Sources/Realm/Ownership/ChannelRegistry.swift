// The durable store has what must survive of registered channels, the live store has them as they are. Each carries over to the
// other (ADR 0034): what the live store has lost comes back before a channel of any name can begin, and what changes there is
// kept, by whichever shard finds that it is not yet.

import Chat
import IRC
import Logging
import StateStore

/// A tenant's registered channels, between the two stores.
final class ChannelRegistry {
    unowned let network: Network
    /// Says that the live store has all registered channels, and which of them have changed since they were kept.
    let log: LogKey
    private(set) lazy var saver = ChannelSaver(self)
    /// Who waits for the channels to be back; nil if nobody brings them.
    private var waiting: [(Refusal?) -> Void]?
    /// How many channels are brought back at a time.
    private static let page = 100

    /// Set to the log's epoch once all channels are there: a store that went back in time goes on under another one.
    private static let mark = FieldName(Section("r"), "restored")
    /// What the mark was when all were there, as far as is known here.
    private var known: [UInt8]?

    init(_ network: Network) {
        self.network = network
        self.log = LogKey(network.id, .tenant, "channels")
    }

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

    /// Brings the channels back if the live store has lost them, and keeps what is not kept: somebody is here.
    func begin() {
        if self.channels == nil { return }
        self.restore { refusal in if refusal == nil { self.saver.look() } }
    }

    /// Brings back what the durable store has and the live store has lost, and goes on once all of it is there.
    func restore(_ then: @escaping (Refusal?) -> Void) {
        if self.waiting != nil {
            self.waiting?.append(then)
            return
        }
        self.waiting = [then]
        self.network.store.load([self.log]) { result in
            switch result {
            case .failure(let error): self.restored(self.network.refusal(error))
            case .success(let snapshots):
                let mark = snapshots[0].fields[Self.mark]
                if let mark, mark == Self.bytes(snapshots[0].position) {
                    self.known = mark
                    return self.restored(nil)
                }
                self.restore(after: nil, .init(mark: mark, changed: self.saver.noted(in: snapshots[0])))
            }
        }
    }

    /// What a restoration goes by.
    private struct Basis {
        /// The mark when it began.
        let mark: [UInt8]?
        /// Channels that are not kept as they are: of those the live store knows better.
        let changed: Set<String>
    }

    private static func bytes(_ position: Position) -> [UInt8] { Array(String(position.epoch).utf8) }

    private func restore(after last: String?, _ basis: Basis) {
        guard let channels else { return self.restored(nil) }
        let tenant = self.network.id
        self.network.ask("registered channels") { () async throws(DurableStoreError) in
            try await channels.list(of: tenant, after: last, limit: Self.page)
        } then: { (result: Result<[RegisteredChannel], Refusal>) in
            switch result {
            case .failure(let refusal): self.restored(refusal)
            case .success(let page):
                self.bringBack(page.filter { !basis.changed.contains($0.folded) }[...], basis.mark) { refusal in
                    if let refusal { return self.restored(refusal) }
                    if page.count == Self.page { return self.restore(after: page.last?.folded, basis) }
                    self.complete()
                }
            }
        }
    }

    private func bringBack(
        _ page: ArraySlice<RegisteredChannel>,
        _ mark: [UInt8]?,
        _ then: @escaping (Refusal?) -> Void
    ) {
        guard let channel = page.first else { return then(nil) }
        let network = self.network
        guard let fields = ChannelState.updates(kept: channel.fields),
            let name = ChannelName(channel.name, under: Names.caseMapping)
        else {
            network.shard.logger.error(
                "a registered channel cannot be read, and begins anew",
                metadata: ["tenant": "\(network.id)", "channel": "\(channel.folded)"]
            )
            return self.bringBack(page.dropFirst(), mark, then)
        }
        let log = LogKey(network.id, .channel, name.folded)
        network.store.load([log]) { result in
            guard case .success(let snapshots) = result else {
                if case .failure(let error) = result { then(network.refusal(error)) }
                return
            }
            let state = ChannelState(name: name, fields: snapshots[0].chatFields)
            guard state.registration == nil || channel.position.isLater(than: snapshots[0].position) else {
                return self.bringBack(page.dropFirst(), mark, then)
            }
            let transaction = Transaction(
                conditions: [
                    // Once all are there one that is not was given up since.
                    Condition(self.log, mark.map { .equals(Self.mark, $0) } ?? .absent(Self.mark)),
                    Condition(log, .unchanged(since: snapshots[0].position)),
                ],
                changes: [
                    LogChange(log, payload: ChannelEvent.restored.encoded, fields: fields.map(FieldChange.init))
                ]
            )
            network.store.append(transaction) { result in
                switch result {
                case .failure(let error): then(network.refusal(error))
                // It changed just now.
                case .success(.refused(condition: 1)): self.bringBack(page, mark, then)
                // Another shard was faster.
                case .success: self.bringBack(page.dropFirst(), mark, then)
                }
            }
        }
    }

    private func complete() {
        let (network, log) = (self.network, self.log)
        let end: (LiveStoreError) -> Void = { self.restored(network.refusal($0)) }
        // Its epoch is known once something was written.
        network.store.append(Transaction(changes: [LogChange(log)])) { result in
            guard case .success(.appended(let stamps)) = result, let position = stamps.first?.position else {
                return end(result.failure ?? .busy)
            }
            let mark = Self.bytes(position)
            network.store.append(Transaction(changes: [LogChange(log, fields: [.set(Self.mark, mark)])])) { result in
                if let error = result.failure { return end(error) }
                self.known = mark
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
