// Everything that a condition may say: how bad it is, what it means, what to do. The documentation, the events and `kubectl roost`
// have it from here.

/// One reason of one type of condition.
package struct ConditionRow: Hashable, Sendable {
    package let type: String
    package let reason: String
    package let severity: ConditionSeverity
    /// What it means, in Markdown.
    package let means: String
    /// What to do about it, in Markdown, with links between the pages of `docs/operations`; empty for nothing.
    package let remedy: String

    init(_ type: String, _ reason: String, _ severity: ConditionSeverity, _ means: String, do remedy: String = "") {
        self.type = type
        self.reason = reason
        self.severity = severity
        self.means = means
        self.remedy = remedy
    }
}

/// Whether somebody has to do something.
package enum ConditionSeverity: String, Hashable, Sendable, CaseIterable {
    /// It is as it should be.
    case well
    /// It was asked for, or goes by itself: worth knowing.
    case notice
    /// It is not as it should be.
    case complaint
}

/// The rows of all kinds.
package enum ConditionCatalog {
    /// By kind, in the documentation's order.
    package static let all: [(kind: String, rows: [ConditionRow])] = [
        ("Tenant", Self.tenant + Self.tenantArchives),
        ("Cell", Self.cell + Self.workers + Self.cellArchives), ("Plan", Self.plan),
        ("TenantGrant", Self.tenantGrant),
        ("TenantQuota", Self.tenantQuota),
    ]

    private static let byReason: [String: [ConditionRow]] = Dictionary(grouping: Self.all.flatMap(\.rows), by: \.reason)

    /// How bad a condition is.
    ///
    /// - Parameters:
    ///   - type: The condition's type. `Ready` has the reasons of the others, too.
    ///   - reason: The condition's reason.
    /// - Returns: nil if there is no such row.
    package static func severity(_ type: String, _ reason: String) -> ConditionSeverity? {
        let rows = Self.byReason[reason] ?? []
        return (rows.first { $0.type == type } ?? (type == "Ready" ? rows.first : nil))?.severity
    }
}
