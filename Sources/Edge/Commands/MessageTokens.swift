import DequeModule
import StateStore
import Tenant

/// A shard's share of a tenant's messages a second.
///
/// Handfuls of tokens come from the store, so that the sum over all pods holds. Those who find none while a handful is
/// on its way wait for it: asking again for each of them would take tokens out of everybody's bucket for nothing.
struct MessageTokens {
    fileprivate struct Waiting {
        let call: Call
        let step: Call.Step
        let body: (Call) -> Void
    }

    fileprivate var left = 0
    /// The shard's second from which what is left may not be used any more: a pod that hoarded would let the sum exceed
    /// the rate later.
    fileprivate var lapse: UInt32 = 0
    /// One for each connection at most: its next command waits.
    fileprivate var waiting = Deque<Waiting>()
    fileprivate var isAsking = false

    fileprivate mutating func take(at second: UInt32) -> Bool {
        guard self.left > 0, second < self.lapse else { return false }
        self.left -= 1
        return true
    }
}

extension ShardCore {
    /// Takes the right to send one more message if it is at hand, as it nearly always is.
    func takeMessageToken(for call: Call) -> Bool {
        let scope = call.scope
        if scope.messageLimit == nil || call.attempt > 0 || call.hasToken { return true }
        call.hasToken = scope.messageTokens.take(at: self.seconds)
        return call.hasToken
    }

    /// Goes on when the tenant may send one more message; answers `FAIL RATE_LIMITED` if it may not.
    func waitForMessageToken(for call: Call, _ body: @escaping (Call) -> Void) {
        let scope = call.scope
        guard let limit = scope.messageLimit else { return body(call) }
        scope.messageTokens.waiting.append(.init(call: call, step: call.beginStep(), body: body))
        if !scope.messageTokens.isAsking { self.askForTokens(limit, in: scope) }
    }

    /// Asks for a twentieth of a second's messages, and once more for as long as there are any and somebody waits.
    private func askForTokens(_ limit: Int, in scope: TenantScope) {
        scope.messageTokens.isAsking = true
        let request = BucketRequest.messages(limit)
        self.store.take(
            request.wanted,
            from: CounterKey(scope.id, "messages"),
            rate: request.rate,
            burst: request.burst
        ) { result in
            scope.messageTokens.isAsking = false
            switch result {
            case .success(let count) where count > 0:
                scope.messageTokens.left = count
                scope.messageTokens.lapse = self.seconds + 2
                while let next = scope.messageTokens.waiting.first, scope.messageTokens.take(at: self.seconds) {
                    scope.messageTokens.waiting.removeFirst()
                    next.call.hasToken = true
                    next.body(next.call)
                    next.step.end()
                }
                if !scope.messageTokens.waiting.isEmpty, !scope.messageTokens.isAsking {
                    self.askForTokens(limit, in: scope)
                }
            case .success:
                self.refuseWaiting(in: scope) { call in
                    let text = "This network sends too many messages, try again in a moment"
                    call.fail("RATE_LIMITED", call[0], text: text)
                }
            case .failure(let error):
                self.refuseWaiting(in: scope) { $0.refuse(error) }
            }
        }
    }

    private func refuseWaiting(in scope: TenantScope, _ refuse: (Call) -> Void) {
        let waiting = scope.messageTokens.waiting
        scope.messageTokens.waiting = []
        for one in waiting {
            refuse(one.call)
            one.step.end()
        }
    }
}
