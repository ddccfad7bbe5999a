package import Chat
package import IRC
import NIOCore
import StateStore

/// How many there are on a network.
package struct NetworkCounts: Sendable {
    package let users: Int
    package let channels: Int
    package let figures: NetworkFigures
    /// The most users that there ever were.
    package let most: Int
}

/// A page of something that is searched through, and where the next one begins; nil behind the last.
package struct Page<Item> {
    package let items: [Item]
    package let next: String?
}

/// Questions to the whole network.
extension Network {
    /// Counts what there is, over all pods.
    ///
    /// - `isExact`: Whether what other pods said a moment ago is not good enough.
    package func counts(isExact: Bool, _ then: @escaping (Result<NetworkCounts, Refusal>) -> Void) {
        self.store.count(self.id, .user) { users in
            self.store.count(self.id, .channel) { channels in
                switch (users, channels) {
                case (.success(let users), .success(let channels)):
                    self.census.add(users: users, isExact: isExact) { result in
                        then(
                            result.map {
                                NetworkCounts(users: users, channels: channels, figures: $0.figures, most: $0.most)
                            }
                        )
                    }
                case (.failure(let error), _), (_, .failure(let error)): then(.failure(self.refusal(error)))
                }
            }
        }
    }

    /// Some of the channels that the actor may know of.
    ///
    /// - `cursor`: nil for the first page, then what the page before says.
    package func channels(
        after cursor: String?,
        for actor: Actor,
        _ then: @escaping (Result<Page<ChannelSummary>, Refusal>) -> Void
    ) {
        let session = actor.session
        self.page(.channel, after: cursor, ChannelSummary.request(for: session.id), then) { excerpt in
            guard let summary = ChannelSummary(excerpt, for: session.id) else { return nil }
            if summary.isDeserted { return nil }
            let isSecret = summary.state.modes.contains(.secret)
            return isSecret && !summary.isMember && !actor.may(.seeHidden) ? nil : summary
        }
    }

    /// Some of the users that the actor may know of: those who have the right see all, others who is not invisible or
    /// shares a channel with them.
    package func users(
        after cursor: String?,
        for actor: Actor,
        _ then: @escaping (Result<Page<SessionRecord>, Refusal>) -> Void
    ) {
        let session = actor.session
        let request = Excerpt.Request(fields: [SessionRecord.userField, UserFacts.field].map(FieldName.init))
        self.page(.user, after: cursor, request, then) { excerpt in
            guard let record = SessionRecord(fields: excerpt.chatFields) else { return nil }
            let isVisible =
                !record.user.modes.contains(.invisible) || record.session == session.id || actor.may(.seeHidden)
                || session.memberships.contains { $0.shows(record.session, to: session) }
            return isVisible ? record : nil
        }
    }

    /// Some of those who are muted by what stands in their session's record, as guests are.
    package func mutedSessions(
        after cursor: String?,
        by actor: Actor,
        _ then: @escaping (Result<Page<SessionRecord>, Refusal>) -> Void
    ) {
        guard actor.may(.quarantine) else { return then(.failure(Refusal(.rightNeeded))) }
        let request = Excerpt.Request(fields: [SessionRecord.userField, Quarantine.field].map(FieldName.init))
        let now = self.shard.now
        self.page(.user, after: cursor, request, then) { excerpt in
            SessionRecord(fields: excerpt.chatFields).flatMap { record in
                guard let mute = record.quarantine, mute.isMute, mute.holds(at: now) else { return nil }
                return record
            }
        }
    }

    private func page<Item>(
        _ kind: LogKey.Kind,
        after cursor: String?,
        _ request: Excerpt.Request,
        _ then: @escaping (Result<Page<Item>, Refusal>) -> Void,
        _ item: @escaping (Excerpt) -> Item?
    ) {
        self.scans.page { end in
            self.store.page(self.id, kind, after: cursor, limit: 200, request) { result in
                end()
                switch result {
                case .success(let page):
                    then(.success(Page(items: page.excerpts.compactMap(item), next: page.next)))
                case .failure(let error): then(.failure(self.refusal(error)))
                }
            }
        }
    }

    /// Channels that a user is in and the actor may know of, with the user's ranks there.
    package func channels(
        of found: FoundUser,
        for actor: Actor,
        _ then: @escaping (Result<[(name: String, modes: MemberModes)], Refusal>) -> Void
    ) {
        let keys = found.record.channels.sorted().map { LogKey(self.id, .channel, $0) }
        func shown(_ state: ChannelState) -> (name: String, modes: MemberModes)? {
            guard let modes = state.members.modes(of: found.record.session) else { return nil }
            let view = ChannelView(state, for: actor.session)
            let isHidden =
                !view.isOpen || !view.shows(found.record.session, with: modes)
                || (found.user.modes.contains(.invisible) && !view.isMember)
            return isHidden && !actor.may(.seeHidden) ? nil : (state.name.raw, modes)
        }
        let missing = keys.filter { self.replicas[$0.name] == nil }
        let here = keys.compactMap { self.replicas[$0.name] }.compactMap { shown($0.state) }
        if missing.isEmpty { return then(.success(here)) }
        self.store.load(missing) { result in
            switch result {
            case .success(let snapshots):
                then(
                    .success(
                        here
                            + snapshots.compactMap { snapshot in
                                ChannelName(snapshot.log.name, under: Names.caseMapping)
                                    .flatMap { shown(ChannelState(name: $0, fields: snapshot.chatFields)) }
                            }
                    )
                )
            case .failure(let error): then(.failure(self.refusal(error)))
            }
        }
    }

    /// Who had a nickname and has it no more, latest first, as far back as the store keeps it.
    package func past(
        _ nick: Nickname?,
        limit: Int,
        for actor: Actor,
        _ then: @escaping (Result<[PastUser], Refusal>) -> Void
    ) {
        let seesAddresses = actor.may(.seeAddresses)
        self.store.entries(of: self.ownLog, after: 0, limit: 1000) { result in
            switch result {
            case .success(let entries):
                let found = entries.reversed().lazy.compactMap { entry -> PastUser? in
                    guard case .nickGivenUp(let user, let time, let address)? = TenantEvent(entry.payload),
                        user.nick == nick
                    else { return nil }
                    return PastUser(user: user, time: time, address: seesAddresses ? address : nil)
                }
                then(.success(Array(found.prefix(limit))))
            case .failure(let error): then(.failure(self.refusal(error)))
            }
        }
    }
}

/// Somebody who had a nickname.
package struct PastUser: Sendable {
    package let user: User
    /// Until when, in milliseconds since 1970.
    package let time: Int64
    /// The address behind the cloak, if who asks may know it and it is known.
    package let address: String?
}
