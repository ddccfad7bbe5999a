/// What the tenants of a namespace may have together: what `TenantQuota.spec` says.
///
/// `roost dev` reads and checks it and uses nothing of it: who writes its files owns the machine.
package struct TenantQuotaSpec: Hashable, Sendable {
    /// How many tenants there may be.
    package var tenants: Int?
    /// The most connections at once, over all tenants: the sum of their quotas.
    package var connections: Int?
    /// The most bytes of history, over all tenants: the sum of their quotas.
    package var storage: Int?

    /// What nobody has anything of: stands for one that cannot be read.
    package static let nothing = TenantQuotaSpec(tenants: 0, connections: 0, storage: 0)
}

/// A `TenantQuota` of group `roost.chat/v1alpha1`.
package struct TenantQuotaResource: Sendable {
    /// Name and namespace.
    package let metadata: ObjectMeta
    /// What it says.
    package let spec: TenantQuotaSpec
    /// Where it was written.
    package let source: ResourceSource
}

extension TenantQuotaSpec: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting("tenants", \.tenants, .integer(0...1_000_000), "How many tenants there may be in the namespace."),
        Setting(
            "connections",
            \.connections,
            .integer(0...1_000_000_000, isWide: true),
            "The most that the tenants' quotas of connections may come to together; each needs a hard one then."
        ),
        Setting(
            "storage",
            \.storage,
            .size(0...Bounds.size),
            """
            The most that the tenants' quotas of historyBytes may come to together, in bytes or as a quantity such as 100Gi; each \
            needs a hard one then.
            """
        ),
    ]
}
