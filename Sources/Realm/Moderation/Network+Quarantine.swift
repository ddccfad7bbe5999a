package import Chat
import IRC
import StateStore
import Tenant

/// Keeping people apart: who is in quarantine talks to those who may keep them there, and to nobody else.
///
/// An account's is a ban that keeps apart, so it holds wherever and whenever somebody comes with the account; a guest's stands in its
/// session's record, and goes with that.
extension Network {
    /// Keeps somebody apart.
    ///
    /// - Parameters:
    ///   - found: Whom.
    ///   - isMute: Whether they are only muted.
    ///   - seconds: For how long; nil until it is ended.
    ///   - reason: Why, which they are told.
    ///   - actor: Who says so.
    ///   - then: Gets that.
    package func quarantine(
        _ found: FoundUser,
        asMute isMute: Bool = false,
        for seconds: Int64?,
        reason: String,
        by actor: Actor,
        _ then: @escaping (Result<Quarantine, Refusal>) -> Void
    ) {
        do throws(Refusal) {
            try actor.check(.quarantine, against: found)
            // It would not hold.
            if found.identity.session != actor.session.id, found.standing == actor.session.standing {
                throw Refusal(.rightNeeded, text: "\(found.nick) has the rights that you have")
            }
            try reason.checkLength(NetworkBan.longestReason)
        } catch { return then(.failure(error)) }
        if found.identity.session == actor.session.id {
            return then(.failure(Refusal(.invalidBan, text: "That would be you, too")))
        }
        if let account = found.identity.account, self.shard.environment.bans != nil {
            return self.setBan(
                Self.mask(of: account),
                isMute ? .mute : .quarantine,
                for: seconds,
                reason: reason,
                needing: .quarantine,
                by: actor
            ) { result in then(result.map(Quarantine.init)) }
        }
        if let known = found.record.quarantine, known.holds(at: self.shard.now),
            !actor.rights.reach(known.role.rights)
        {
            return then(.failure(Self.setByOthers))
        }
        let until = seconds.map { self.shard.now + Self.milliseconds(of: $0) }
        let quarantine = Quarantine(reason: reason, until: until, role: actor.session.standing, isMute: isMute)
        self.set(quarantine, isMute: isMute, of: found, by: actor) { then($0.map { quarantine }) }
    }

    /// Ends that somebody is kept apart.
    ///
    /// - Parameters:
    ///   - found: Whom it is about; nil if nobody here is called so.
    ///   - name: What they are called: where that is nobody's nickname here, an account.
    ///   - mask: Whom the ban means that does it, if that is no account's.
    ///   - isMute: Whether it is about muting.
    ///   - actor: Who ends it.
    ///   - then: Goes on once it is ended.
    package func endQuarantine(
        of found: FoundUser?,
        named name: String,
        mask: String? = nil,
        isMute: Bool = false,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        guard actor.may(.quarantine) else { return then(.failure(Refusal(.rightNeeded))) }
        let own = found?.record.quarantine.flatMap { $0.isMute == isMute ? $0 : nil }
        if let own, !actor.rights.reach(own.role.rights) { return then(.failure(Self.setByOthers)) }
        let missing =
            isMute
            ? Refusal(.notMuted, name.asWord, text: "\(name.asWord) is not muted")
            : Refusal(.notApart, name.asWord, text: "\(name.asWord) is not in quarantine")
        let account = (found == nil ? name : found?.identity.account).map(Self.mask)
        let end: (Bool) -> Void = { isEnded in
            guard own != nil, let found else { return then(isEnded ? .success(()) : .failure(missing)) }
            self.set(nil, isMute: isMute, of: found, by: actor, then)
        }
        guard let mask = mask ?? account, let bans = self.shard.environment.bans else { return end(false) }
        self.bans.refresh {
            let meant = NetworkBan(mask: mask, reason: "", setter: "", time: 0, until: nil)
            let known = self.bans.all.first { ban in
                ban.effect == (isMute ? .mute : .quarantine) && meant.map { ban.meansSame(as: $0) } == true
            }
            guard let known else { return end(false) }
            self.lift(known, known.mask, isMute ? .unmute : .unquarantine, from: bans, by: actor) { result in
                switch result {
                case .failure(let refusal): then(.failure(refusal))
                case .success: end(true)
                }
            }
        }
    }

    private static func mask(of account: String) -> String { "a:\(account)" }

    private func set(
        _ quarantine: Quarantine?,
        isMute: Bool,
        of found: FoundUser,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        self.act(
            by: actor,
            { () throws(Refusal) in
                let change = LogChange(
                    found.inbox,
                    payload: UserEvent.quarantined(quarantine).encoded,
                    fields: [FieldChange(Quarantine.update(quarantine))]
                )
                let note =
                    quarantine.map { self.note(isMute ? .mute : .quarantine, found.nick, $0.reason, by: actor) }
                    ?? self.note(isMute ? .unmute : .unquarantine, found.nick, "", by: actor)
                return Decided(
                    transaction: Transaction(conditions: [found.claim], changes: [change, note]),
                    value: (),
                    refusals: [0: Refusal(.noSuchNick, found.nick)]
                )
            },
            then: then
        )
    }
}

extension Quarantine {
    /// Whether it holds for who has some rights: not for those who could have said so as well.
    func holds(against rights: Rights) -> Bool { self.role.rights.reach(rights) && rights != self.role.rights }
}

extension Session {
    /// Why and until when one of its attachments is kept apart now; nil if it is not.
    func quarantine(of attachment: any Attachment) -> Quarantine? {
        if self.apart.isEmpty, self.unweighed.isEmpty { return nil }
        if self.unweighed.contains(attachment.number) { return self.network.bans.quarantine(of: self, attachment) }
        guard let apart = self.apart[attachment.number] else { return nil }
        // Behind one that is over there may be another.
        return apart.holds(at: self.network.shard.now) ? apart : self.network.bans.quarantine(of: self, attachment)
    }
}

extension Actor {
    /// Goes on unless the actor is kept apart or muted.
    ///
    /// - `orMuted`: whether who is muted goes on, too.
    func checkIsFree(orMuted: Bool = false) throws(Refusal) {
        guard let quarantine = self.session.quarantine(of: self.attachment), !(orMuted && quarantine.isMute) else {
            return
        }
        throw quarantine.refusal()
    }

    static let apart: Phrase = "You are in quarantine: you can only talk to operators"
}

extension UserChange {
    /// Whether others read what somebody writes.
    var saysSomething: Bool {
        switch self {
        case .away(let reason): reason != nil && reason != Session.unattended
        case .realname, .metadata: true
        case .nick, .account, .host, .modes: false
        }
    }
}
