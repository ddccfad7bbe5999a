// A tenant on its way from the operator to the edges. Edges have no access to Kubernetes and hold no password that they
// could lose: what is projected is the tenant with its plan applied, and of its administrators only the names.

/// A tenant as the operator projects it into a cell's live store.
package struct ProjectedTenant: Hashable, Sendable {
    /// Everything that an edge must know of it; of its administrators the names, since the operator makes their accounts.
    package let hosted: HostedTenant
    /// The `metadata.uid` of its object: a tenant that was deleted and made again has another.
    package let uid: String
    /// The `metadata.generation` of its object.
    package let generation: Int64
    /// Until when those who come here are told that it has moved, in milliseconds since 1970; nil while it lives here.
    package let leavesAt: Int64?

    /// Projects a tenant.
    package init(_ hosted: HostedTenant, uid: String, generation: Int64, leavesAt: Int64? = nil) {
        self.hosted = hosted.with(passwords: false)
        self.uid = uid
        self.generation = generation
        self.leavesAt = leavesAt
    }

    /// The same tenant where it is served no more, with the words for those who come here still.
    package func departed(saying farewell: String, until end: Int64?) -> ProjectedTenant {
        ProjectedTenant(
            self.hosted.departed(saying: farewell),
            uid: self.uid,
            generation: self.generation,
            leavesAt: end
        )
    }

    /// The same tenant without some of its hostnames, in another state, and with what it still may have of its quotas.
    ///
    /// - Returns: Nothing if no hostname is left.
    package func without(
        _ hostnames: Set<String>,
        state: TenantState?,
        below ceiling: QuotaCeiling? = nil
    ) -> ProjectedTenant? {
        let left = self.hosted.hostnames.filter { !hostnames.contains($0) }
        guard !left.isEmpty else { return nil }
        let quotas = ceiling?.lowering(self.hosted.quotas)
        let hosted = self.hosted.with(hostnames: left, state: state, quotas: quotas)
        return ProjectedTenant(hosted, uid: self.uid, generation: self.generation, leavesAt: self.leavesAt)
    }

    /// The tenant's name.
    package var id: TenantID { self.hosted.id }
    /// The accounts that administer it.
    package var admins: [String] { self.hosted.adminNames }
}
