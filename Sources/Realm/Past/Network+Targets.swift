package import Chat
import IRC
import StateStore

/// Which conversations somebody has (CHATHISTORY TARGETS).
extension Network {
    /// A conversation of somebody's, and when something was said in it last.
    package struct PastTarget: Hashable, Sendable {
        /// By which it can be asked for: the channel's name, the other's nickname if it is here, or its account.
        package let name: String
        /// Milliseconds since 1970.
        package let time: Int64
    }

    /// Which conversations, beside those with people.
    package enum PastTargets: Sendable {
        /// Those of the channels that one is in.
        case withChannels
        case people
    }

    /// How many of a channel's latest entries are looked at for something that was said.
    private static let latestInChannel = 32

    /// The conversations of who asks in which something was said last between two times, without those.
    ///
    /// - Parameters:
    ///   - first: Where to begin to count.
    ///   - second: The other time, before or after.
    ///   - limit: How many at most.
    ///   - which: Which conversations.
    ///   - actor: Who asks.
    ///   - then: Gets them, those first in which nothing was said for longest.
    package func pastTargets(
        from first: Int64,
        to second: Int64,
        limit: Int,
        _ which: PastTargets = .withChannels,
        for actor: Actor,
        _ then: @escaping (Result<[PastTarget], Refusal>) -> Void
    ) {
        let (tenant, session) = (self.id, actor.session)
        let (low, high) = (min(first, second), max(first, second))
        let keys = which == .people ? [] : session.memberships.map(\.key)
        let (own, channels, horizons) = (session.party, keys.map(\.name), self.horizons(of: session))
        let renamed = keys.compactMap { self.renamed($0.name) }
        self.latest(of: session, in: keys) { latest in
            self.ask({ past throws(DurableStoreError) in
                let since = try await past.time(of: Horizon(account: own.account), in: tenant)
                let kept = try await past.history.targets(
                    of: tenant,
                    party: own.text,
                    channels: channels,
                    between: low...high,
                    limit: .max
                )
                var times = Dictionary(kept.map { ($0.conversation, $0.time) }, uniquingKeysWith: max)
                for channel in renamed where times[channel.name] == nil {
                    times[channel.name] = try await past.lastTime(before: channel, of: tenant)
                }
                return (since, times)
            }) { (result: Result<(since: Int64, kept: [String: Int64]), Refusal>) in
                switch result {
                case .failure(let refusal): then(.failure(refusal))
                case .success(let (since, kept)):
                    let times = latest.merging(kept, uniquingKeysWith: max)
                    let readable = times.filter { conversation, time in
                        time >= (conversation.first == "@" ? since : horizons[conversation] ?? .min)
                    }
                    let found = readable.filter { $0.value > low && $0.value < high }
                        .sorted { ($0.value, $0.key) < ($1.value, $1.key) }
                    let inOrder = first <= second ? found : found.reversed()
                    self.name(inOrder[...], [], upTo: limit, for: session) { targets in
                        then(.success(first <= second ? targets : targets.reversed()))
                    }
                }
            }
        }
    }

    // MARK: What is on its way to the history

    /// When something was said in conversations just now: in channels, to a session, and by it.
    ///
    /// What it said to people stands in their logs; the shard where it did so knows when.
    private func latest(of session: Session, in channels: [LogKey], _ then: @escaping ([String: Int64]) -> Void) {
        let (own, inbox) = (session.party, session.inbox)
        self.store.excerpts(of: channels + [inbox], Excerpt.Request(fields: [])) { result in
            // As whom it takes part now.
            var times = session.speech.lately.filter { Conversation(text: $0.key)?.has(own) == true }
            guard let excerpts = try? result.get() else { return then(times) }
            var awaited = excerpts.count
            for excerpt in excerpts {
                let log = excerpt.log
                let limit = log.kind == .user ? Self.latest : Self.latestInChannel
                self.store.entries(of: log, after: excerpt.position.sequence(before: limit), limit: limit) { result in
                    let entries = (try? result.get()) ?? []
                    for (entry, message) in entries.said where message.minimum.isEmpty && !message.isCopy {
                        let sender = Conversation.Party(message.sender, account: message.account)
                        let conversation =
                            log.kind == .user ? Conversation.direct(.init(sender, own)) : .channel(log.name)
                        times[conversation.text] = max(times[conversation.text] ?? 0, entry.time)
                    }
                    awaited -= 1
                    if awaited == 0 { then(times) }
                }
            }
        }
    }

