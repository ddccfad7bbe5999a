// What a namespace's budget is about, and sums of it. Given out are quotas, not what is used of them: who was promised something
// can have it at any time.

package import KubeClient
import Numbers
package import Tenant

/// What a budget limits.
package enum BudgetItem: String, Hashable, Sendable, CaseIterable {
    case tenants, connections, storage

    /// The most that a budget allows; `nil` where it says nothing.
    package func limit(_ budget: TenantQuotaSpec) -> Int? {
        switch self {
        case .tenants: budget.tenants
        case .connections: budget.connections
        case .storage: budget.storage
        }
    }

    /// An amount as people write it.
    package func text(_ amount: Int) -> String { self == .storage ? ByteQuantity.text(amount) : "\(amount)" }

    /// An amount as a status has it.
    func json(_ amount: Int) -> JSON { self == .storage ? .string(self.text(amount)) : .integer(Int64(amount)) }

    /// What a tenant writes to take less.
    var field: String? {
        switch self {
        case .tenants: nil
        case .connections: "spec.quotas.connections"
        case .storage: "spec.quotas.historyBytes"
        }
    }
}

/// What a tenant takes of its namespace's budgets.
package struct BudgetCharge: Hashable, Sendable {
    /// The connections that it may have; `nil` where nothing is refused.
    package let connections: Int?
    /// The bytes of history that it may have; `nil` where nothing is refused.
    package let storage: Int?

    package init(connections: Int?, storage: Int?) {
        self.connections = connections
        self.storage = storage
    }

    /// What quotas come to: one that lets through what exceeds it is none.
    package init(_ quotas: Quotas) {
        self.init(connections: quotas.connections.hardLimit, storage: quotas.historyBytes.hardLimit)
    }

    /// What a tenant's status says that it was accepted with; nothing if it was not.
    package init?(of tenant: KubeObject) {
        let reserved = tenant.status["reserved"]
        guard reserved.fields != nil else { return nil }
        self.init(connections: reserved["connections"].int, storage: reserved["storage"].int)
    }

    /// As the status has it.
    func json() -> JSON {
        [
            "connections": JSON(self.connections), "storage": JSON(self.storage),
        ]
    }

    package subscript(_ item: BudgetItem) -> Int? {
        switch item {
        case .tenants: 1
        case .connections: self.connections
        case .storage: self.storage
        }
    }
}

/// What several tenants take together.
package struct BudgetUse: Hashable, Sendable {
    // Wide enough for any number of tenants with the largest quotas there are.
    private var sums: [BudgetItem: Int128] = [:]
    private var unlimited: [BudgetItem: Int] = [:]

    package init() {}

    /// The sum over those that have a limit.
    package func sum(_ item: BudgetItem) -> Int { Int(clamping: self.sums[item] ?? 0) }

    /// How many have no limit.
    package func unlimited(_ item: BudgetItem) -> Int { self.unlimited[item] ?? 0 }

    package mutating func add(_ charge: BudgetCharge) {
        for item in BudgetItem.allCases {
            if let amount = charge[item] {
                self.sums[item, default: 0] += Int128(amount)
            } else {
                self.unlimited[item, default: 0] += 1
            }
        }
    }

    package mutating func remove(_ charge: BudgetCharge) {
        for item in BudgetItem.allCases {
            if let amount = charge[item] {
                self.sums[item]? -= Int128(amount)
            } else {
                self.unlimited[item]? -= 1
            }
        }
    }
}

/// Something that a tenant wants and that a budget does not have.
package struct BudgetShortage: Hashable, Sendable {
    /// The TenantQuota's name.
    package let budget: String
    package let item: BudgetItem
    /// How much the tenant wants; `nil` for any number.
    package let requested: Int?
    /// What others have.
    package let used: Int
    /// How many others have no limit.
    package let unlimited: Int
    package let limit: Int

    /// What it could have.
    package var left: Int { self.unlimited > 0 ? 0 : max(0, self.limit.minus(self.used)) }

    /// What is wanted, what is used, what is left and what to do, for people.
    package var text: String {
        let item = self.item
        let requested = self.requested.map { "\(item.text($0)) requested" } ?? "no hard limit requested"
        let others = self.unlimited > 0 ? " and \(self.unlimited) without a limit" : ""
        let left = item.text(self.left)
        let advice =
            item.field.map { "write \(left) or less in \($0), or have the platform raise it" }
            ?? "delete a tenant, or have the platform raise it"
        return "\(item): \(requested), \(item.text(self.used)) of \(item.text(self.limit)) used by others\(others), "
            + "\(left) left in TenantQuota \(self.budget): \(advice)"
    }
}
