/// Quotas, features and prices that tenants share: what `Plan.spec` says.
package struct PlanSpec: Hashable, Sendable {
    /// The name that people see, by default the object's.
    package let displayName: String
    /// The quotas that the plan sets; one that it does not name is unlimited.
    package let quotas: [QuotaName: QuotaSpec]
    /// The longest time for which a tenant on this plan may keep history, by default 30 days.
    package let historyRetention: Duration
    /// What tenants on this plan may use, by default everything.
    package let features: Set<Feature>
    /// What it costs, if it costs something.
    package let price: PlanPrice?
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
    /// The REST interface answers.
    case api = "Api"
}

extension PlanSpec {
    /// For how long history is kept where neither plan nor tenant says.
    package static let defaultHistoryRetention: Duration = .seconds(30 * 86_400)

    static func read(_ cursor: FieldCursor, name: String) -> PlanSpec? {
        guard cursor.isPresent else { return Self.defaults(name: name) }
        return cursor.object { fields in
            let displayName = fields["displayName"].line()
            let quotas = QuotaSpec.readAll(fields["quotas"])
            let retention = fields["history"].object { $0["retention"].duration(Bounds.retention) }
            let features = fields["features"].distinct(by: { $0 }) { $0.choice(Feature.self) }
            let price = PlanPrice.read(fields["price"])
            return PlanSpec(
                displayName: displayName ?? name,
                quotas: quotas,
                historyRetention: retention ?? Self.defaultHistoryRetention,
                features: features.map { Set($0) } ?? Set(Feature.allCases),
                price: price
            )
        }
    }

    private static func defaults(name: String) -> PlanSpec {
        PlanSpec(
            displayName: name,
            quotas: [:],
            historyRetention: Self.defaultHistoryRetention,
            features: Set(Feature.allCases),
            price: nil
        )
    }
}
