package import Chat
import IRC
import StateStore

/// Reports: telling those who look after a network of somebody or of a message, with what was said around it.
///
/// What goes with a report is what the reporter may read: those who look into it see no more of a conversation than somebody who was in
/// it chose to show them.
extension Network {
    /// How many reports a network may have.
    package static let reportLimit = 2000
    /// How many lines go with one.
    package static let reportedLines = 21

    /// What somebody reports, as far as it is known.
    private struct Reported {
        /// `nick!user@host`, or a name.
        var subject: String
        var account: String?
        var place: String?
        var message: Stamp?
        var lines: [HistoryRecord] = []
    }

    /// Reports somebody or something.
    ///
    /// - Parameters:
    ///   - target: A message's id, or somebody's nickname or account.
    ///   - channel: Where it was; nil for what was said to the actor, or for a message wherever the actor finds it.
    ///   - reason: Why.
    ///   - clients: From where the actor comes: how many a guest may report is counted by that.
    ///   - actor: Who reports it.
    ///   - then: Gets the report's number.
    package func report(
        _ target: String,
        in channel: String?,
        reason: String,
        from clients: String,
        by actor: Actor,
        _ then: @escaping (Result<Int64, Refusal>) -> Void
    ) {
        guard let reports = self.shard.environment.reports else { return then(.failure(Self.takesNoReports)) }
        do throws(Refusal) { try reason.checkLength(Lengths.reason) } catch { return then(.failure(error)) }
        self.takeReport(by: actor, from: clients) { refusal in
            if let refusal { return then(.failure(refusal)) }
            self.reported(target, in: channel, by: actor) { result in
                switch result {
                case .failure(let refusal): then(.failure(refusal))
                case .success(let reported): self.file(reported, reason, in: reports, by: actor, then)
                }
            }
        }
    }

    static let takesNoReports = Refusal(.unavailable, text: "This server takes no reports")

    /// Five at once, and one more every five minutes: by account, or by where a guest comes from.
    private func takeReport(by actor: Actor, from clients: String, _ then: @escaping (Refusal?) -> Void) {
        let sender = actor.session.party.account.map { "a" + $0 } ?? "c" + clients
        self.store.take(1, from: CounterKey(self.id, "reports", of: sender), rate: 1 / 300, burst: 5) { result in
            switch result {
            case .success(1...): then(nil)
            case .success:
                let text: Phrase = "You have reported a lot just now, try again in some minutes"
                then(Refusal(.rateLimited, text: text))
            case .failure(let error): then(self.refusal(error))
            }
        }
    }

    private func file(
        _ reported: Reported,
        _ reason: String,
        in reports: ReportRepository,
        by actor: Actor,
        _ then: @escaping (Result<Int64, Refusal>) -> Void
    ) {
        let session = actor.session
        let report = Report(
            time: self.shard.now,
            reporter: session.party,
            nick: session.user.nick.raw,
            account: session.user.account,
            about: reported.subject,
            account: reported.account,
            in: reported.place,
            message: reported.message?.messageID,
            reason: reason
        )
        let lines = reported.lines.map { record in
            ReportLine(
                time: record.id.time,
                message: record.id.messageID,
                prefix: record.prefix,
                account: record.account,
                text: record.text ?? ""
            )
        }
        let (tenant, limit) = (self.id, Self.reportLimit)
        self.ask("reports") { () async throws(DurableStoreError) in
            try await reports.file(report, lines, of: tenant, limit: limit)
        } then: { (result: Result<Int64?, Refusal>) in
            switch result {
            case .failure(let refusal): then(.failure(refusal))
            case .success(nil):
                then(.failure(Refusal(.tooManyReports, text: "Too many reports wait to be looked at, try later")))
            case .success(let id?):
                let event = TenantEvent.reported(
                    id,
                    by: report.reporterNick,
                    about: String(Source(report.subject).nick),
                    place: report.place,
                    reason: reason
                )
                // It is in the database: whether those who are here hear of it at once does not change that.
                let change = LogChange(self.ownLog, payload: event.encoded)
                self.store.append(Transaction(changes: [change])) { _ in then(.success(id)) }
            }
        }
    }

    // MARK: What is reported

    private func reported(
        _ target: String,
        in channel: String?,
        by actor: Actor,
        _ then: @escaping (Result<Reported, Refusal>) -> Void
    ) {
        let place: Conversation?
        if let channel {
            guard let name = ChannelName(channel, under: Names.caseMapping), actor.session.isMember(of: name.folded)
            else { return then(.failure(Refusal(.notOnChannel, channel.asWord))) }
            place = .channel(name.folded)
        } else {
            place = nil
        }
        guard let id = Stamp(messageID: target) else {
            return self.somebody(target, in: place, by: actor, then)
        }
        let missing = Refusal(.noSuchMessage, target, text: "You cannot read a message with this id")
        self.locate(id, in: place, for: actor) { result in
            switch result {
            case .failure(let refusal): then(.failure(refusal))
            case .success(nil): then(.failure(missing))
            case .success(let conversation?):
                let part = HistoryRepository.Part.around(HistoryCursor(id))
                self.lines(of: conversation, with: nil, part, for: actor) { result in
                    switch result {
                    case .failure(let refusal): then(.failure(refusal))
                    case .success(let lines):
                        guard let message = lines.first(where: { $0.id == id }) else { return then(.failure(missing)) }
                        then(
                            .success(
                                Reported(
                                    subject: message.prefix,
                                    account: message.account,
                                    place: self.shown(conversation),
                                    message: id,
                                    lines: lines
                                )
                            )
                        )
                    }
                }
            }
        }
    }

