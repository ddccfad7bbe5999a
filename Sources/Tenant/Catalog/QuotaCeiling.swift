// Quotas that bind: what a tenant may have at most, by its plan and by what the platform granted it, and what it has then.

/// The most that a tenant may have of each quota.
package struct QuotaCeiling: Hashable, Sendable {
    /// What its plan gives it: what holds where it writes nothing.
    package let base: [QuotaName: QuotaSpec]
    private let overrides: PlanOverrides

    /// Takes it from a plan, and from what was granted to the tenant alone, which takes the place of the plan's.
    package init(_ plan: PlanSpec, granted: TenantGrantSpec? = nil) {
        self.base = plan.quotas.merging(granted?.quotas ?? [:]) { given, granted in
            QuotaSpec(
                limit: granted.limit,
                mode: granted.mode ?? given.mode,
                warnAt: granted.warnAt ?? given.warnAt
            )
        }
        self.overrides = plan.overrides
    }

    /// The largest limit that a tenant may write; `nil` where there is none.
    package func limit(_ name: QuotaName) -> Int? {
        self.base[name].map { max($0.limit, self.overrides[name] ?? 0) }
    }

    /// Whether a tenant may let through what exceeds its limit: nobody lifts a hard one by calling it soft.
    private func allowsSoft(_ name: QuotaName) -> Bool { self.base[name]?.mode == .soft }

    /// What is too much about a quota that a tenant writes.
    ///
    /// - Parameters:
    ///   - asked: What it writes.
    ///   - name: Of which quota.
    ///   - plan: The plan's name.
    /// - Returns: What is asked for, what is allowed and what to do; `nil` if all is well.
    func excess(of asked: QuotaSpec, _ name: QuotaName, plan: String) -> String? {
        guard let given = self.base[name], let most = self.limit(name) else { return nil }
        let advice = "or ask the platform for a TenantGrant"
        if asked.limit > most {
            let raised = most > given.limit ? " and lets tenants raise it to \(name.text(most))" : ""
            return "\(name.text(asked.limit)) requested, the plan `\(plan)` gives \(name.text(given.limit))\(raised): "
                + "write \(name.text(most)) or less, \(advice)"
        }
        if asked.mode == .soft, !self.allowsSoft(name) {
            return "Soft would let through more than the \(name.text(most)) that the plan `\(plan)` allows: "
                + "leave mode out, \(advice)"
        }
        return nil
    }

    /// Quotas that were given earlier, as far as they still may be had.
    package func lowering(_ quotas: Quotas) -> Quotas {
        var lowered = quotas
        for name in QuotaName.allCases {
            guard let most = self.limit(name) else { continue }
            let quota = quotas[name]
            lowered[name] = Quota(
                limit: min(quota.limit ?? most, most),
                mode: self.allowsSoft(name) ? quota.mode : .hard,
                warnAt: quota.warnAt
            )
        }
        return lowered
    }
}

extension QuotaName {
    /// A limit as people write it.
    package func text(_ limit: Int) -> String { self.isSize ? ByteQuantity.text(limit) : "\(limit)" }
}
