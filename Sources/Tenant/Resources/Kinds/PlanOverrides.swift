// What tenants may write above their plan's quotas. Without a row here a plan's quota is the most that a tenant on it has:
// it may write less, never more.

/// Up to which limits tenants may write quotas of their own.
package struct PlanOverrides: Hashable, Sendable {
    private var bounds: [QuotaName: Int] = [:]

    /// Up to which limit a quota may be raised; `nil` leaves it at the plan's.
    package subscript(_ name: QuotaName) -> Int? {
        get { self.bounds[name] }
        set { self.bounds[name] = newValue }
    }
}

extension PlanOverrides: SettingsObject {
    static var settings: [Setting<Self>] { overrideSettings }

    static var isOpen: Bool { true }
}

private let overrideSettings: [Setting<PlanOverrides>] = QuotaName.allCases.map { name in
    Setting(
        name.rawValue,
        \.[name],
        .limit(name.row),
        "\(name.row.says): the most that a tenant may write.",
        notImplemented: name.row.meanwhile.map { .yet($0) }
    )
}
