import Chat
import IRC
import StateStore
import Tenant

/// Sees to it that nicknames which belong to accounts are used by them, as the tenant says.
final class NickGuard {
    unowned let network: Network
    /// Who goes by a nickname that is not theirs, and until when, in the shard's seconds.
    private var pending: [SessionID: (nick: Nickname, until: UInt32)] = [:]
    /// Which names those here were compared with.
    private var revision: UInt64 = 0
    /// Every so many seconds it is asked whether the names are others.
    private static let interval: UInt64 = 60

    init(_ network: Network) { self.network = network }

    private var names: AccountNames { self.network.shard.environment.names }
    private var settings: AccountSettings { self.network.tenant.accounts }

    /// Has the names be looked at: somebody is here now, or they are others.
    func refresh() { self.refresh {} }

    /// Whether a session has been told that its nickname is not its own, and would keep it by going: a guest's does not wait for
    /// somebody to come back then, and an account's no longer than others do.
    func isDue(_ session: Session) -> Bool {
        guard session.user.account == nil || session.holds?.isAlwaysOn == true else { return false }
        return self.pending[session.id] != nil && self.isForeign(session.user.nick, to: session.user.account)
    }

    private func refresh(_ then: @escaping () -> Void) {
        let (authenticator, tenant) = (self.network.shard.environment.authenticator, self.network.id)
        self.network.refresh(self.names.rows, "nicknames of accounts", then: then) {
            version async throws(AuthenticationError) in
            guard let names = try await authenticator.names(in: tenant, unless: version) else { return nil }
            return (version: names.version, value: AccountNames.owners(names.owners))
        }
    }

    /// Goes on once it is known whose nicknames are, if the tenant is strict; or when that cannot be asked.
    func whenKnown(_ body: @escaping () -> Void) {
        let isKnown = self.network.hearsAnnouncements && self.names.revision(of: self.network.id) > 0
        guard self.settings.nickOwnership == .strict, !isKnown else { return body() }
        self.refresh(body)
    }

    /// Whether a nickname belongs to an account other than the one that somebody is logged in to.
    private func isForeign(_ nick: Nickname, to account: String?) -> Bool {
        guard self.settings.nickOwnership != .off, let owner = self.names.owner(of: nick, in: self.network.id) else {
            return false
        }
        return owner != account.map(Names.accountMapping.fold)
    }

    /// Why somebody does not get a nickname, if the tenant is strict.
    func refusal(of nick: Nickname, to account: String?) -> Refusal? {
        guard self.settings.nickOwnership == .strict, self.isForeign(nick, to: account) else { return nil }
        return Refusal(.nickReserved, nick.raw)
    }

    /// Looks at the nickname that a session has now.
    func watch(_ session: Session) {
        let nick = session.user.nick
        guard self.isForeign(nick, to: session.user.account) else {
            self.pending[session.id] = nil
            return
        }
        if self.pending[session.id]?.nick == nick { return }
        let seconds = UInt32(clamping: max(1, self.settings.nickTimeout.components.seconds))
        self.pending[session.id] = (nick, self.network.shard.seconds &+ seconds)
        session.tell(.nickIsOwned(within: Int(seconds)))
    }

    /// Once a second.
    ///
    /// - `second`: counted from another beginning in each network.
    func tick(_ second: UInt64) {
        if second.isMultiple(of: Self.interval) { self.refresh() }
        guard self.settings.nickOwnership != .off else { return self.pending = [:] }
        let revision = self.names.revision(of: self.network.id)
        if revision != self.revision {
            self.revision = revision
            for session in self.network.sessions.all where session.isPresent { self.watch(session) }
        }
        if self.pending.isEmpty { return }
        let now = self.network.shard.seconds
        let due = self.pending.filter { $0.value.until <= now }.keys
        for id in due {
            self.pending[id] = nil
            guard let session = self.network.sessions[id], session.isPresent,
                self.isForeign(session.user.nick, to: session.user.account), let attachment = session.attachments.first
            else { continue }
            self.rename(Actor(session, through: attachment), attempt: 0)
        }
    }

    /// Gives somebody a nickname that is nobody's.
    private func rename(_ actor: Actor, attempt: Int) {
        let number = self.network.shard.environment.random() % 90_000 + 10_000
        guard attempt < 5, let nick = Nickname("Guest\(number)", under: Names.caseMapping) else { return }
        // Who has logged in by the time that it is decided has the nickname by right.
        let isDue = { self.isForeign(actor.session.user.nick, to: actor.session.user.account) }
        self.network.rename(nick, by: actor, if: isDue) { result in
            guard case .failure(let refusal) = result else { return }
            switch refusal.reason {
            case .nickInUse, .nickReserved: self.rename(actor, attempt: attempt + 1)
            case .gone: break
            // Once more in a while.
            default: self.watch(actor.session)
            }
        }
    }
}
