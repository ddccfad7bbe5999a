package import Chat
import IRC
import StateStore
import Tenant

/// An account's sessions, clients and devices, and their end.
extension Network {
    /// How many sessions of an account are looked at.
    private static let mostSessions = 20

    /// What is logged in to an account: the actor's own, or another's with the right to see addresses.
    ///
    /// - Parameters:
    ///   - name: Which account; nil for the actor's.
    ///   - actor: Who asks.
    ///   - then: Gets it, after a moment in which all shards answer.
    package func clients(
        of name: String?,
        by actor: Actor,
        _ then: @escaping (Result<AccountOverview, Refusal>) -> Void
    ) {
        self.lookAfter(name, .seeAddresses, by: actor) { result in
            switch result {
            case .failure(let refusal): then(.failure(refusal))
            case .success(let subject): self.overview(of: subject.account, for: actor, then)
            }
        }
    }

    /// Ends what is logged in to an account: all of it, or what has an id in its ``AccountOverview``.
    ///
    /// What ends has no token any more that leads back; with all go the devices that are pushed to. Others than its owner need the
    /// right to end sessions, and that is noted.
    ///
    /// - Parameters:
    ///   - id: Of a client, a session, a token or a device; nil for all.
    ///   - name: Of which account; nil for the actor's.
    ///   - actor: Who asks.
    ///   - then: Goes on once the store has it.
    package func logOutClients(
        _ id: String?,
        of name: String?,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        self.lookAfter(name, .endSessions, by: actor) { result in
            let subject: Subject
            switch result {
            case .failure(let refusal): return then(.failure(refusal))
            case .success(let found): subject = found
            }
            guard let id else { return self.endAll(of: subject, by: actor, then) }
            self.overview(of: subject.account, for: actor) { result in
                switch result {
                case .failure(let refusal): then(.failure(refusal))
                case .success(let overview): self.end(id, in: overview, subject, by: actor, then)
                }
            }
        }
    }

    // MARK: Whose

    /// An account that somebody looks after.
    private struct Subject {
        let account: String
        let folded: String
        /// Nil if it is the actor's own; else what the actor is called.
        let nick: String?
    }

    private func lookAfter(
        _ name: String?,
        _ right: Rights,
        by actor: Actor,
        _ then: @escaping (Result<Subject, Refusal>) -> Void
    ) {
        let own = actor.session.user.account
        let fold = Names.accountMapping.fold
        guard let name, own.map(fold) != fold(name) else {
            guard let own else { return then(.failure(Self.noAccount)) }
            return then(.success(Subject(account: own, folded: fold(own), nick: nil)))
        }
        guard actor.may(right) else { return then(.failure(Refusal(.rightNeeded))) }
        self.askAccounts { authenticator, tenant async throws(AuthenticationError) in
            try await authenticator.find(name, in: tenant)
        } then: { (result: Result<Account?, Refusal>) in
            switch result {
            case .failure(let refusal): then(.failure(refusal))
            case .success(nil): then(.failure(Self.noSuchAccount(name)))
            case .success(let found?):
                guard actor.may(right), actor.rights.reach(found.role.rights) else {
                    let text: Phrase = "\(found.name) has rights that you lack"
                    return then(.failure(Refusal(.rightNeeded, text: text)))
                }
                let nick = actor.session.user.nick.raw
                then(.success(Subject(account: found.name, folded: found.folded, nick: nick)))
            }
        }
    }

    // MARK: What there is

