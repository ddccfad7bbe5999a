package import Chat
import IRC
import StateStore

/// What is known of how others are connected, and of when they spoke last.
extension Network {
    /// The most sessions elsewhere that are asked for how long they said nothing.
    private static let mostAsked = 100

    /// For how many seconds some have said nothing; those whose shards do not say so in time are missing.
    package func idleSeconds(
        of sessions: [SessionID],
        for actor: Actor,
        _ then: @escaping ([SessionID: UInt32]) -> Void
    ) {
        let here = sessions.compactMap { self.sessions[$0] }
        let own = Dictionary(here.map { ($0.id, $0.idleSeconds) }, uniquingKeysWith: min)
        let elsewhere = sessions.filter { self.sessions[$0]?.isElsewhere ?? true }
        self.idle.ask(after: Set(elsewhere.prefix(Self.mostAsked)), for: actor.session.id) { known in
            then(own.merging(known, uniquingKeysWith: min))
        }
    }

    /// Whether the actor may know how a session is connected: its own, or any with the right to.
    package func maySeeFacts(of session: SessionID, _ actor: Actor) -> Bool {
        session == actor.session.id || actor.may(.seeAddresses)
    }

    /// How some are connected whom the actor may know it of.
    package func facts(
        of sessions: [SessionID],
        for actor: Actor,
        _ then: @escaping (Result<[SessionID: UserFacts], Refusal>) -> Void
    ) {
        let known = sessions.filter { self.maySeeFacts(of: $0, actor) }
        var facts: [SessionID: UserFacts] = [:]
        for id in known { facts[id] = self.sessions[id]?.ownFacts }
        self.facts(of: known.filter { facts[$0] == nil }[...], facts, then)
    }

    /// Some at a time, so that the store's bounds hold.
    private func facts(
        of sessions: ArraySlice<SessionID>,
        _ facts: [SessionID: UserFacts],
        _ then: @escaping (Result<[SessionID: UserFacts], Refusal>) -> Void
    ) {
        let some = sessions.prefix(200)
        if some.isEmpty { return then(.success(facts)) }
        let field = FieldName(UserFacts.field)
        self.store.excerpts(of: some.map(self.inboxKey), Excerpt.Request(fields: [field])) { result in
            switch result {
            case .success(let excerpts):
                var facts = facts
                for (id, excerpt) in zip(some, excerpts) { facts[id] = excerpt.fields[field].flatMap(UserFacts.init) }
                self.facts(of: sessions.dropFirst(some.count), facts, then)
            case .failure(let error): then(.failure(self.refusal(error)))
            }
        }
    }
}
