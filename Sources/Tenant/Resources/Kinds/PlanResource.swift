/// Quotas, features and prices that tenants share: what `Plan.spec` says.
package struct PlanSpec: Hashable, Sendable {
    /// The name that people see, by default the object's.
    package var displayName: String?
    /// The quotas that the plan sets; one that it does not name is unlimited.
    package var quotas: [QuotaName: QuotaSpec] = [:]
    /// Up to which limits tenants may raise them.
    package var overrides = PlanOverrides()
    /// The namespaces whose tenants may be on it; `nil` means all.
    package var allowedNamespaces: AllowedNamespaces?
    /// The longest time for which a tenant on this plan may keep history.
    package var historyRetention = Self.defaultHistoryRetention
    /// The longest time for which sessions that are always on may stay without a client.
    package var alwaysOn = Self.defaultAlwaysOn
    /// What tenants on this plan may use.
    package var features = Set(Feature.allCases)
    /// What it costs, if it costs something.
    package var price: PlanPrice?

    /// For how long history is kept where neither plan nor tenant says.
    package static let defaultHistoryRetention: Duration = .seconds(30 * 86_400)
    /// For how long who is always on stays without a client where neither plan nor tenant says.
    package static let defaultAlwaysOn: Duration = .seconds(30 * 86_400)
}

/// A `Plan` of group `roost.chat/v1alpha1`.
package struct PlanResource: Sendable {
    /// The name that a tenant's `planRef` gives.
    package let metadata: ObjectMeta
    /// What it says.
    package let spec: PlanSpec
    /// Where it was written.
    package let source: ResourceSource
}

/// Parts of Roost that a plan includes or not.
package enum Feature: String, Hashable, Sendable, CaseIterable {
    /// Browsers may connect over WebSocket.
    case webSocket = "WebSocket"
    /// Messages are kept and can be fetched.
    case history = "History"
    /// History is archived to object storage.
    case archive = "Archive"
    /// Who asks for what was said reads on in the archive where the history ends.
    case archivedHistory = "ArchivedHistory"
    /// The REST interface answers.
    case api = "Api"
}

extension PlanSpec: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting(
            "displayName",
            \.displayName,
            .line,
            "The name that people see; by default the object's.",
            notImplemented: .yet("people see the object's name")
        ),
        Setting("quotas", \.quotas, .object, "What tenants may use. A quota that is not named is unlimited."),
        Setting(
            "overrides",
            \.overrides,
            .object,
            """
            Up to which limits tenants may raise these quotas for themselves; one that is not named they may only lower. A \
            TenantGrant raises them for one tenant.
            """
        ),
        Setting(
            "allowedNamespaces",
            \.allowedNamespaces,
            .object,
            "Which namespaces' tenants may be on the plan: those that are named or selected; by default all, with {} none."
        ),
        Setting.group(
            "history",
            "What tenants may keep of conversations.",
            [
                Setting(
                    "retention",
                    \.historyRetention,
                    .duration(Bounds.retention),
                    "The longest time for which a tenant on this plan may keep history, such as 30d."
                )
            ]
        ),
        Setting.group(
            "sessions",
            "What accounts may ask for.",
            [
                Setting(
                    "alwaysOn",
                    \.alwaysOn,
                    .duration(Bounds.alwaysOn),
                    "The longest time for which a tenant on this plan may keep sessions that are always on, such as 30d."
                )
            ]
        ),
        Setting(
            "features",
            \.features,
            SettingType.choices(once: "name each feature once")
                .kept(as: { Set($0) }, { features in Feature.allCases.filter(features.contains) }),
            "Which parts of Roost the plan includes; by default all.",
            notImplemented: .partly("there is no Api to be included") { $0.contains(.api) }
        ),
        Setting(
            "price",
            \.price,
            .object,
            "What the plan costs; nothing if it is left out.",
            notImplemented: .yet("no invoices are made")
        ),
    ]
}
