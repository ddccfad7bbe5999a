import Chat
import DequeModule
import IRC
import StateStore

/// A shard's share of a tenant's messages a second.
///
/// Handfuls of tokens come from the store, so that the sum over all pods holds. Those who find none while a handful is
/// on its way wait for it: asking again for each of them would take tokens out of everybody's bucket for nothing.
final class MessageBudget {
    private struct Waiting {
        let utterance: Utterance
        let then: (Refusal?) -> Void
    }

    /// Looked at for every message; it is never gone before what it alone holds.
    unowned(unsafe) let network: Network
    private var left = 0
    /// The shard's second from which what is left may not be used any more: a pod that hoarded would let the sum exceed
    /// the rate later.
    private var lapse: UInt32 = 0
    /// One for each attachment at most: what it does next waits.
    private var waiting = Deque<Waiting>()
    private var isAsking = false

    init(_ network: Network) { self.network = network }

    /// Takes the right to send one more message if it is at hand, as it nearly always is.
    @inline(__always)
    func take(for utterance: Utterance) -> Bool {
        if self.network.messageLimit == nil || utterance.hasToken { return true }
        utterance.hasToken = self.take()
        return utterance.hasToken
    }

    private func take() -> Bool {
        guard self.left > 0, self.network.shard.seconds < self.lapse else { return false }
        self.left -= 1
        return true
    }

    /// Goes on when the tenant may send one more message, or with the reason why it may not.
    func wait(for utterance: Utterance, _ then: @escaping (Refusal?) -> Void) {
        self.waiting.append(Waiting(utterance: utterance, then: then))
        if !self.isAsking { self.ask() }
    }

    /// Asks for a twentieth of a second's messages, and once more for as long as there are any and somebody waits.
    private func ask() {
        guard let limit = self.network.messageLimit else { return self.endWaiting(nil) }
        self.isAsking = true
        let request = BucketRequest.messages(limit)
        self.network.store.take(
            request.wanted,
            from: CounterKey(self.network.id, "messages"),
            rate: request.rate,
            burst: request.burst
        ) { result in
            self.isAsking = false
            switch result {
            case .success(let count) where count > 0: self.got(count)
            case .success:
                let text: Phrase = "This network sends too many messages, try again in a moment"
                self.endWaiting(Refusal(.rateLimited, text: text))
            case .failure(let error): self.endWaiting(self.network.refusal(error))
            }
        }
    }

    private func got(_ count: Int) {
        self.left = count
        self.lapse = self.network.shard.seconds + 2
        while !self.waiting.isEmpty, self.take(), let next = self.waiting.popFirst() {
            next.utterance.hasToken = true
            next.then(nil)
        }
        if !self.waiting.isEmpty, !self.isAsking { self.ask() }
    }

    private func endWaiting(_ refusal: Refusal?) {
        let waiting = self.waiting
        self.waiting = []
        for one in waiting { one.then(refusal) }
    }
}
