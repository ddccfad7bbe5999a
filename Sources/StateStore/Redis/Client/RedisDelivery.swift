import NIOCore

/// An outcome that is told only when the entries that belong to it were delivered.
final class RedisDelivery {
    /// How many logs have something to deliver yet.
    var awaited = 0
    let deadline: NIODeadline
    private var completion: ((Result<Outcome, LiveStoreError>) -> Void)?
    private let outcome: Outcome

    init(_ outcome: Outcome, deadline: NIODeadline, _ completion: @escaping (Result<Outcome, LiveStoreError>) -> Void) {
        self.outcome = outcome
        self.deadline = deadline
        self.completion = completion
    }

    /// One of the logs delivered.
    func delivered() {
        self.awaited -= 1
        if self.awaited == 0 { self.finish(.success(self.outcome)) }
    }

    func fail(_ error: LiveStoreError) { self.finish(.failure(error)) }

    private func finish(_ result: Result<Outcome, LiveStoreError>) {
        let completion = self.completion
        self.completion = nil
        completion?(result)
    }
}
