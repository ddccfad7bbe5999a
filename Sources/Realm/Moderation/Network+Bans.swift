package import Chat
import IRC
import Logging
import StateStore
import Tenant

/// Bans of the network, by those who have the right to set them.
extension Network {
    /// How many a network may have.
    package static let banLimit = 1000
    /// How long one may be, in seconds, that is not for good: a century.
    private static let longestBan: Int64 = 36_500 * 86_400

    /// How long one is, in milliseconds, that is to be so many seconds long.
    static func milliseconds(of seconds: Int64) -> Int64 { min(max(seconds, 0), Self.longestBan) * 1000 }

    /// Bans somebody from the network, or keeps them apart: from now on, for all who are here and come, on all pods.
    ///
    /// - Parameters:
    ///   - text: Whom: a mask, an address or network, or an extended ban.
    ///   - effect: What it does to them.
    ///   - seconds: For how long; nil for good.
    ///   - reason: Why, which they are told.
    ///   - right: What the actor needs.
    ///   - actor: Who sets it.
    ///   - then: Gets it.
    package func setBan(
        _ text: String,
        _ effect: NetworkBan.Effect = .refuse,
        for seconds: Int64?,
        reason: String,
        needing right: Rights = .banFromNetwork,
        by actor: Actor,
        _ then: @escaping (Result<NetworkBan, Refusal>) -> Void
    ) {
        let ban: NetworkBan
        do throws(Refusal) {
            guard actor.may(right) else { throw Refusal(.rightNeeded) }
            ban = try self.allowed(text, effect, for: seconds, reason: reason, by: actor)
        } catch { return then(.failure(error)) }
        guard let bans = self.shard.environment.bans else { return then(.failure(Self.keepsNone)) }
        let (tenant, limit) = (self.id, Self.banLimit)
        let words = [effect == .demandLogin ? "REQUIRE-SASL" : nil, seconds.map { "\($0)s" }, reason]
        let detail = words.compactMap(\.self).joined(separator: " ")
        let actions: [NetworkBan.Effect: AuditEntry.Action] = [.refuse: .ban, .quarantine: .quarantine, .mute: .mute]
        let record = self.record(actions[effect] ?? .ban, ban.mask, detail, by: actor)
        let (rights, mayBan) = (actor.rights, actor.may(.banFromNetwork))
        self.ask("bans") { () async throws(DurableStoreError) in
            // What those with more rights said is theirs to change, and a ban that of who may ban.
            try await bans.set(ban, of: tenant, limit: limit, noting: record) { known in
                if effect == .mute, known.effect != .mute { return false }
                return rights.reach(known.role.rights) && (mayBan || ![.refuse, .demandLogin].contains(known.effect))
            }
        } then: { (result: Result<BanSetting, Refusal>) in
            switch result {
            case .failure(let refusal): then(.failure(refusal))
            case .success(.isFull):
                then(.failure(Refusal(.tooManyBans, text: "There are \(limit) bans: lift one first")))
            case .success(.isKept):
                let isStricter = self.bans.all.contains { $0.mask == ban.mask && $0.effect != .mute }
                then(.failure(effect == .mute && isStricter ? Self.isApart : Self.setByOthers))
            case .success(.set):
                self.log("a ban was set", ban.mask, by: actor, reason: ban.reason)
                self.bansChanged { then(.success(ban)) }
            }
        }
    }

