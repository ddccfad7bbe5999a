// Key derivation is slow on purpose; here it costs at most so many threads and so much memory, and no event loop. Tenants
// take turns, so that a storm of log-ins on one keeps those of no other waiting for longer than a turn.

import Dispatch
import Synchronization

/// Hashes and checks passwords on threads of its own, in turns of the tenants, with a bound on how many of each wait.
///
/// At the bound it refuses with ``AccountError/busy`` at once: a flood of logins then costs attackers their turn and leaves
/// chat, and other tenants, alone. Work that was begun is finished; whoever waits for it may be gone.
package final class PasswordHasher: Sendable {
    private struct State {
        var running = 0
        var waiting: TurnQueue<@Sendable () -> Void>
    }

    /// The cost of new hashes.
    package let parameters: PasswordHash.Parameters
    private let derive: PasswordHash.Derivation
    private let width: Int
    private let queue = DispatchQueue(label: "roost.passwords", attributes: .concurrent)
    private let state: Mutex<State>

    /// Makes a hasher; one for a process is enough.
    ///
    /// - Parameters:
    ///   - width: How many passwords are worked on at once; each takes 32 MiB and a core.
    ///   - bound: How many more may wait.
    ///   - tenantBound: How many of those may be one tenant's.
    ///   - parameters: The cost of new hashes.
    ///   - derive: Does the work of checking.
    package init(
        width: Int = 2,
        bound: Int = 1024,
        tenantBound: Int = 128,
        parameters: PasswordHash.Parameters = .standard,
        derive: @escaping PasswordHash.Derivation = PasswordHash.derive(_:_:_:length:)
    ) {
        self.width = max(1, width)
        self.state = Mutex(State(waiting: TurnQueue(bound: bound, tenantBound: tenantBound)))
        self.parameters = parameters
        self.derive = derive
    }

    /// Hashes a password.
    ///
    /// - Throws: ``AccountError/busy``, or ``AccountError/password`` if the text is none.
    package func hash(_ password: String, for tenant: TenantID) async throws(AccountError) -> PasswordHash {
        let parameters = self.parameters
        return try await self.work(tenant) { () throws(AccountError) in
            try PasswordHash(password: password, parameters: parameters)
        }
    }

    /// Checks a password.
    ///
    /// Whatever it says no to costs one derivation: a wrong password, a text that is none, and an account that has no
    /// password or does not exist. So the time of an answer tells nothing.
    ///
    /// - Parameters:
    ///   - password: As it was sent.
    ///   - hash: What it has to fit; nothing fits `nil`.
    ///   - tenant: Whose turn it takes.
    /// - Returns: Whether it fits.
    /// - Throws: ``AccountError/busy``.
    package func verify(
        _ password: String,
        against hash: PasswordHash?,
        for tenant: TenantID
    ) async throws(AccountError) -> Bool {
        let (decoy, derive) = (PasswordHash.decoy(self.parameters), self.derive)
        return try await self.work(tenant) { () throws(AccountError) in
            let fits = (hash ?? decoy).verify(password, with: derive)
            return fits && hash != nil
        }
    }

    /// Derives everything that is stored of an account's password.
    ///
    /// - Throws: ``AccountError/busy``, or ``AccountError/name`` or ``AccountError/password`` if a text is none.
    package func credentials(
        name: String,
        password: String,
        for tenant: TenantID
    ) async throws(AccountError) -> AccountCredentials {
        let parameters = self.parameters
        return try await self.work(tenant) { () throws(AccountError) in
            try AccountCredentials(name: name, password: password, parameters: parameters)
        }
    }

    private func work<Value: Sendable>(
        _ tenant: TenantID,
        _ job: @escaping @Sendable () throws(AccountError) -> Value
    ) async throws(AccountError) -> Value {
        let result: Result<Value, AccountError> = await withCheckedContinuation { continuation in
            let accepted = self.submit(tenant) {
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

    private func submit(_ tenant: TenantID, _ job: @escaping @Sendable () -> Void) -> Bool {
        let (accepted, start) = self.state.withLock { state -> (Bool, Bool) in
            if state.running < self.width {
                state.running += 1
                return (true, true)
            }
            return (state.waiting.add(job, of: tenant), false)
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
                let job = state.waiting.next()
                if job == nil { state.running -= 1 }
                return job
            }
            guard let job else { return }
            job()
        }
    }
}
