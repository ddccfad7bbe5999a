package import Chat
package import IRC
import Logging
package import StateStore
package import Tenant

/// What actors do with their own account.
extension Network {
    /// Replaces the password of the actor's account; certificates do not log in to it any more.
    ///
    /// - Parameters:
    ///   - password: The one that it has.
    ///   - next: The one that it is to have.
    ///   - clients: What counts as one client: an address, or the network that one client has all of.
    ///   - actor: Whose account.
    ///   - then: Goes on once it has.
    package func changePassword(
        _ password: String,
        to next: Redacted<String>,
        from clients: String,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        guard let account = actor.session.user.account else { return then(.failure(Self.noAccount)) }
        let rules = PasswordRules(minimumLength: self.tenant.accounts.minimumPasswordLength)
        if let fault = rules.fault(in: next.reveal(), of: account) { return then(.failure(fault.refusal)) }
        self.confirm(password, from: clients, by: actor) { result in
            guard case .success = result else { return then(result.map { _ in }) }
            self.askAccounts { authenticator, tenant async throws(AuthenticationError) in
                try await authenticator.setPassword(next, of: account, in: tenant)
            } then: { (result: Result<Bool, Refusal>) in
                switch result {
                case .failure(let refusal): then(.failure(refusal))
                case .success(false): then(.failure(Self.isNoMore))
                case .success(true):
                    self.shard.forgetLogins([Names.accountMapping.fold(account)], of: self.id)
                    self.proofChanged(of: account, except: actor.attachment.number) { then(.success(())) }
                }
            }
        }
    }

    /// Removes the actor's account: its channels go to their successors, or belong to nobody, and its sessions end.
    ///
    /// - Parameters:
    ///   - password: The one that it has.
    ///   - clients: What counts as one client: an address, or the network that one client has all of.
    ///   - actor: Whose account.
    ///   - then: Goes on once it is no more.
    package func dropAccount(
        _ password: String,
        from clients: String,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        self.confirm(password, from: clients, by: actor) { result in
            guard case .success(let account) = result else { return then(result.map { _ in }) }
            self.giveUpChannels(by: actor) { result in
                guard case .success = result else { return then(result) }
                self.askAccounts { authenticator, tenant async throws(AuthenticationError) in
                    try await authenticator.remove(account, in: tenant)
                } then: { (result: Result<Bool, Refusal>) in
                    if case .failure(let refusal) = result { return then(.failure(refusal)) }
                    self.shard.logger.info("an account was dropped", metadata: ["tenant": "\(self.id)"])
                    self.shard.forgetLogins([Names.accountMapping.fold(account)], of: self.id)
                    self.tellAccountsChanged()
                    then(.success(()))
                    self.end(.here(actor.session), reason: "Account dropped", by: actor) { _ in
                        self.endSessions(of: account)
                    }
                }
            }
        }
    }

    /// Whoever else is logged in to an account that was dropped goes, too.
    private func endSessions(of account: String) {
        let folded = Names.accountMapping.fold(account)
        self.endWaitingSession(of: folded, reason: "Account dropped") { _ in
            let change = LogChange(self.ownLog, payload: TenantEvent.dismissed(account: folded, by: nil).encoded)
            self.store.append(Transaction(changes: [change])) { _ in }
        }
    }

    /// What the tenant's configuration says is not changed from here.
    func isDeclared(_ account: String) -> Refusal? {
        let folded = Names.accountMapping.fold(account)
        guard self.tenant.adminNames.contains(where: { Names.accountMapping.fold($0) == folded }) else { return nil }
        return Refusal(.rightNeeded, text: "Your account is in the network's configuration: it is changed there")
    }

    /// The actor's channels are others' or nobody's, one after the other.
    private func giveUpChannels(by actor: Actor, _ then: @escaping (Result<Void, Refusal>) -> Void) {
        guard self.registry.channels != nil else { return then(.success(())) }
        self.ownedChannels(of: actor) { result in
            switch result {
            case .failure(let refusal): then(.failure(refusal))
            case .success(let names):
                self.giveUp(names.compactMap { ChannelName($0, under: Names.caseMapping) }[...], by: actor, then)
            }
        }
    }

    private func giveUp(
        _ names: ArraySlice<ChannelName>,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        guard let name = names.first else { return then(.success(())) }
        self.changeOwnership(
            of: name,
            by: actor,
            { result in
                switch result {
                case .success: self.giveUp(names.dropFirst(), by: actor, then)
                // It is no more its own.
                case .failure(let refusal)
                where [.noSuchChannel, .channelIsNotRegistered, .founderNeeded].contains(refusal.reason):
                    self.giveUp(names.dropFirst(), by: actor, then)
                case .failure(let refusal): then(.failure(refusal))
                }
            }
        ) { state, requester throws(Refusal) in
            [try state.decideGivingUp(by: requester)]
        }
    }

