// The one way to do what takes long, off the loop.

import NIOCore

extension RealmShard {
    /// A check under way: answered once, by its work or by its deadline.
    private final class Check<Answer: Sendable> {
        var then: ((Result<Answer, AuthenticationError>) -> Void)?
        var timeout: Scheduled<Void>?

        init(_ then: @escaping (Result<Answer, AuthenticationError>) -> Void) { self.then = then }

        func end(_ result: Result<Answer, AuthenticationError>) {
            self.timeout?.cancel()
            self.timeout = nil
            let then = self.then
            self.then = nil
            then?(result)
        }
    }

    /// Does what takes long (a password's hash, a database) off the loop, and goes on here with its answer.
    ///
    /// The one way to do that. It fails when the work takes longer than ``SessionLimits/loginDeadline``.
    package func check<Answer: Sendable>(
        _ work: @escaping @Sendable () async throws(AuthenticationError) -> Answer,
        then: @escaping (Result<Answer, AuthenticationError>) -> Void
    ) {
        let loop = self.loop
        let check = NIOLoopBound(Check(then), eventLoop: loop)
        check.value.timeout = loop.scheduleTask(in: TimeAmount(self.limits.loginDeadline)) {
            check.value.end(.failure(.unavailable))
        }
        self.environment.offLoop {
            let result: Result<Answer, AuthenticationError>
            do throws(AuthenticationError) { result = .success(try await work()) } catch { result = .failure(error) }
            loop.execute { check.value.end(result) }
        }
    }
}
