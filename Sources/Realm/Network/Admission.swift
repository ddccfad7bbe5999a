import Chat
import IRC
import StateStore
import Tenant

/// Who is let in: the tenant's state and its quotas on connections, which hold over all pods.
///
/// A place is taken by who has registered: whoever only connects holds none.
final class Admission {
    unowned let network: Network

    init(_ network: Network) { self.network = network }

    /// Why nobody may come now, if so.
    var closed: Refusal? {
        let tenant = self.network.tenant
        switch tenant.state {
        case .active: break
        case .suspended: return Refusal(.networkIsClosed, text: tenant.closedText)
        case .cordoned:
            let text: Phrase = "\(tenant.displayName) takes no new connections now, try later"
            return Refusal(.networkIsClosed, text: text)
        }
        if self.network.hasEnded { return Refusal(.networkIsClosed, text: "This network has ended") }
        if self.network.shard.isDraining {
            return Refusal(.networkIsClosed, text: "This server is shutting down, connect again")
        }
        return nil
    }

    /// Goes on when one more may connect.
    func open(_ then: @escaping (Refusal?) -> Void) {
        if let refusal = self.closed { return then(refusal) }
        guard let limit = self.network.tenant.quotas.newConnectionsPerSecond.hardLimit else { return then(nil) }
        let request = BucketRequest.connection(limit)
        self.network.store.take(
            request.wanted,
            from: CounterKey(self.network.id, "accepts"),
            rate: request.rate,
            burst: request.burst
        ) { result in
            switch result {
            case .success(1...): then(nil)
            case .success:
                then(Refusal(.rateLimited, text: "Too many new connections, try again in a moment"))
            case .failure(let error): then(self.network.refusal(error))
            }
        }
    }

    /// Takes a place for somebody; the slots of it are given back at the end.
    ///
    /// - `clients`: what counts as one client: an address, or the network that one client has all of.
    func takePlace(for clients: String, _ then: @escaping (Result<[CounterKey], Refusal>) -> Void) {
        if let refusal = self.closed { return then(.failure(refusal)) }
        let quotas = self.network.tenant.quotas
        let all = CounterKey(self.network.id, "connections")
        let own = CounterKey(self.network.id, "address/\(clients)")
        let slots = self.network.shard.slots
        // Without a quota the slot is taken all the same, so that one that comes later counts those who are here.
        slots.take(all, limit: quotas.connections.hardLimit ?? .max) { result in
            switch result {
            case .failure(let error): return then(.failure(self.network.refusal(error)))
            case .success(false): return then(.failure(Refusal(.networkIsFull, text: "The server is full")))
            case .success(true): break
            }
            slots.take(own, limit: quotas.connectionsPerAddress.hardLimit ?? .max) { result in
                switch result {
                case .success(true): return then(.success([all, own]))
                case .success(false):
                    let text: Phrase = "Too many connections from your address"
                    then(.failure(Refusal(.addressHasTooMany, text: text)))
                case .failure(let error): then(.failure(self.network.refusal(error)))
                }
                slots.giveBack(all)
            }
        }
    }
}