    /// How many nicknames an account may have besides what it is called.
    package static let nickLimit = 10

    /// Has the actor's nickname belong to its account, too.
    package func ownNick(by actor: Actor, _ then: @escaping (Result<Nickname, Refusal>) -> Void) {
        guard let account = actor.session.user.account else { return then(.failure(Self.noAccount)) }
        let nick = actor.session.user.nick
        let names = self.shard.environment.names
        // What looks like another's is that one's as well, which only who knows all of them can say.
        guard names.revision(of: self.id) > 0 else { return then(.failure(Refusal(.unavailable))) }
        let folded = Names.accountMapping.fold(account)
        let isAnothers = names.owner(of: nick, in: self.id).map { $0 != folded } ?? false
        if isAnothers || self.isDeclared(nick.raw) != nil {
            return then(.failure(Refusal(.nickReserved, nick.raw)))
        }
        let limit = Self.nickLimit
        self.askAccounts { authenticator, tenant async throws(AuthenticationError) in
            try await authenticator.add(nick, to: account, in: tenant, limit: limit)
        } then: { (result: Result<NameAddition, Refusal>) in
            switch result {
            case .failure(let refusal): then(.failure(refusal))
            case .success(.known): then(.success(nick))
            case .success(.added):
                self.nickIsOwned(nick, by: account)
                then(.success(nick))
            case .success(.taken): then(.failure(Refusal(.nickReserved, nick.raw)))
            case .success(.isFull):
                let text: Phrase = "Your account may have \(limit) more nicknames: give one up first"
                then(.failure(Refusal(.tooManyNicks, text: text)))
            case .success(.noAccount):
                then(.failure(Self.isNoMore))
            }
        }
    }

    /// Has a nickname belong to the actor's account no more.
    package func disownNick(
        _ nick: Nickname,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        guard let account = actor.session.user.account else { return then(.failure(Self.noAccount)) }
        self.askAccounts { authenticator, tenant async throws(AuthenticationError) in
            try await authenticator.remove(nick, from: account, in: tenant)
        } then: { (result: Result<Bool, Refusal>) in
            switch result {
            case .failure(let refusal): then(.failure(refusal))
            case .success(false):
                let text: Phrase = "That is none of the nicknames that you gave to your account"
                then(.failure(Refusal(.noSuchNick, nick.raw, text: text)))
            case .success(true):
                self.tellAccountsChanged()
                then(.success(()))
            }
        }
    }

    /// A nickname belongs to an account from now on: here at once, elsewhere in a moment.
    func nickIsOwned(_ nick: Nickname, by account: String) {
        self.shard.environment.names.add(nick, of: account, in: self.id)
        self.tellAccountsChanged()
    }

    private func tellAccountsChanged() {
        let change = LogChange(self.ownLog, payload: TenantEvent.accountsChanged.encoded)
        self.store.append(Transaction(changes: [change])) { _ in }
    }

    /// Ends the session that has a nickname which is the actor's: that of its account, or one that its account has.
    ///
    /// - Parameters:
    ///   - nick: Which.
    ///   - takesName: Whether the actor goes by it then.
    ///   - actor: Who asks.
    ///   - then: Goes on once it is told to, or the actor has the nickname.
    package func reclaim(
        _ nick: Nickname,
        takesName: Bool,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        guard let account = actor.session.user.account.map(Names.accountMapping.fold) else {
            return then(.failure(Self.noAccount))
        }
        self.sessions.find(nick) { result in
            switch result {
            case .failure(let refusal): then(.failure(refusal))
            case .success(nil):
                takesName
                    ? self.rename(nick, by: actor, then) : then(.failure(Refusal(.noSuchNick, nick.raw)))
            case .success(let found?):
                if found.identity.session == actor.session.id {
                    return then(.failure(Refusal(.nickInUse, nick.raw, text: "That is you")))
                }
                let owner = found.identity.account.map(Names.accountMapping.fold)
                let isOwn = self.shard.environment.names.owner(of: nick, in: self.id) == account
                guard owner == account || isOwn || Names.accountMapping.fold(nick.raw) == account else {
                    let text: Phrase = "That nickname is not your account's"
                    return then(.failure(Refusal(.rightNeeded, text: text)))
                }
                self.end(found, reason: "Ghosted by \(actor.session.user.nick.raw)", by: actor) { result in
                    guard case .success = result, takesName else { return then(result) }
                    self.take(nick, by: actor, attempt: 0, then)
                }
            }
        }
    }

