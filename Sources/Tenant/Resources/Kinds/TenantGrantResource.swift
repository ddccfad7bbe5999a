/// What the platform gives one tenant beside its plan: what `TenantGrant.spec` says.
package struct TenantGrantSpec: Hashable, Sendable {
    /// Quotas in the place of the plan's.
    package var quotas: [QuotaName: QuotaSpec] = [:]
    /// Plans that it may be on though its namespace may not.
    package var plans: [String] = []
    /// Why, for people.
    package var reason: String?
}

/// A `TenantGrant` of group `roost.chat/v1alpha1`: of the tenant of the same name and namespace.
package struct TenantGrantResource: Sendable {
    /// Name and namespace.
    package let metadata: ObjectMeta
    /// What it says.
    package let spec: TenantGrantSpec
    /// Where it was written.
    package let source: ResourceSource
}

extension TenantGrantSpec: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting(
            "quotas",
            \.quotas,
            .object,
            "Quotas in the place of the plan's: they hold at once, and are the most that the tenant may write."
        ),
        Setting(
            "plans",
            \.plans,
            .list(of: .objectName, .set, most: 100),
            "Plans that the tenant may be on though allowedNamespaces of the Plan lacks its namespace."
        ),
        Setting("reason", \.reason, .line, "Why, for people."),
    ]
}