    /// Somebody who is here, or has an account; with what was said lately where the actor says, or between the two.
    private func somebody(
        _ name: String,
        in place: Conversation?,
        by actor: Actor,
        _ then: @escaping (Result<Reported, Refusal>) -> Void
    ) {
        guard let nick = Nickname(name, under: Names.caseMapping) else {
            return then(.failure(Refusal(.noSuchNick, name.asWord)))
        }
        self.sessions.find(nick) { result in
            let found: FoundUser?
            switch result {
            case .failure(let refusal): return then(.failure(refusal))
            case .success(let user): found = user
            }
            let account = found?.identity.account ?? self.shard.environment.names.owner(of: nick, in: self.id)
            guard found != nil || account != nil else { return then(.failure(Refusal(.noSuchNick, nick.raw))) }
            var reported = Reported(subject: found?.user.prefix ?? nick.raw, account: account)
            reported.place = place.flatMap(self.shown)
            let direct = found.map(\.party) ?? account.map { .account(Names.accountMapping.fold($0)) }
            guard let conversation = place ?? direct.map({ .direct(.init(actor.session.party, $0)) }) else {
                return then(.success(reported))
            }
            self.lines(of: conversation, with: found, .latest(after: nil), for: actor) { result in
                then(
                    result.map { lines in
                        reported.lines = lines
                        return reported
                    }
                )
            }
        }
    }

    /// A channel as it is spelled; nil for what two write to each other.
    private func shown(_ conversation: Conversation) -> String? {
        guard case .channel(let folded) = conversation else { return nil }
        return self.replicas[folded]?.state.name.raw ?? folded
    }

    /// Lines of a conversation of the actor's, as far as it may read it, those included whom it has silenced.
    private func lines(
        of conversation: Conversation,
        with found: FoundUser?,
        _ part: HistoryRepository.Part,
        for actor: Actor,
        _ then: @escaping (Result<[HistoryRecord], Refusal>) -> Void
    ) {
        let limit = Self.reportedLines
        guard !self.hasPast else {
            let request = PastRequest(
                conversation: conversation,
                found: found,
                part: part,
                limit: limit,
                events: false,
                actor: actor
            )
            return self.everything(request, then)
        }
        let since = self.readable(conversation, by: actor.session).time
        self.recent(of: conversation, with: found, events: false, for: actor) { recent in
            then(.success(part.since(since).select(from: recent, limit: limit).filter { $0.id.time >= since }))
        }
    }

    // MARK: Where a message is

    /// In which of the actor's conversations a message was said: the live logs know of the last ones, the history of those before.
    private func locate(
        _ id: Stamp,
        in place: Conversation?,
        for actor: Actor,
        _ then: @escaping (Result<Conversation?, Refusal>) -> Void
    ) {
        if let place { return then(.success(place)) }
        let session = actor.session
        let logs = [session.inbox] + session.memberships.map(\.key)
        self.locate(id, in: logs[...], for: actor) { result in
            guard case .success(nil) = result, self.hasPast else { return then(result) }
            let (tenant, own) = (self.id, session.party)
            let channels = session.memberships.map(\.key.name)
            self.ask({ past throws(DurableStoreError) in
                for channel in channels where try await past.history.find(id, in: channel, of: tenant) != nil {
                    return Conversation.channel(channel)
                }
                let direct = try await past.history.targets(
                    of: tenant,
                    party: own.text,
                    channels: [],
                    between: id.time...Int64.max,
                    limit: 300
                )
                for target in direct {
                    if try await past.history.find(id, in: target.conversation, of: tenant) != nil {
                        return Conversation(text: target.conversation)
                    }
                }
                return nil
            }) { (result: Result<Conversation?, Refusal>) in then(result) }
        }
    }

    private func locate(
        _ id: Stamp,
        in logs: ArraySlice<LogKey>,
        for actor: Actor,
        _ then: @escaping (Result<Conversation?, Refusal>) -> Void
    ) {
        guard let log = logs.first else { return then(.success(nil)) }
        self.store.entries(of: log, after: id.position.sequence(before: 1), limit: 1) { result in
            switch result {
            case .failure(let error): then(.failure(self.refusal(error)))
            case .success(let entries):
                guard let entry = entries.first, entry.position == id.position, entry.time == id.time,
                    let message = ChatMessage(entry: entry.payload), !message.isCopy
                else { return self.locate(id, in: logs.dropFirst(), for: actor, then) }
                if log.kind == .channel { return then(.success(.channel(log.name))) }
                let sender = Conversation.Party(message.sender, account: message.account)
                then(.success(.direct(.init(sender, actor.session.party))))
            }
        }
    }
}
