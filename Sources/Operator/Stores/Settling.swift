// Who is left to look at before a projection may be called whole. Everybody is asked after once at first, and again only when all of
// those who were left then have been looked at: thirty thousand that come one by one are not gone through thirty thousand times.

package import Tenant

/// Tenants that were looked at since a projection was read or lost.
package struct Settling: Sendable {
    private var settled: Set<TenantID> = []
    /// Those who were left when everybody was asked after last; nil before.
    private var left: Set<TenantID>?

    package init() {}

    /// Notes that a tenant was looked at.
    ///
    /// - Returns: whether it may have been the last one, so that everybody is to be asked after.
    package mutating func settle(_ id: TenantID) -> Bool {
        self.settled.insert(id)
        guard self.left != nil else { return true }
        return self.left?.remove(id) != nil && self.left?.isEmpty == true
    }

    /// Asks after everybody.
    ///
    /// - Parameters:
    ///   - everybody: All whom there are now.
    ///   - isServed: Whether one that was looked at has what it had before.
    /// - Returns: whether nobody is left.
    package mutating func isWhole(
        _ everybody: some Sequence<TenantID>,
        isServed: (TenantID) -> Bool
    ) -> Bool {
        let left = Set(everybody.filter { !self.settled.contains($0) || !isServed($0) })
        self.left = left
        return left.isEmpty
    }
}
