package import Chat
package import IRC
import StateStore

/// The sessions of a network: those here, and the way to those elsewhere.
package final class SessionDirectory {
    unowned let network: Network
    private var byID: [SessionID: Session] = [:]
    private var byNick: [String: Session] = [:]

    init(_ network: Network) { self.network = network }

    package var count: Int { self.byID.count }
    package var all: some Collection<Session> { self.byID.values }

    package subscript(id: SessionID) -> Session? { self.byID[id] }
    /// The session here that has a nickname.
    package func named(_ nick: Nickname) -> Session? { self.byNick[nick.folded] }

    func insert(_ session: Session) { self.byID[session.id] = session }

    func remove(_ session: Session) {
        self.byID[session.id] = nil
        if self.byNick[session.user.nick.folded] === session { self.byNick[session.user.nick.folded] = nil }
    }

    /// A session here goes by a nickname from now on.
    func name(_ session: Session, _ nick: Nickname) {
        if self.byNick[session.user.nick.folded] === session { self.byNick[session.user.nick.folded] = nil }
        self.byNick[nick.folded] = session
    }

    /// Goes on with the user who holds a nickname, if there is one.
    package func find(_ nick: Nickname, _ then: @escaping (Result<FoundUser?, Refusal>) -> Void) {
        if let session = self.byNick[nick.folded] { return then(.success(.here(session))) }
        let network = self.network
        let key = network.nickKey(nick)
        network.store.load([key]) { result in
            let snapshots: [Snapshot]
            switch result {
            case .success(let loaded): snapshots = loaded
            case .failure(let error): return then(.failure(network.refusal(error)))
            }
            guard let session = snapshots[0].fields[FieldName(NameClaim.field)].flatMap(NameClaim.session) else {
                return then(.success(nil))
            }
            // It may be one that only looks like it.
            self.load(session) { then($0.map { $0?.user.nick == nick ? $0 : nil }) }
        }
    }

    private func load(_ id: SessionID, _ then: @escaping (Result<FoundUser?, Refusal>) -> Void) {
        let network = self.network
        let inbox = network.inboxKey(id)
        network.store.load([inbox]) { result in
            switch result {
            case .success(let snapshots):
                guard let other = UserElsewhere(snapshots[0]) else { return then(.success(nil)) }
                then(.success(self.byID[id].map { .here($0) } ?? .elsewhere(other)))
            case .failure(let error): then(.failure(network.refusal(error)))
            }
        }
    }

    /// Goes on with the users who hold some nicknames, in their order.
    package func find(_ nicks: [Nickname], _ then: @escaping (Result<[FoundUser?], Refusal>) -> Void) {
        self.find(nicks[...], found: [], then)
    }

    private func find(
        _ nicks: ArraySlice<Nickname>,
        found: [FoundUser?],
        _ then: @escaping (Result<[FoundUser?], Refusal>) -> Void
    ) {
        guard let nick = nicks.first else { return then(.success(found)) }
        self.find(nick) { result in
            switch result {
            case .success(let user): self.find(nicks.dropFirst(), found: found + [user], then)
            case .failure(let refusal): then(.failure(refusal))
            }
        }
    }
}
