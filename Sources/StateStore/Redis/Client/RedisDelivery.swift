import NIOCore

/// An outcome that is told only when the entries that belong to it were delivered, however long they are asked for.
final class RedisDelivery {
    /// How many logs have something to deliver yet.
    var awaited = 0
    private var completion: ((Result<Outcome, LiveStoreError>) -> Void)?
    private let outcome: Outcome

    init(_ outcome: Outcome, _ completion: @escaping (Result<Outcome, LiveStoreError>) -> Void) {
        self.outcome = outcome
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
