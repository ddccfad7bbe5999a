package import Chat
import IRC
package import StateStore

/// A part of a conversation that somebody asks for.
struct PastRequest {
    let conversation: Conversation
    /// Who the other is, if it is one with somebody who is there.
    let found: FoundUser?
    var part: HistoryRepository.Part
    /// How many records at most.
    var limit: Int
    /// Whether what happened is read too.
    let events: Bool
    /// Who asks.
    let actor: Actor
}

/// Questions to the past: who may read what is decided here.
extension Network {
    /// What a target means to who asks: a channel that it is in, or itself and somebody else.
    ///
    /// A channel that one is not in and one that does not exist look the same. A nickname is that of who has it now; if nobody
    /// has, of the account of this name.
    func conversation(
        with target: String,
        for actor: Actor,
        _ then: @escaping (Result<(Conversation, FoundUser?), Refusal>) -> Void
    ) {
        if ChannelName.isChannel(target) {
            guard let name = ChannelName(target, under: Names.caseMapping), actor.session.isMember(of: name.folded)
            else { return then(.failure(Refusal(.notOnChannel, target.asWord))) }
            return then(.success((.channel(name.folded), nil)))
        }
        guard let nick = Nickname(target, under: Names.caseMapping) else {
            return then(.failure(Refusal(.noSuchNick, target.asWord)))
        }
        let own = actor.session.party
        self.sessions.find(nick) { result in
            then(result.map { (.direct(.init(own, $0?.party ?? .account(Names.accountMapping.fold(nick.raw)))), $0) })
        }
    }

    /// Reads a part of a conversation; what was taken back is left out.
    ///
    /// - Parameters:
    ///   - target: A channel, a nickname or an account.
    ///   - part: Which part.
    ///   - limit: How many records at most.
    ///   - events: Whether what happened is read too.
    ///   - actor: Who asks.
    ///   - then: Gets the records, oldest first.
    package func past(
        of target: String,
        _ part: HistoryRepository.Part,
        limit: Int,
        events: Bool,
        for actor: Actor,
        _ then: @escaping (Result<[HistoryRecord], Refusal>) -> Void
    ) {
        self.conversation(with: target, for: actor) { result in
            switch result {
            case .failure(let refusal): then(.failure(refusal))
            case .success(let (conversation, found)):
                let request = PastRequest(
                    conversation: conversation,
                    found: found,
                    part: part,
                    limit: limit,
                    events: events,
                    actor: actor
                )
                self.past(request, then)
            }
        }
    }

    /// How often more is read in place of what somebody does not want to hear.
    private static let furtherReads = 4

    private func past(
        _ request: PastRequest,
        read attempt: Int = 0,
        _ then: @escaping (Result<[HistoryRecord], Refusal>) -> Void
    ) {
        self.everything(request) { result in
            guard case .success(let all) = result else { return then(result) }
            let heard = all.filter(request.actor.session.hears)
            guard heard.count < all.count, all.count >= request.limit, attempt < Self.furtherReads,
                let beyond = request.part.beyond(all)
            else { return then(.success(heard)) }
            var further = request
            (further.part, further.limit) = (beyond, request.limit - heard.count)
            self.past(further, read: attempt + 1) { more in
                then(more.map { request.part.isBackwards ? $0 + heard : heard + $0 })
            }
        }
    }

    /// Those who are silenced included.
    func everything(
        _ request: PastRequest,
        _ then: @escaping (Result<[HistoryRecord], Refusal>) -> Void
    ) {
        let (conversation, session) = (request.conversation, request.actor.session)
        let (asked, limit) = (request.part, request.limit)
        let (tenant, name) = (self.id, conversation.text)
        let (horizon, former) = (self.readable(conversation, by: session), self.formerNames(of: conversation))
        let events = request.events && self.showsEvents(of: conversation, to: session)
        // Before the database is asked, so that what is on its way meanwhile is in one of the two.
        self.recent(of: conversation, with: request.found, events: events, for: request.actor) { recent in
            self.ask({ past throws(DurableStoreError) in
                let since = try await past.time(of: horizon, in: tenant)
                let part = asked.since(since)
                let kept = try await past.whole.read(name, of: tenant, part, limit: limit, events: events)
                let former = try await past.read(former, as: name, of: tenant, part, limit: limit, events: events)
                return (since, kept.with(former))
            }) { (result: Result<(since: Int64, kept: HistoryReading), Refusal>) in
                then(
                    result.map { since, kept in
                        asked.since(since).select(from: kept.records(with: recent), limit: limit)
                            .filter { $0.id.time >= since }
                    }
                )
            }
        }
    }

    /// Looks for something that was said where who asks may read: in one conversation, or in all of its own.
    package func search(
        _ search: HistorySearch,
        in target: String?,
        for actor: Actor,
        _ then: @escaping (Result<[HistoryRecord], Refusal>) -> Void
    ) {
        let tenant = self.id
        let then: (Result<[HistoryRecord], Refusal>) -> Void = { result in
            then(result.map { $0.filter(actor.session.hears) })
        }
        guard let target else {
            let (own, horizons) = (actor.session.party, self.horizons(of: actor.session))
            let channels = actor.session.memberships.map(\.key.name).filter { horizons[$0] == nil }
            let former = actor.session.memberships.map(\.key.name).map {
                (name: $0, names: self.formerNames(of: .channel($0)))
            }
            .filter { !$0.names.isEmpty }
            return self.ask(
                { past throws(DurableStoreError) in
                    let since = try await past.time(of: Horizon(account: own.account), in: tenant)
                    let direct = try await past.history.targets(
                        of: tenant,
                        party: own.text,
                        channels: [],
                        between: since...Int64.max,
                        limit: 300
                    ).map(\.conversation)
                    var found = try await past.whole.search(search.since(in: channels + direct), of: tenant)
                    if found.contains(where: { $0.isDirect && $0.id.time < since }) {
                        found = try await past.whole.search(search.since(in: channels), of: tenant)
                        found += try await past.whole.search(search.since(since, in: direct), of: tenant)
                    }
                    for (channel, since) in horizons {
                        found += try await past.whole.search(search.since(since, in: [channel]), of: tenant)
                    }
                    for (name, names) in former {
                        let since = horizons[name] ?? .min
                        found += try await past.search(search, under: names, as: name, since: since, of: tenant)
                    }
                    return found.sorted { $0.cursor < $1.cursor }.suffix(search.limit)
                },
                then
            )
        }
        self.conversation(with: target, for: actor) { result in
            switch result {
            case .failure(let refusal): then(.failure(refusal))
            case .success(let (conversation, _)):
                let horizon = self.readable(conversation, by: actor.session)
                let (name, former) = (conversation.text, self.formerNames(of: conversation))
                self.ask(
                    { past throws(DurableStoreError) in
                        let since = try await past.time(of: horizon, in: tenant)
                        let found = try await past.whole.search(search.since(since, in: [name]), of: tenant)
                        let older = try await past.search(search, under: former, as: name, since: since, of: tenant)
                        return (older + found).sorted { $0.cursor < $1.cursor }.suffix(search.limit)
                    },
                    then
                )
            }
        }
    }
}

extension Session {
    /// As whom it takes part in direct messages.
    var party: Conversation.Party { .init(self.id, account: self.user.account) }
}