    /// The nickname is free in a moment: its session ends.
    private func take(
        _ nick: Nickname,
        by actor: Actor,
        attempt: Int,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        self.rename(nick, by: actor) { result in
            guard case .failure(let refusal) = result, refusal.reason == .nickInUse, attempt < 12 else {
                return then(result)
            }
            self.shard.later(self.shard.pause(after: attempt)) {
                self.take(nick, by: actor, attempt: attempt + 1, then)
            }
        }
    }

    /// Ends a session, whoever may.
    ///
    /// - `note`: what is noted of it besides.
    func end(
        _ found: FoundUser,
        reason: String,
        noting note: LogChange? = nil,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        self.act(
            by: actor,
            { () throws(Refusal) in
                if let end = self.endWaiting(found, reason: reason, note, by: actor) { return end }
                let event = UserEvent.killed(by: actor.author, reason: reason)
                return Decided(
                    transaction: Transaction(
                        conditions: [found.claim],
                        changes: [LogChange(found.inbox, payload: event.encoded)] + (note.map { [$0] } ?? [])
                    ),
                    value: (),
                    refusals: [0: Refusal(.noSuchNick, found.nick)]
                )
            },
            then: then
        )
    }

    /// What ends a session that waits for its clients, whose inbox nobody follows; nil of one that does not.
    private func endWaiting(
        _ found: FoundUser,
        reason: String,
        _ note: LogChange?,
        by actor: Actor
    ) -> Decided<Void>? {
        guard case .elsewhere(let other) = found, let holds = other.record.holds, holds.detached != nil else {
            return nil
        }
        var end = SessionEnds.end(
            of: other.record,
            reason: "Killed (\(actor.session.user.nick.raw) (\(reason)))",
            tenant: self.id,
            now: self.shard.now,
            isFed: self.shard.environment.keepsHistory(self.id)
        )
        end.conditions.append(holds.condition(on: found.inbox))
        // What happened to it stands where it does of others.
        let killed = UserEvent.killed(by: actor.author, reason: reason)
        end.changes.insert(LogChange(found.inbox, payload: killed.encoded), at: 0)
        if let note { end.changes.append(note) }
        // Somebody came back, or it ended.
        let refusal = Refusal(.noSuchNick, found.nick)
        let refusals = Dictionary(uniqueKeysWithValues: end.conditions.indices.map { ($0, refusal) })
        return Decided(transaction: end, value: (), refusals: refusals)
    }

    /// What is kept of an account, for who owns it and for those who look after the network; others learn since when it is there.
    ///
    /// - Parameters:
    ///   - name: Which; nil for the actor's own.
    ///   - actor: Who asks.
    ///   - then: Gets it.
    package func account(
        _ name: String?,
        for actor: Actor,
        _ then: @escaping (Result<AccountView, Refusal>) -> Void
    ) {
        guard let name = name ?? actor.session.user.account else { return then(.failure(Self.noAccount)) }
        self.askAccounts { authenticator, tenant async throws(AuthenticationError) in
            guard let account = try await authenticator.find(name, in: tenant) else { return nil }
            return (account: account, names: try await authenticator.names(of: account.name, in: tenant))
        } then: { (result: Result<(account: Account, names: [String])?, Refusal>) in
            switch result {
            case .failure(let refusal): then(.failure(refusal))
            case .success(nil): then(.failure(Self.noSuchAccount(name)))
            case .success(let found?):
                let account = found.account
                let reference = AccountReference(name: account.name, since: account.createdAt)
                let names = found.names
                let seesAll = actor.session.requester.account == reference || actor.may(.seeAddresses)
                then(
                    .success(
                        AccountView(
                            account: reference,
                            state: account.state,
                            email: seesAll ? account.email : nil,
                            isVerified: account.emailVerifiedAt != nil,
                            asksForCodes: seesAll && account.needsCode,
                            lastLogInAt: seesAll ? account.lastLogInAt : nil,
                            nicks: names
                        )
                    )
                )
            }
        }
    }

    static func noSuchAccount(_ name: String) -> Refusal {
        let text: Phrase = "There is no account \(name.asWord)"
        return Refusal(.noSuchAccount, name.asWord, text: text)
    }

    static let noAccount = Refusal(.accountNeeded, text: "Log in first: you have no account here")
}

/// An account as somebody may see it.
package struct AccountView: Sendable, Hashable {
    package let account: AccountReference
    package let state: Account.State
    /// Nil if there is none, or who looks may not know.
    package let email: String?
    /// Whether its owner showed that mail to there is read.
    package let isVerified: Bool
    /// Whether a password alone does not log in to it, as far as who looks may know.
    package let asksForCodes: Bool
    /// Milliseconds since 1970; likewise.
    package let lastLogInAt: Int64?
    /// The nicknames that it has besides what it is called.
    package let nicks: [String]
}