    private func allowed(
        _ text: String,
        _ effect: NetworkBan.Effect,
        for seconds: Int64?,
        reason: String,
        by actor: Actor
    ) throws(Refusal) -> NetworkBan {
        try reason.checkLength(NetworkBan.longestReason)
        let now = self.shard.now
        let until = seconds.map { now + Self.milliseconds(of: $0) }
        let setter = actor.session.user.account ?? actor.session.user.nick.raw
        let role = actor.session.standing
        func made(_ text: String) -> NetworkBan? {
            NetworkBan(mask: text, effect, reason: reason, setter: setter, role: role, time: now, until: until)
        }
        guard let ban = made(text) else {
            let text: Phrase =
                "Say whom: nick!user@host, an address or network, a:<account>, r:<real name> or z:<certificate>"
            throw Refusal(.invalidBan, text: text)
        }
        var requester = actor.session.requester
        (requester.realHost, requester.fingerprint) = (
            actor.attachment.facts.address, actor.attachment.facts.fingerprint
        )
        if effect == .demandLogin, ban.isOfAccounts {
            throw Refusal(.invalidBan, text: "Who has an account has logged in: say a mask, address or network")
        }
        let isExempt = effect == .demandLogin && actor.session.user.account != nil
        if !isExempt, ban.matches(requester) { throw Refusal(.invalidBan, text: "That would be you, too") }
        // However it is written: one that means the same is set again.
        guard let known = self.bans.all.first(where: { $0.meansSame(as: ban) })?.mask, known != ban.mask else {
            return ban
        }
        return made(known) ?? ban
    }

    /// Lifts a ban.
    package func liftBan(
        _ text: String,
        by actor: Actor,
        _ then: @escaping (Result<String, Refusal>) -> Void
    ) {
        guard actor.may(.banFromNetwork) else { return then(.failure(Refusal(.rightNeeded))) }
        guard let bans = self.shard.environment.bans else { return then(.failure(Self.keepsNone)) }
        let meant = NetworkBan(mask: text, reason: "", setter: "", role: .user, time: 0, until: nil)
        let known = meant.flatMap { meant in self.bans.all.first { $0.meansSame(as: meant) } }
        self.lift(known, known?.mask ?? meant?.mask ?? text, from: bans, by: actor, then)
    }

    static let setByOthers = Refusal(.rightNeeded, text: "Somebody with rights that you lack has said so")

    /// Lifts the ban that is shown so, whoever may, unless somebody with more rights set it.
    ///
    /// - `known`: the ban, if it is known.
    func lift(
        _ known: NetworkBan?,
        _ mask: String,
        _ action: AuditEntry.Action = .unban,
        from bans: NetworkBanRepository,
        by actor: Actor,
        _ then: @escaping (Result<String, Refusal>) -> Void
    ) {
        if let known, !actor.rights.reach(known.role.rights) { return then(.failure(Self.setByOthers)) }
        let tenant = self.id
        let record = self.record(action, mask, "", by: actor)
        let effects: [AuditEntry.Action: NetworkBan.Effect] = [.unquarantine: .quarantine, .unmute: .mute]
        let effect = effects[action]
        self.ask("bans") { () async throws(DurableStoreError) in
            try await bans.lift(mask, effect, of: tenant, noting: record)
        } then: { (result: Result<Bool, Refusal>) in
            switch result {
            case .failure(let refusal): then(.failure(refusal))
            case .success(false): then(.failure(Refusal(.noSuchBan, text: "There is no such ban")))
            case .success(true):
                self.log("a ban was lifted", mask, by: actor, reason: nil)
                self.bansChanged { then(.success(mask)) }
            }
        }
    }

    /// The bans that hold, in the order in which they were set.
    package func bans(by actor: Actor, _ then: @escaping (Result<[NetworkBan], Refusal>) -> Void) {
        guard actor.may(.banFromNetwork) else { return then(.failure(Refusal(.rightNeeded))) }
        guard self.shard.environment.bans != nil else { return then(.failure(Self.keepsNone)) }
        self.bans.refresh { then(.success(self.bans.all.filter { $0.effect != .raid })) }
    }

    static let keepsNone = Refusal(.invalidBan, text: "This server keeps no bans")

    /// Here at once, elsewhere in a moment.
    func bansChanged(_ then: @escaping () -> Void) {
        self.bans.refresh {
            let change = LogChange(self.ownLog, payload: TenantEvent.bansChanged.encoded)
            self.store.append(Transaction(changes: [change])) { _ in then() }
        }
    }

    private func log(_ message: Logger.Message, _ mask: String, by actor: Actor, reason: String?) {
        self.shard.logger.notice(
            message,
            metadata: [
                "tenant": "\(self.id)", "mask": "\(mask)", "by": "\(actor.session.user.account ?? "*")",
                "reason": "\(reason ?? "")",
            ]
        )
    }
}
