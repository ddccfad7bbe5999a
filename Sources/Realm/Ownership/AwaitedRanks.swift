// Channels with ranks that are kept for those whom a server's end took out of them (ADR 0041). One log of the tenant names them, so
// that whoever is here later ends what nobody came back to, whichever pod noted it.

import Chat
import IRC
import NIOCore
import StateStore
import Tenant

/// Ends ranks that were kept long enough.
final class AwaitedRanks {
    private unowned let network: Network
    private let log: LogKey
    /// When the next one is over that is known of here, milliseconds since 1970.
    private var due: Int64?
    private var isLooking = false
    /// Channels that are being swept.
    private var swept: Set<String> = []

    /// How often each shard looks whether others noted some, in seconds.
    private static let interval: UInt64 = 300
    private static let section = Section("q")
    /// How often a channel is decided on anew.
    private static let tries = 6
    /// How many channels are swept at a look, so that the end of many does not hold up those who are here.
    private static let atOnce = 50

    init(_ network: Network) {
        self.network = network
        self.log = Self.log(of: network.id)
    }

    private static func log(of tenant: TenantID) -> LogKey { LogKey(tenant, .tenant, "awaited") }

    /// The note that somebody is awaited in a channel.
    static func note(_ folded: String, until: Int64, of tenant: TenantID) -> LogChange {
        LogChange(
            self.log(of: tenant),
            fields: [.set(FieldName(self.section, folded), Array(String(until).utf8))]
        )
    }

    /// Somebody is awaited from now on.
    func noted(until: Int64) {
        // All shards look then; one after the other, so that most find nothing left to do.
        let moment = until + Int64(self.network.shard.environment.random() % 3_000)
        self.due = min(self.due ?? moment, moment)
    }

    /// Once a second.
    ///
    /// - `second`: counted from another beginning in each network.
    func tick(_ second: UInt64) {
        if second.isMultiple(of: Self.interval) { return self.look() }
        if let due, due <= self.network.shard.now { self.look() }
    }

    /// Looks what others noted, and ends what is over.
    func look() {
        guard !self.isLooking else { return }
        guard self.network.store.isReady else { return self.noted(until: self.network.shard.now + 10_000) }
        self.isLooking = true
        self.due = nil
        self.network.store.load([self.log]) { result in
            self.isLooking = false
            guard case .success(let snapshots) = result else {
                return self.noted(until: self.network.shard.now + 10_000)
            }
            let now = self.network.shard.now
            var lapsed: [String] = []
            for (field, value) in snapshots[0].fields where field.section == Self.section {
                let until = Int64(String(decoding: value, as: UTF8.self)) ?? 0
                if until > now {
                    self.noted(until: until)
                } else if !self.swept.contains(field.name) {
                    lapsed.append(field.name)
                }
            }
            for name in lapsed.prefix(Self.atOnce) { self.sweep(name) }
            if lapsed.count > Self.atOnce { self.due = min(self.due ?? .max, now + 1000) }
        }
    }

    /// Ends what is over of a channel.
    func sweep(_ folded: String) {
        guard self.swept.insert(folded).inserted else { return }
        guard let name = ChannelName(folded, under: Names.caseMapping) else { return }
        self.sweep(name, try: 0)
    }

    private func sweep(_ name: ChannelName, try attempt: Int) {
        let network = self.network
        network.replicas.look(at: name) { result in
            guard case .success(let replica) = result else { return self.ended(name, isDone: false) }
            let events = replica.state.decideLapseOfRanks(by: network.serverAuthor, now: network.shard.now)
            let later = replica.state.awaited.values.filter { $0.until > network.shard.now }.map(\.until).max()
            var transaction = replica.change(events, lifetime: .whileInhabited)
            let field = FieldName(Self.section, name.folded)
            let note = later.map { FieldChange.set(field, Array(String($0).utf8)) } ?? .remove(field)
            transaction.changes.append(LogChange(self.log, fields: [note]))
            replica.changeBegan()
            network.store.append(transaction) { result in
                replica.changeEnded()
                if case .success(.refused) = result, attempt < Self.tries {
                    return network.shard.later(network.shard.pause(after: attempt)) {
                        self.sweep(name, try: attempt + 1)
                    }
                }
                if let later { self.noted(until: later) }
                self.ended(name, isDone: result.isAppended)
            }
        }
    }

    private func ended(_ name: ChannelName, isDone: Bool) {
        self.swept.remove(name.folded)
        if !isDone { self.noted(until: self.network.shard.now + 10_000) }
    }
}

extension Result where Success == Outcome, Failure == LiveStoreError {
    fileprivate var isAppended: Bool { if case .success(.appended) = self { true } else { false } }
}
