import Chat
import IRC
import Logging
import NIOCore
import StateStore
import Tenant

/// Looks through a tenant's registered channels in turn: those that nobody needs any more end, and those whose founder's account
/// was deleted go to their successors.
///
/// One shard of all pods looks at a time, once an hour. What becomes of a channel is decided on what the live store has of it, and
/// told as any other change is; the rows only say which channels are worth a look.
final class ChannelUpkeep {
    private unowned let registry: ChannelRegistry
    private var isWorking = false
    /// When the network was opened again that had been suspended, as of this look.
    private var opened: Int64?

    /// Each shard asks every so many seconds whether it is time.
    private static let interval: UInt64 = 300
    /// How many turns there are a second, over all pods.
    private static let rate = 1.0 / 3600
    /// How many channels are looked at before the next second.
    private static let page = 100
    /// How many accounts are asked for a page of channels.
    private static let mostAsked = 50
    /// Each founder is asked for in one of so many turns, even if all that is known says that the account is there.
    private static let slots: Int64 = 24
    /// How often a change is decided anew.
    private static let tries = 6

    init(_ registry: ChannelRegistry) { self.registry = registry }

    private var network: Network { self.registry.network }
    /// Nobody can come meanwhile: that counts against no channel.
    private var isSuspended: Bool { self.network.tenant.state == .suspended }
    private var bucket: CounterKey { CounterKey(self.network.id, "channels/upkeep") }

    /// Once a second.
    ///
    /// - `second`: counted from another beginning in each network.
    func tick(_ second: UInt64) {
        guard second.isMultiple(of: Self.interval), !self.isWorking, self.registry.channels != nil,
            self.registry.known != nil, !self.isSuspended
        else { return }
        self.isWorking = true
        self.network.store.take(1, from: self.bucket, rate: Self.rate, burst: 1) { result in
            guard case .success(1...) = result else { return self.isWorking = false }
            Reopening.time(of: self.network) { result in
                // What may not count is not counted.
                guard case .success(let opened) = result else { return self.isWorking = false }
                self.opened = opened
                self.look(after: nil)
            }
        }
    }

    private func look(after last: String?) {
        // Others go on another time, once somebody is here.
        guard let channels = self.registry.channels, !self.network.isClosed, !self.isSuspended else {
            return self.isWorking = false
        }
        let tenant = self.network.id
        self.network.ask("registered channels") { () async throws(DurableStoreError) in
            try await channels.list(of: tenant, after: last, limit: Self.page)
        } then: { (result: Result<[RegisteredChannel], Refusal>) in
            guard case .success(let page) = result else { return self.isWorking = false }
            let rows = page.compactMap { row in row.registration.map { (name: row.folded, registration: $0) } }
            self.findGone(rows.map(\.registration)) { gone in
                let now = self.network.shard.now
                let names = rows.filter { $0.registration.isUnnoted(at: now) || gone.contains($0.registration.founder) }
                self.keepUp(names.map(\.name)[...], gone) {
                    guard page.count == Self.page else { return self.isWorking = false }
                    self.network.shard.later(.seconds(1)) { self.look(after: page.last?.folded) }
                }
            }
        }
    }

    // MARK: Accounts that are no more

    /// Whether an account is worth a question: no nickname is known to be its own, or it is its turn.
    private func isDoubtful(_ account: AccountReference) -> Bool {
        let names = self.network.shard.environment.names
        if names.revision(of: self.network.id) > 0 {
            let owner = Nickname(account.name, under: Names.caseMapping).flatMap { nick in
                names.owner(of: nick, in: self.network.id)
            }
            if owner != account.folded { return true }
        }
        let turn = self.network.shard.now / 3_600_000 % Self.slots
        return account.folded.utf8.reduce(0 as Int64) { ($0 &* 31 &+ Int64($1)) & 0xFFFF } % Self.slots == turn
    }

    /// Finds those founders, and those who come after them, whose accounts are no more.
    private func findGone(_ channels: [ChannelRegistration], _ then: @escaping (Set<AccountReference>) -> Void) {
        let doubtful = channels.filter { self.isDoubtful($0.founder) }
        if doubtful.isEmpty { return then([]) }
        // Not the same ones each time, if there are more.
        let start = Int(self.network.shard.environment.random() % UInt64(doubtful.count))
        let asked = (doubtful[start...] + doubtful[..<start]).prefix(Self.mostAsked)
        let pairs = asked.map { (founder: $0.founder, successor: $0.successor) }
        let (authenticator, tenant) = (self.network.shard.environment.authenticator, self.network.id)
        self.network.shard.check { () async throws(AuthenticationError) in
            var known: [AccountReference: Bool] = [:]
            func isGone(_ account: AccountReference) async throws(AuthenticationError) -> Bool {
                if let isGone = known[account] { return isGone }
                let found = try await authenticator.find(account.name, in: tenant)
                // Whom the tenant names as its administrator may be who the channel is of: that is for people to say.
                let isGone = found.map { $0.createdAt != account.since && !$0.isDeclared } ?? true
                known[account] = isGone
                return isGone
            }
            for pair in pairs {
                if try await isGone(pair.founder), let successor = pair.successor { _ = try await isGone(successor) }
            }
            return Set(known.filter(\.value).keys)
        } then: { (result: Result<Set<AccountReference>, AuthenticationError>) in
            // Of whom it cannot be said now, it is asked another time.
            if case .success(let gone) = result { then(gone) } else { then([]) }
        }
    }

    // MARK: Channels

    private func keepUp(_ names: ArraySlice<String>, _ gone: Set<AccountReference>, _ then: @escaping () -> Void) {
        guard let folded = names.first, !self.isSuspended else { return then() }
        guard let name = ChannelName(folded, under: Names.caseMapping) else {
            return self.keepUp(names.dropFirst(), gone, then)
        }
        self.keepUp(name, gone, try: 0) { self.keepUp(names.dropFirst(), gone, then) }
    }

    private func keepUp(
        _ name: ChannelName,
        _ gone: Set<AccountReference>,
        try attempt: Int,
        _ then: @escaping () -> Void
    ) {
        let network = self.network
        network.replicas.look(at: name) { result in
            guard case .success(let replica) = result else { return then() }
            let seconds = network.tenant.accounts.channelExpiry.components.seconds
            let events = replica.state.decideUpkeep(
                expiry: seconds * 1000,
                gone: gone,
                opened: self.opened,
                guestsFound: network.guests.createChannels,
                by: network.serverAuthor,
                now: network.shard.now
            )
            guard replica.exists, !events.isEmpty else {
                network.replicas.letGo(of: replica)
                return then()
            }
            replica.changeBegan()
            network.store.append(replica.change(events, lifetime: .whileInhabited)) { result in
                if case .success(.appended) = result {
                    self.registry.saver.begin()
                    for event in events { self.log(event, of: name) }
                }
                replica.changeEnded()
                guard case .success(.refused) = result, attempt < Self.tries else { return then() }
                network.shard.later(network.shard.pause(after: attempt)) {
                    self.keepUp(name, gone, try: attempt + 1, then)
                }
            }
        }
    }

    private func log(_ event: Chat.ChannelEvent, of name: ChannelName) {
        guard case .registration(let changes, _) = event, let registers = changes.compactMap(\.registers).first else {
            return
        }
        let (logger, tenant) = (self.network.shard.logger, self.network.id)
        let metadata: Logger.Metadata = ["tenant": "\(tenant)", "channel": "\(name.folded)"]
        if registers {
            logger.notice("a channel whose founder is no more has another", metadata: metadata)
        } else {
            logger.notice("a channel is registered no more", metadata: metadata)
        }
    }
}
