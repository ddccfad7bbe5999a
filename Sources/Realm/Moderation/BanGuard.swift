import Chat
import IRC
import StateStore
import Tenant

/// Keeps those off the network who are banned from it, or apart: who comes, who is here when a ban is set, and who becomes somebody
/// that is.
///
/// The durable store has the bans; a process has them in memory. While it cannot be asked those hold that are known.
final class BanGuard {
    unowned let network: Network
    /// Which bans those here were compared with.
    private var revision: UInt64 = 0
    /// That the network is closed, or was, as of a revision: looked at for every direct message of a guest.
    private var known: NetworkBan?
    private var raidRevision: UInt64 = 0
    /// Every so many seconds it is asked whether there are others.
    private static let interval: UInt64 = 60

    init(_ network: Network) { self.network = network }

    private var rows: SharedRows<[NetworkBan]> { self.network.shard.environment.networkBans }
    private var repository: NetworkBanRepository? { self.network.shard.environment.bans }

    /// Has the bans be looked at: somebody is here now, or they are others.
    func refresh(_ then: @escaping () -> Void = {}) {
        guard let repository else { return then() }
        let tenant = self.network.id
        self.network.refresh(self.rows, "bans of the network", then: then) { version async throws(DurableStoreError) in
            guard let bans = try await repository.list(of: tenant, unless: version) else { return nil }
            return (version: bans.version, value: bans.bans)
        }
    }

    /// Goes on once it is known who is banned, or when that cannot be asked: as long as nobody is here nothing is heard of changes.
    func whenKnown(_ body: @escaping () -> Void) {
        let isKnown = self.network.hearsAnnouncements && self.rows.revision(of: self.network.id) > 0
        if self.repository == nil || isKnown { return body() }
        self.refresh(body)
    }

    /// Whether there is any: most networks have none.
    var hasAny: Bool { self.rows.value(of: self.network.id)?.isEmpty == false }

    /// The ban that means somebody, if there is one.
    ///
    /// - `shield`: which rights they have, also if they have not asked for them yet.
    func ban(on requester: Requester, _ shield: Rights, _ effect: NetworkBan.Effect = .refuse) -> NetworkBan? {
        let now = self.network.shard.now
        return self.rows.value(of: self.network.id)?.first {
            $0.effect == effect && $0.holds(at: now) && $0.holds(against: shield) && $0.matches(requester)
        }
    }

    /// Whether a ban that keeps people out may mean somebody whose user name and real name are not known yet.
    var mayDependOnUser: Bool {
        self.all.contains { ($0.effect == .refuse || $0.effect == .demandLogin) && $0.isOfUsers }
    }

    /// Why the network is closed to newcomers; nil if it is open.
    var raid: NetworkBan? {
        let revision = self.rows.revision(of: self.network.id)
        if revision != self.raidRevision {
            self.raidRevision = revision
            self.known = self.rows.value(of: self.network.id)?.first { $0.effect == .raid }
        }
        return self.known.flatMap { $0.holds(at: self.network.shard.now) ? $0 : nil }
    }

    /// The bans that hold.
    var all: [NetworkBan] {
        let now = self.network.shard.now
        return self.rows.value(of: self.network.id)?.filter { $0.holds(at: now) } ?? []
    }

    /// Ends what of a session is banned, all of it or who takes part from an address or with a certificate; and says so to whom of it
    /// is kept apart from now on, or not any more.
    func watch(_ session: Session) {
        guard session.isPresent else { return }
        let hasAny = self.hasAny
        for attachment in session.attachments {
            if hasAny, let ban = self.ban(on: session.requester(through: attachment), session.shield) {
                session.endAttachments(reason: Self.reason(ban), parting: .ended) { $0 === attachment }
            } else if hasAny, session.user.account == nil,
                let ban = self.ban(on: session.requester(through: attachment), session.shield, .demandLogin)
            {
                session.endAttachments(reason: Self.reason(ban), parting: .ended) { $0 === attachment }
            } else {
                let quarantine = self.quarantine(of: session, attachment)
                let before = session.apart[attachment.number]
                guard session.keep(attachment, apart: quarantine) else { continue }
                let isMute = (quarantine ?? before)?.isMute == true
                attachment.tell(isMute ? .muted(quarantine) : .quarantined(quarantine))
            }
        }
    }

    /// Why one of a session's attachments is to be kept apart, or muted where it is not; nil if neither.
    func quarantine(of session: Session, _ attachment: any Attachment) -> Quarantine? {
        let (now, shield) = (self.network.shard.now, session.shield)
        let own = session.quarantine.flatMap { $0.holds(at: now) && $0.holds(against: shield) ? $0 : nil }
        if let own, !own.isMute { return own }
        guard self.hasAny else { return own }
        let requester = session.requester(through: attachment)
        if let ban = self.ban(on: requester, shield, .quarantine) { return Quarantine(ban) }
        return own ?? self.ban(on: requester, shield, .mute).map(Quarantine.init)
    }

    static func reason(_ ban: NetworkBan) -> Phrase {
        switch ban.effect {
        case .refuse, .quarantine, .mute, .raid: "You are banned from this network: \(ban.reason)"
        case .demandLogin: "You must log in with SASL to connect from your network: \(ban.reason)"
        }
    }

    /// Once a second.
    ///
    /// - `second`: counted from another beginning in each network.
    func tick(_ second: UInt64) {
        if second.isMultiple(of: Self.interval) { self.refresh() }
        let revision = self.rows.revision(of: self.network.id)
        guard revision != self.revision else { return }
        self.revision = revision
        for session in Array(self.network.sessions.all) { self.watch(session) }
    }
}

extension Session {
    /// Who one of its attachments is.
    func requester(through attachment: any Attachment) -> Requester {
        var requester = self.requester
        (requester.realHost, requester.fingerprint) = (attachment.facts.address, attachment.facts.fingerprint)
        return requester
    }
}
