import Chat
import IRC
import NIOCore
import StateStore

/// How many log-ins a network of clients may try on a tenant, over all pods.
///
/// Counted before anything is checked. Who has tried too often waits for its turn: a right password is delayed, not refused.
final class LoginThrottle {
    unowned let network: Network
    /// How many wait here, so that nobody can make the shard wait for any number of them.
    private var waiting = 0
    private static let mostWaiting = 1000
    /// How often a place in the bucket is asked for, a second or two apart.
    private static let tries = 8

    init(_ network: Network) { self.network = network }

    /// Goes on when somebody may try; with a reason if it would take too long.
    ///
    /// - `clients`: what counts as one: an address, or the network that one client has all of.
    func turn(for clients: String, _ then: @escaping (Refusal?) -> Void) { self.ask(clients, 0, then) }

    private func ask(_ clients: String, _ attempt: Int, _ then: @escaping (Refusal?) -> Void) {
        let request = self.request
        self.network.store.take(
            request.wanted,
            from: self.bucket(clients),
            rate: request.rate,
            burst: request.burst
        ) { result in
            switch result {
            case .success(1...): then(nil)
            case .success: self.wait(clients, attempt, then)
            case .failure(let error): then(self.network.refusal(error))
            }
        }
    }

    /// The log-in turned out well: it does not count.
    func succeeded(_ clients: String) {
        let request = self.request
        self.network.store.giveBack(
            request.wanted,
            to: self.bucket(clients),
            rate: request.rate,
            burst: request.burst
        )
    }

    private var request: BucketRequest { .logIn(self.network.limits.loginsPerMinute) }

    private func bucket(_ clients: String) -> CounterKey { CounterKey(self.network.id, "log-ins", of: clients) }

    private func wait(_ clients: String, _ attempt: Int, _ then: @escaping (Refusal?) -> Void) {
        guard attempt < Self.tries, self.waiting < Self.mostWaiting else {
            return then(Refusal(.tooManyLogins, text: "Too many log-ins, try again in a minute"))
        }
        self.waiting += 1
        let jitter = Int64(self.network.shard.environment.random() % 1000)
        self.network.shard.later(.milliseconds(1000 + jitter)) {
            self.waiting -= 1
            self.ask(clients, attempt + 1, then)
        }
    }
}
