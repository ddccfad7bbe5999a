// What other controllers were asked for on a tenant's behalf: its routes, its certificate. No copy of these kinds is kept,
// so what was applied is remembered instead.

import KubeClient
import StateStore
import Synchronization

/// Remembers what was applied, so that what did not change costs no request.
///
/// Not for ever: somebody else may have changed it since.
final class AppliedObjects: Sendable {
    private static let time = TimeSource.continuous
    private let lifetime: Duration
    private let known = Mutex<[String: (hash: Int, until: Duration)]>([:])

    init(lifetime: Duration = .seconds(600)) { self.lifetime = lifetime }

    func isApplied(_ objects: [KubeObject], for whom: String) -> Bool {
        self.known.withLock { known in
            guard let entry = known[whom] else { return false }
            return entry.hash == objects.hashValue && Self.time.now() < entry.until
        }
    }

    /// Notes what was applied; nothing if all was removed.
    func applied(_ objects: [KubeObject], for whom: String) {
        self.known.withLock { known in
            known[whom] = objects.isEmpty ? nil : (objects.hashValue, Self.time.now() + self.lifetime)
        }
    }
}
