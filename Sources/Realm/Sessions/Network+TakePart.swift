import Chat
import IRC
import StateStore
import Tenant

/// Somebody takes part in a session that is there: that of its account.
extension Network {
    /// How that ended.
    enum TakingPart {
        case taken(SignedOn)
        /// There is no such session.
        case none
        /// It has just changed: to be looked at again.
        case changed
    }

    /// - `account`: the log of the account whose session it is.
    func takePart(
        in account: LogKey,
        _ request: SignOn,
        _ attachment: any Attachment,
        _ then: @escaping (Result<TakingPart, Refusal>) -> Void
    ) {
        self.store.load([account]) { result in
            switch result {
            case .failure(let error): then(.failure(self.refusal(error)))
            case .success(let snapshots):
                guard let id = snapshots[0].fields[FieldName(NameClaim.field)].flatMap(NameClaim.session) else {
                    return then(.success(.none))
                }
                self.takePart(in: id, nil, request, attachment) { result in
                    // An account that names a session which is none was let go of just now.
                    then(result.map { if case .none = $0 { .changed } else { $0 } })
                }
            }
        }
    }

    /// - `resumption`: the place in it that is taken again.
    func takePart(
        in id: SessionID,
        _ resumption: Resumption?,
        _ request: SignOn,
        _ attachment: any Attachment,
        _ then: @escaping (Result<TakingPart, Refusal>) -> Void
    ) {
        guard let session = self.sessions[id] else { return self.bring(id, resumption, request, attachment, then) }
        guard session.isPresent else { return then(.success(.changed)) }
        if request.login?.isRemembered == true, resumption == nil, session.grantedRole != .user {
            // Whoever takes part in it has its rights.
            let text: Phrase =
                "that account's session has an operator's rights, for which accounts must be checked; try again"
            return then(.failure(Refusal(.unavailable, text: text)))
        }
        // Where only what clients asked for goes on that are gone, nobody was told anything since they went.
        let left = session.leftBehind
        let detached = left.map {
            let (now, isExact) = (self.shard.now, $0.places != nil)
            return SessionHolds.Detachment(since: now, received: $0.time, isExact: isExact, reason: "")
        }
        // Who asks for the past is told only what it says that it has not seen.
        let isTold = !request.asksForPast || resumption?.seen != nil
        let missed = isTold ? Missed.of(detached, left?.places, resumption, now: self.shard.now) : nil
        if let since = request.login?.since { session.requester.accountSince = since }
        session.attach(attachment, missed)
        let taken = TakingPart.taken(.back(session, .init(missed: missed)))
        guard let resumption else {
            self.replaceOthers(of: session, by: attachment)
            return then(.success(taken))
        }
        let inbox = session.inbox
        let transaction = Transaction(
            conditions: [resumption.isUnused(in: inbox)],
            changes: [resumption.change(of: inbox)]
        )
        self.store.append(transaction) { result in
            if case .success(.appended) = result { return then(.success(taken)) }
            session.leave(attachment, reason: "Connection closed", parting: .lost)
            if case .failure(let error) = result { return then(.failure(self.refusal(error))) }
            then(.success(.none))
        }
    }

    /// Brings a session here that others hold, or that waits.
    private func bring(
        _ id: SessionID,
        _ resumption: Resumption?,
        _ request: SignOn,
        _ attachment: any Attachment,
        _ then: @escaping (Result<TakingPart, Refusal>) -> Void
    ) {
        let user = User(nick: request.nick, username: "", host: "", realname: "", signedOn: 0)
        let session = Session(Requester(session: id, user: user, realHost: request.address), in: self)
        session.login = request.login
        session.asksForPast = request.asksForPast
        self.sessions.insert(session)
        self.shard.followed[session.inbox] = .session(session)
        self.store.follow(session.token) { result in
            switch result {
            case .failure(let error):
                self.forget(session)
                then(.failure(self.refusal(error)))
            case .success(let snapshot):
                guard let record = SessionRecord(fields: snapshot.chatFields), let holds = record.holds else {
                    self.forget(session)
                    return then(.success(.none))
                }
                session.requester.user = record.user
                session.requester.changes = record.changes
                // What was proved counts, where something was.
                session.requester.accountSince = request.login?.since ?? record.accountSince
                if session.login?.metadata == nil { session.login?.metadata = record.user.metadata }
                session.facts = record.facts
                session.silence = record.silence
                session.mark = record.mark
                session.prefix = record.user.prefix
                session.role = record.role
                session.quarantine = record.quarantine
                if let login = request.login, record.user.modes.contains(.operator) {
                    session.grantedRole = login.role
                    session.grantedBy = Names.accountMapping.fold(login.account)
                    session.grantedAt = login.provenAt ?? self.shard.now
                    session.requester.rights = login.role.rights
                }
                session.place = snapshot.position
                self.hold(session, record, holds, snapshot, resumption, attachment, then)
            }
        }
    }

