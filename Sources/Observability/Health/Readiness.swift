import Synchronization

/// Whether this process can take clients: a set of named conditions that must all hold.
package final class Readiness: Sendable {
    /// Why a condition does not hold; `nil` if it does.
    private let conditions: Mutex<[String: String?]>

    /// - `conditions`: Names of conditions; none holds yet.
    package init(_ conditions: [String] = []) {
        self.conditions = Mutex(Dictionary(conditions.map { ($0, .some("not yet")) }) { first, _ in first })
    }

    /// A condition holds from now on.
    package func met(_ name: String) { self.conditions.withLock { $0[name] = .some(nil) } }

    /// A condition does not hold from now on.
    ///
    /// - Parameters:
    ///   - name: The condition.
    ///   - reason: Why, for operators; a few words without secrets.
    package func failed(_ name: String, _ reason: String) { self.conditions.withLock { $0[name] = .some(reason) } }

    /// What is missing, as `name: reason`, in the order of names; empty if all conditions hold.
    package var missing: [String] {
        self.conditions.withLock { conditions in
            conditions.compactMap { name, reason in reason.map { "\(name): \($0)" } }.sorted()
        }
    }

    /// Whether all conditions hold.
    package var isReady: Bool { self.missing.isEmpty }
}
