// Key derivation is slow on purpose; here it costs at most so many threads and so much memory, and no event loop.

import Dispatch
import Synchronization

/// Hashes and checks passwords on threads of its own, with a bound on how many wait.
///
/// At the bound it refuses with ``AccountError/busy`` at once: a flood of logins then costs attackers their turn and leaves
/// chat alone. Work that was begun is finished; whoever waits for it may be gone.
package final class PasswordHasher: Sendable {
    private struct State {
        var running = 0
        var waiting: [@Sendable () -> Void] = []
    }

    /// The cost of new hashes.
    package let parameters: PasswordHash.Parameters
    private let width: Int
    private let bound: Int
    private let queue = DispatchQueue(label: "roost.passwords", attributes: .concurrent)
    private let state = Mutex(State())

    /// Makes a hasher; one for a process is enough.
    ///
    /// - Parameters:
    ///   - width: How many passwords are worked on at once; each takes 32 MiB and a core.
    ///   - bound: How many more may wait.
    ///   - parameters: The cost of new hashes.
    package init(width: Int = 2, bound: Int = 256, parameters: PasswordHash.Parameters = .standard) {
        self.width = max(1, width)
        self.bound = max(0, bound)
        self.parameters = parameters
    }

    /// Hashes a password.
    ///
    /// - Throws: ``AccountError/busy``, or ``AccountError/password`` if the text is none.
    package func hash(_ password: String) async throws(AccountError) -> PasswordHash {
        let parameters = self.parameters
        return try await self.work { () throws(AccountError) in
            try PasswordHash(password: password, parameters: parameters)
        }
    }

    /// Checks a password against a hash.
    ///
    /// - Throws: ``AccountError/busy``.
    package func verify(_ password: String, against hash: PasswordHash) async throws(AccountError) -> Bool {
        try await self.work { () throws(AccountError) in hash.verify(password) }
    }

    /// Takes as long as checking a password, for accounts that do not exist, so that time does not tell.
    ///
    /// - Throws: ``AccountError/busy``.
    package func verifyNothing(_ password: String) async throws(AccountError) {
        let parameters = self.parameters
        _ = try await self.work { () throws(AccountError) in
            try? PasswordHash.derive(Array(password.utf8), Array(repeating: 0, count: 16), parameters, length: 32)
        }
    }

    /// Derives everything that is stored of an account's password.
    ///
    /// - Throws: ``AccountError/busy``, or ``AccountError/name`` or ``AccountError/password`` if a text is none.
    package func credentials(name: String, password: String) async throws(AccountError) -> AccountCredentials {
        let parameters = self.parameters
        return try await self.work { () throws(AccountError) in
            try AccountCredentials(name: name, password: password, parameters: parameters)
        }
    }

    private func work<Value: Sendable>(
        _ job: @escaping @Sendable () throws(AccountError) -> Value
    ) async throws(AccountError) -> Value {
        let result: Result<Value, AccountError> = await withCheckedContinuation { continuation in
            let accepted = self.submit {
                do throws(AccountError) {
                    continuation.resume(returning: .success(try job()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
            if !accepted { continuation.resume(returning: .failure(.busy)) }
        }
        return try result.get()
    }

    private func submit(_ job: @escaping @Sendable () -> Void) -> Bool {
        let (accepted, start) = self.state.withLock { state -> (Bool, Bool) in
            if state.running < self.width {
                state.running += 1
                return (true, true)
            }
            guard state.waiting.count < self.bound else { return (false, false) }
            state.waiting.append(job)
            return (true, false)
        }
        if start {
            self.queue.async {
                job()
                self.drain()
            }
        }
        return accepted
    }

    /// Works until nobody waits.
    private func drain() {
        while true {
            let job = self.state.withLock { state -> (@Sendable () -> Void)? in
                if state.waiting.isEmpty {
                    state.running -= 1
                    return nil
                }
                // The bound keeps the shift short, and a job takes far longer.
                return state.waiting.removeFirst()
            }
            guard let job else { return }
            job()
        }
    }
}
