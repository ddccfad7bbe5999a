package import Checks
import Synchronization
package import Tenant

/// What the checks of each network have hit in this process since it began, by the names that they have now: what shards count
/// together, and what moderators and `/metrics` are shown.
package final class CheckCounts: Sendable {
    /// A check's name and what it did; or counted alone.
    package struct Key: Hashable, Sendable {
        package let check: String
        package let action: Check.Action
        package let isDry: Bool

        package init(check: String, action: Check.Action, isDry: Bool) {
            (self.check, self.action, self.isDry) = (check, action, isDry)
        }
    }

    /// The counts of one network.
    package struct Counts: Hashable, Sendable {
        package fileprivate(set) var hits: [Key: UInt64] = [:]
        /// Searches for patterns that ended at a limit.
        package fileprivate(set) var searchesCut: UInt64 = 0
    }

    private let counts = Mutex<[TenantID: Counts]>([:])

    /// The counts of all networks that have any.
    package var all: [TenantID: Counts] { self.counts.withLock { $0 } }

    /// Those of one.
    func counts(of tenant: TenantID) -> Counts { self.counts.withLock { $0[tenant] ?? Counts() } }

    func add(_ verdict: CheckVerdict, of tenant: TenantID) {
        self.counts.withLock { all in
            var counts = all[tenant] ?? Counts()
            for hit in verdict.hits {
                counts.hits[Key(check: hit.name, action: hit.action, isDry: hit.isDry), default: 0] += 1
            }
            counts.searchesCut += UInt64(clamping: verdict.searchesCut)
            all[tenant] = counts
        }
    }

    /// Forgets what checks counted that there are no more, or not in this way: names cannot pile up.
    func keep(_ checks: [Check], of tenant: TenantID) {
        let keys = Set(checks.map { Key(check: $0.name, action: $0.action, isDry: $0.dryRun) })
        self.counts.withLock { all in
            guard var counts = all[tenant] else { return }
            counts.hits = counts.hits.filter { keys.contains($0.key) }
            all[tenant] = keys.isEmpty ? nil : counts
        }
    }
}
