// What is known of namespaces: who a team is says its namespace, by its name and its labels.

package import KubeClient
import Synchronization
package import Tenant

/// Namespaces with what the platform says of them.
package final class NamespaceDirectory: Sendable {
    private struct State {
        var labels: [String: [String: String]] = [:]
        var grants: [ObjectKey: Parsed<TenantGrantResource>] = [:]
        /// By namespace and name.
        var quotas: [String: [String: Parsed<TenantQuotaResource>]] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    /// Takes a namespace as it is now.
    ///
    /// - Parameters:
    ///   - object: `nil` if it is gone.
    ///   - name: Its name.
    /// - Returns: Whether its tenants may be allowed something else now.
    package func update(namespace object: KubeObject?, name: String) -> Bool {
        self.state.withLock { state in
            let before = state.labels[name]
            state.labels[name] = object?.labels
            return state.labels[name] != before
        }
    }

    /// Takes a grant as it is now, `nil` if it is gone.
    package func update(tenantGrant object: KubeObject?, key: ObjectKey) {
        let parsed = object.map { Parsed<TenantGrantResource>(tenantGrant: $0) }
        self.state.withLock { $0.grants[key] = parsed }
    }

    /// The grant of a tenant's name.
    func tenantGrant(_ tenant: ObjectKey) -> Parsed<TenantGrantResource>? { self.state.withLock { $0.grants[tenant] } }

    /// Takes a budget as it is now, `nil` if it is gone.
    package func update(tenantQuota object: KubeObject?, key: ObjectKey) {
        let parsed = object.map { Parsed<TenantQuotaResource>(tenantQuota: $0) }
        self.state.withLock { state in
            state.quotas[key.namespace, default: [:]][key.name] = parsed
            if state.quotas[key.namespace]?.isEmpty == true { state.quotas[key.namespace] = nil }
        }
    }

    /// The objects with a namespace's budgets, by their names.
    func tenantQuotas(of namespace: String) -> [Parsed<TenantQuotaResource>] {
        let quotas = self.state.withLock { $0.quotas[namespace] ?? [:] }
        return quotas.sorted { $0.key < $1.key }.map(\.value)
    }

    func hasBudgets(_ namespace: String) -> Bool { self.state.withLock { $0.quotas[namespace] != nil } }

    /// The budgets that hold in a namespace.
    ///
    /// One that cannot be read gives nothing: it may have been meant to.
    package func budgets(of namespace: String) -> [BudgetLedger.Budget] {
        self.tenantQuotas(of: namespace).map { ($0.object.name, $0.resource?.spec ?? .nothing) }
    }

    /// Whether something may be used from a namespace.
    ///
    /// - Parameters:
    ///   - allowed: Who may use it; `nil` means all.
    ///   - namespace: The namespace's name. One that is not known yet has the label that every namespace has.
    /// - Returns: Whether that is so.
    package func allows(_ allowed: AllowedNamespaces?, _ namespace: String) -> Bool {
        guard let allowed else { return true }
        let known = self.state.withLock { $0.labels[namespace] }
        return allowed.contains(namespace, labels: known ?? ["kubernetes.io/metadata.name": namespace])
    }
}