    private func hold(
        _ session: Session,
        _ record: SessionRecord,
        _ holds: SessionHolds,
        _ snapshot: Snapshot,
        _ resumption: Resumption?,
        _ attachment: any Attachment,
        _ then: @escaping (Result<TakingPart, Refusal>) -> Void
    ) {
        let places = snapshot.fields[FieldName(SessionPlaces.field)].flatMap(SessionPlaces.init)
        // Who asks for the past is told only what it says that it has not seen.
        let isTold = !session.asksForPast || resumption?.seen != nil
        let missed = isTold ? Missed.of(holds.detached, places, resumption, now: self.shard.now) : nil
        var taken = holds.taken(by: self.shard.holder)
        if let login = session.login {
            (taken.grace, taken.awayAfter) = self.grace(of: login)
        }
        session.holds = taken
        var transaction = taken.transaction(of: session.inbox, from: holds, by: self.shard.holder)
        if let resumption {
            transaction.conditions.append(resumption.isUnused(in: session.inbox))
            transaction.changes.append(resumption.change(of: session.inbox))
        }
        self.store.append(transaction) { result in
            switch result {
            case .success(.appended):
                self.sessions.name(session, record.user.nick)
                self.followOwnLog()
                self.follow(record.channels.sorted()[...], for: session) {
                    session.began(with: attachment, missed)
                    session.whenTold { self.adjustRights(of: session, attachment) }
                    self.replaceOthers(of: session, by: attachment)
                    then(.success(.taken(.back(session, .init(missed: missed)))))
                }
            case .success(.refused(let place)):
                self.forget(session)
                then(.success(place == 0 ? .changed : .none))
            case .failure(let error):
                self.forget(session)
                // It may have been applied: then this shard holds it, and lets go of it.
                if error.isUnknown {
                    var record = record
                    record.holds = taken
                    let departure = Session.Departure(
                        reason: "Connection closed",
                        parting: .lost,
                        received: missed?.received ?? self.shard.now,
                        places: missed?.places
                    )
                    SessionLeave(record, departure, in: self).begin {}
                }
                then(.failure(self.refusal(error)))
            }
        }
    }

    /// Who came back without proving the account that its rights are from has them no more; an account that has another role by now
    /// has what that gives.
    private func adjustRights(of session: Session, _ attachment: any Attachment) {
        guard session.user.modes.contains(.operator) else { return }
        let actor = Actor(session, through: attachment)
        if session.grantedRole.rights.isEmpty {
            self.change(.modes(session.user.modes.subtracting(.operator)), by: actor) { _ in }
        } else if session.grantedRole != session.standing {
            self.rank(session.grantedRole, of: session.login?.account ?? "", by: actor) { _ in }
        }
    }

    /// How often a channel is asked for that the store cannot say anything of, until who comes back is let in without it.
    private static let followTries = 16

    /// Follows the channels that a session is in, one after the other.
    private func follow(
        _ channels: ArraySlice<String>,
        for session: Session,
        attempt: Int = 0,
        _ then: @escaping () -> Void
    ) {
        guard let channel = channels.first else { return then() }
        guard let name = ChannelName(channel, under: Names.caseMapping) else {
            return self.follow(channels.dropFirst(), for: session, then)
        }
        self.replicas.follow(name) { result in
            if case .success(let replica) = result {
                if replica.state.members.contains(session.id) {
                    replica.enter(session)
                } else {
                    self.replicas.letGo(of: replica)
                }
            } else if attempt < Self.followTries {
                return self.shard.later(self.shard.pause(after: attempt)) {
                    self.follow(channels, for: session, attempt: attempt + 1, then)
                }
            } else {
                // Shown once the store can say.
                session.whenTold { session.enter(channel) }
            }
            self.follow(channels.dropFirst(), for: session, then)
        }
    }

    /// Where an account has one client at a time, the latest takes the place of those before.
    private func replaceOthers(of session: Session, by attachment: any Attachment) {
        guard !self.tenant.sessions.multipleClients, session.isShared else { return }
        let event = UserEvent.replaced(by: attachment.number)
        let condition = Condition(session.inbox, .exists)
        self.store.append(
            Transaction(conditions: [condition], changes: [LogChange(session.inbox, payload: event.encoded)])
        ) { _ in }
    }
}