    // MARK: Names

    /// Names conversations in their order, as many as are asked for: those with guests who are gone have none.
    private func name(
        _ conversations: ArraySlice<(key: String, value: Int64)>,
        _ named: [PastTarget],
        upTo limit: Int,
        for session: Session,
        _ then: @escaping ([PastTarget]) -> Void
    ) {
        let some = conversations.prefix(100)
        guard named.count < limit, !some.isEmpty else { return then(Array(named.prefix(limit))) }
        let parties = some.compactMap { self.other(than: session, in: $0.key) }
        self.users(of: parties) { users in
            let more = some.compactMap { conversation, time -> PastTarget? in
                let other = self.other(than: session, in: conversation)
                let user = other.flatMap { users[$0] }
                // Whom one wants to hear nothing of nobody has to be told of.
                if let user, other != session.party,
                    session.silence.silences(user.prefix, account: user.account)
                {
                    return nil
                }
                let name =
                    other.map { user?.nick.raw ?? $0.accountName } ?? self.channelName(of: conversation, for: session)
                return name.map { PastTarget(name: $0, time: time) }
            }
            self.name(conversations.dropFirst(some.count), named + more, upTo: limit, for: session, then)
        }
    }

    /// Who else takes part in a conversation; oneself if nobody does, nil if it is a channel's.
    private func other(than session: Session, in conversation: String) -> Conversation.Party? {
        guard case .direct(let pair)? = Conversation(text: conversation) else { return nil }
        return pair.first == session.party ? pair.second : pair.first
    }

    /// What who is in a channel calls it.
    package func channelName(of conversation: String, for session: Session) -> String? {
        guard case .channel(let folded)? = Conversation(text: conversation) else { return nil }
        return session.memberships.first { $0.key.name == folded }?.state.name.raw ?? folded
    }

    /// Those who are here, on whichever shard.
    private func users(
        of parties: [Conversation.Party],
        _ then: @escaping ([Conversation.Party: User]) -> Void
    ) {
        let accounts = parties.compactMap { party in
            if case .account(let name) = party { LogKey(self.id, .account, name) } else { nil }
        }
        let claim = FieldName(NameClaim.field)
        self.store.excerpts(of: accounts, Excerpt.Request(fields: [claim])) { result in
            let claims = (try? result.get()) ?? []
            let sessions =
                claims.compactMap { $0.fields[claim].flatMap(NameClaim.session) }
                + parties.compactMap { if case .guest(let id) = $0 { id } else { nil } }
            let request = Excerpt.Request(fields: [FieldName(SessionRecord.userField)])
            self.store.excerpts(of: sessions.map(self.inboxKey), request) { result in
                let records = ((try? result.get()) ?? []).compactMap { SessionRecord(fields: $0.chatFields) }
                let users = records.map { record in
                    (Conversation.Party(record.session, account: record.user.account), record.user)
                }
                then(Dictionary(users, uniquingKeysWith: { first, _ in first }))
            }
        }
    }
}

extension Conversation.Party {
    /// What somebody with an account can be asked for by who is not here.
    fileprivate var accountName: String? { if case .account(let folded) = self { folded } else { nil } }
}

extension [Entry] {
    /// What was said, in words and not taken back.
    fileprivate var said: [(Entry, ChatMessage)] {
        let takenBack = self.takenBack
        return self.compactMap { entry in
            guard let message = ChatMessage(entry: entry.payload), message.verb != .tagmsg,
                !takenBack.contains(Stamp(position: entry.position, time: entry.time))
            else { return nil }
            return (entry, message)
        }
    }
}
