import Chat
import IRC
import NIOCore
import StateStore

/// Which clients an account has on all shards.
///
/// Only their shards know, and an account may have sessions that nothing in the store says are its own. So all shards of the tenant
/// are asked, in its own log, and those that have some answer in the log of who asks.
final class ClientQuestions {
    unowned let network: Network
    /// For how many milliseconds answers are waited for: nobody knows how many will come.
    private static let patience: Int64 = 1000
    /// How many clients are shown at most.
    fileprivate static let mostClients = 200
    private var open: [UInt64: ClientsFound] = [:]

    init(_ network: Network) { self.network = network }

    /// Asks for an account's clients in the name of a session that is here.
    ///
    /// - `account`: its folded name.
    func ask(
        for account: String,
        by asker: SessionID,
        _ then: @escaping (Result<ClientsFound, Refusal>) -> Void
    ) {
        let network = self.network
        let question = network.shard.environment.random()
        let event = TenantEvent.askedForClients(of: account, by: asker, question: question)
        self.open[question] = ClientsFound()
        let change = LogChange(network.ownLog, payload: event.encoded)
        network.store.append(Transaction(changes: [change])) { result in
            if case .failure(let error) = result {
                self.open[question] = nil
                return then(.failure(network.refusal(error)))
            }
            network.shard.later(.milliseconds(Self.patience)) {
                var found = self.open.removeValue(forKey: question) ?? ClientsFound()
                found.clients.sort { ($0.since, $0.number) < ($1.since, $1.number) }
                then(.success(found))
            }
        }
    }

    /// A shard says which it has.
    func answered(_ question: UInt64, _ clients: [AttachedClient]) {
        guard var found = self.open[question] else { return }
        let room = Self.mostClients - found.clients.count
        found.areMore = found.areMore || clients.count > room
        found.clients += clients.prefix(room)
        self.open[question] = found
    }
}

extension Network {
    /// How many clients a shard tells of in one answer; it has as many answers as it takes to know that there are too many.
    private static let mostTold = 50

    /// Somebody on whatever shard asks for an account's clients here.
    func tellClients(of account: String, to asker: SessionID, _ question: UInt64) {
        let clients = self.sessions(of: account).flatMap { session in
            session.attachments.map { attachment in
                AttachedClient(
                    session: session.id,
                    number: attachment.number,
                    since: attachment.since,
                    facts: attachment.facts,
                    kind: attachment.kind,
                    agent: attachment.agent,
                    isUnattended: attachment.isUnattended
                )
            }
        }
        let inbox = self.inboxKey(asker)
        var rest = clients.prefix(ClientQuestions.mostClients + 1)
        while !rest.isEmpty {
            let answer = UserEvent.clients(question: question, Array(rest.prefix(Self.mostTold))).encoded
            rest = rest.dropFirst(Self.mostTold)
            self.store.append(LogChange(inbox, payload: answer), if: Condition(inbox, .exists)) { _ in }
        }
    }

    /// The sessions here of who is logged in to an account, by its folded name.
    func sessions(of account: String) -> [Session] {
        self.sessions.all.filter { $0.isPresent && $0.party.account == account }
    }

    /// All clients of an account that are here go, and with them its sessions; rights that it gave to others are over.
    func dismiss(_ account: String, by nick: String?) {
        self.recentNews.note(account, endsBefore: self.shard.now, at: self.shard.now)
        for session in self.sessions(of: account) { session.dismiss(nil, by: nick) }
        for session in Array(self.sessions.all) where session.isPresent && session.grantedBy == account {
            self.adjust(session, to: .user)
        }
    }
}

extension Session {
    /// One of the clients here is to go, or all with the session if nil.
    ///
    /// - `nick`: of the operator who has them go; nil if another client of the account does.
    func dismiss(_ number: UInt32?, by nick: String?) {
        let reason: Phrase = nick.map { "Logged out by \($0)" } ?? "Logged out by another client of the account"
        self.endAttachments(reason: reason, parting: number == nil ? .ended : .quit) {
            number == nil || $0.number == number
        }
    }
}