    private func overview(
        of account: String,
        for actor: Actor,
        _ then: @escaping (Result<AccountOverview, Refusal>) -> Void
    ) {
        let folded = Names.accountMapping.fold(account)
        self.clientQuestions.ask(for: folded, by: actor.session.id) { result in
            switch result {
            case .failure(let refusal): then(.failure(refusal))
            case .success(let found):
                self.presences(of: account, found.clients) { result in
                    switch result {
                    case .failure(let refusal): then(.failure(refusal))
                    case .success((let sessions, let left)):
                        self.devices(of: folded) { devices in
                            let overview = AccountOverview(
                                account: account,
                                sessions: sessions,
                                sessionsLeft: left,
                                clients: found.clients,
                                hasMoreClients: found.areMore,
                                devices: devices.map { .init(endpoint: $0.text, host: $0.host) }
                            )
                            then(.success(overview))
                        }
                    }
                }
            }
        }
    }

    /// The account's own session first; with how many are left out.
    private func presences(
        of account: String,
        _ clients: [AttachedClient],
        _ then: @escaping (Result<(sessions: [AccountOverview.Presence], left: Int), Refusal>) -> Void
    ) {
        self.claimed(by: account) { result in
            let own: SessionID?
            switch result {
            case .failure(let error): return then(.failure(self.refusal(error)))
            case .success(let found): own = found
            }
            var ids = own.map { [$0] } ?? []
            for client in clients where !ids.contains(client.session) { ids.append(client.session) }
            if ids.isEmpty { return then(.success(([], 0))) }
            let left = max(0, ids.count - Self.mostSessions)
            self.store.load(ids.prefix(Self.mostSessions).map(self.inboxKey)) { result in
                let now = self.shard.now
                then(
                    result.map { ($0.compactMap { AccountOverview.Presence($0, now: now) }, left) }
                        .mapError { self.refusal($0) }
                )
            }
        }
    }

    /// The session that an account has in the store; nil if there is none.
    func claimed(by account: String, _ then: @escaping (Result<SessionID?, LiveStoreError>) -> Void) {
        self.store.load([self.accountKey(account)]) { result in
            then(result.map { $0[0].fields[FieldName(NameClaim.field)].flatMap(NameClaim.session) })
        }
    }

    // MARK: Its end

    private func end(
        _ id: String,
        in overview: AccountOverview,
        _ subject: Subject,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        let id = id.lowercased()
        if let client = overview.clients.first(where: { $0.id == id }) {
            let inbox = self.inboxKey(client.session)
            let change = LogChange(
                inbox,
                payload: UserEvent.dismissed(client.number, by: subject.nick).encoded,
                fields: [.remove(ResumeToken.field(of: client.number))]
            )
            return self.carryOut([change], on: inbox, subject, "client \(id)", by: actor, then)
        }
        for session in overview.sessions {
            if session.id == id { return self.end(session.record, subject, by: actor, then) }
            guard let token = session.tokens.first(where: { AttachedClient.id($0.number) == id }) else { continue }
            let inbox = self.inboxKey(session.record.session)
            let change = LogChange(inbox, fields: [.remove(ResumeToken.field(of: token.number))])
            return self.carryOut([change], on: inbox, subject, "client \(id)", by: actor, then)
        }
        guard let device = overview.devices.first(where: { $0.id == id }) else {
            let text: Phrase = "Nothing that is logged in has the id \(id.asWord)"
            return then(.failure(Refusal(.noSuchNick, id.asWord, text: text)))
        }
        self.forgetDevices(of: subject.folded, device.endpoint) { result in
            guard case .success = result else { return then(result) }
            self.carryOut([], on: nil, subject, "device \(id)", by: actor, then)
        }
    }

    /// Does something about an account in the store, and notes it if the account is another's.
    private func carryOut(
        _ changes: [LogChange],
        on inbox: LogKey?,
        _ subject: Subject,
        _ detail: String,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        let note = subject.nick.map { _ in self.note(.logOut, subject.account, detail, by: actor) }
        let changes = changes + (note.map { [$0] } ?? [])
        if changes.isEmpty { return then(.success(())) }
        let isOver = Refusal(.noSuchNick, subject.account, text: "That has ended already")
        self.act(
            by: actor,
            { () throws(Refusal) in
                Decided(
                    transaction: Transaction(
                        conditions: inbox.map { [Condition($0, .exists)] } ?? [],
                        changes: changes
                    ),
                    value: (),
                    refusals: [0: isOver]
                )
            },
            then: then
        )
    }

