package import Chat
import IRC
import StateStore
import Tenant

/// Muting: who is muted may be there and read, and says something to those alone who keep order.
///
/// It is what quarantine is, with another effect: an account's or a mask's is a row among the network's bans, a guest's stands in its
/// session's record.
extension Network {
    /// Mutes somebody.
    ///
    /// - Parameters:
    ///   - found: Whom, if somebody here is called so.
    ///   - text: How they were named: else an account, or whom a ban would mean by it, for who may ban.
    ///   - seconds: For how long; nil until it is ended.
    ///   - reason: Why, which they are told.
    ///   - actor: Who says so.
    ///   - then: Gets that.
    package func mute(
        _ found: FoundUser?,
        named text: String,
        for seconds: Int64?,
        reason: String,
        by actor: Actor,
        _ then: @escaping (Result<Quarantine, Refusal>) -> Void
    ) {
        if let found {
            if found.record.quarantine?.isMute == false { return then(.failure(Self.isApart)) }
            return self.quarantine(found, asMute: true, for: seconds, reason: reason, by: actor, then)
        }
        guard let mask = self.muted(text) else {
            return then(.failure(Refusal(.noSuchNick, text.asWord)))
        }
        let right: Rights = Self.isOneAccount(mask) ? .quarantine : .banFromNetwork
        self.setBan(mask, .mute, for: seconds, reason: reason, needing: right, by: actor) { result in
            then(result.map(Quarantine.init))
        }
    }

    static let isApart = Refusal(.invalidBan, text: "They are banned or in quarantine already")

    /// A mask as a ban has it, or that of an account; nil if it is neither.
    private func muted(_ text: String) -> String? {
        if text.contains(where: { "!@:./*?".contains($0) }) { return NetworkBan.mask(text) }
        let nick = Nickname(text, under: Names.caseMapping)
        return nick.flatMap { self.shard.environment.names.owner(of: $0, in: self.id) }.map { "a:\($0)" }
    }

    /// Whether a mask means one account: whoever keeps people apart mutes that, and who may ban all others.
    private static func isOneAccount(_ mask: String) -> Bool {
        NetworkBan(mask: mask, reason: "", setter: "", time: 0, until: nil)?.isOfOneAccount == true
    }

    /// Ends that somebody is muted.
    ///
    /// - Parameters:
    ///   - found: Whom it is about, if somebody here is called so.
    ///   - text: How they were named.
    ///   - actor: Who ends it.
    ///   - then: Goes on once it is ended.
    package func unmute(
        _ found: FoundUser?,
        named text: String,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        let mask = found == nil ? self.muted(text) ?? "a:\(text)" : nil
        if let mask, !Self.isOneAccount(mask), !actor.may(.banFromNetwork) {
            return then(.failure(Refusal(.rightNeeded)))
        }
        self.endQuarantine(of: found, named: text, mask: mask, isMute: true, by: actor, then)
    }

    /// The mutes among the network's bans that hold, in the order in which they were set.
    ///
    /// For who may not ban those of accounts alone. Those of guests are ``mutedSessions(after:by:_:)``.
    package func mutes(by actor: Actor, _ then: @escaping (Result<[NetworkBan], Refusal>) -> Void) {
        guard actor.may(.quarantine) else { return then(.failure(Refusal(.rightNeeded))) }
        guard self.shard.environment.bans != nil else { return then(.failure(Self.keepsNone)) }
        let seesAll = actor.may(.banFromNetwork)
        self.bans.refresh {
            then(.success(self.bans.all.filter { $0.effect == .mute && (seesAll || $0.isOfOneAccount) }))
        }
    }
}

extension Quarantine {
    /// Why who is kept apart, or muted, does not do something.
    func refusal(_ subject: String...) -> Refusal {
        let reason: Refusal.Reason = self.isMute ? .muted : .apart
        let text: Phrase = self.isMute ? "You are muted: \(self.reason)" : Actor.apart
        return subject.first.map { Refusal(reason, $0, text: text) } ?? Refusal(reason, text: text)
    }
}