    /// Ends a session with all that takes part in it, or that waits for its clients.
    private func end(
        _ record: SessionRecord,
        _ subject: Subject,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        let inbox = self.inboxKey(record.session)
        if let end = self.endOfWaiting(record, reason: "Logged out") {
            return self.carryOut(end, subject, "session \(record.session.text)", by: actor, then)
        }
        let change = LogChange(inbox, payload: UserEvent.dismissed(nil, by: subject.nick).encoded)
        self.carryOut([change], on: inbox, subject, "session \(record.session.text)", by: actor, then)
    }

    private func carryOut(
        _ end: Transaction,
        _ subject: Subject,
        _ detail: String,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        var end = end
        if subject.nick != nil { end.changes.append(self.note(.logOut, subject.account, detail, by: actor)) }
        // Somebody came back, or it ended.
        let refusal = Refusal(.noSuchNick, subject.account, text: "That has changed just now, look again")
        let refusals = Dictionary(uniqueKeysWithValues: end.conditions.indices.map { ($0, refusal) })
        self.act(
            by: actor,
            { () throws(Refusal) in Decided(transaction: end, value: (), refusals: refusals) },
            then: then
        )
    }

    private func endAll(
        of subject: Subject,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        self.forgetDevices(of: subject.folded, nil) { result in
            guard case .success = result else { return then(result) }
            self.endWaitingSession(of: subject.folded) { result in
                guard case .success = result else { return then(result) }
                let event = TenantEvent.dismissed(account: subject.folded, by: subject.nick)
                let change = LogChange(self.ownLog, payload: event.encoded)
                self.carryOut([change], on: nil, subject, "all", by: actor, then)
            }
        }
    }

    /// Ends the session of an account that waits for its clients, whose log nobody follows; nothing happens if there is none.
    ///
    /// - `account`: its folded name.
    /// - `isMeant`: whether it is to end, by its record.
    func endWaitingSession(
        of account: String,
        reason: String = "Logged out",
        if isMeant: @escaping (SessionRecord) -> Bool = { _ in true },
        attempt: Int = 0,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        self.claimed(by: account) { result in
            guard case .success(let id?) = result else {
                return then(result.map { _ in }.mapError { self.refusal($0) })
            }
            self.store.load([self.inboxKey(id)]) { result in
                guard case .success(let snapshots) = result else {
                    return then(result.map { _ in }.mapError { self.refusal($0) })
                }
                guard let record = SessionRecord(fields: snapshots[0].chatFields), isMeant(record),
                    let end = self.endOfWaiting(record, reason: reason)
                else { return then(.success(())) }
                self.store.append(end) { result in
                    switch result {
                    case .success(.appended): then(.success(()))
                    case .failure(let error): then(.failure(self.refusal(error)))
                    case .success(.refused):
                        // It has just changed.
                        guard attempt < 5 else { return then(.failure(self.refusal(.busy))) }
                        self.shard.later(self.shard.pause(after: attempt)) {
                            self.endWaitingSession(
                                of: account,
                                reason: reason,
                                if: isMeant,
                                attempt: attempt + 1,
                                then
                            )
                        }
                    }
                }
            }
        }
    }

    /// What ends a session that waits for its clients; nil of one that does not.
    private func endOfWaiting(_ record: SessionRecord, reason: String) -> Transaction? {
        guard let holds = record.holds, holds.detached != nil else { return nil }
        var end = SessionEnds.end(
            of: record,
            reason: reason,
            tenant: self.id,
            now: self.shard.now,
            isFed: self.shard.environment.keepsHistory(self.id)
        )
        end.conditions.append(holds.condition(on: self.inboxKey(record.session)))
        return end
    }
}
