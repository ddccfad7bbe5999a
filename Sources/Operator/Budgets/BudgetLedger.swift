// Who was given what of its namespace's budget. Statuses come back too late to keep tenants apart that are looked at side by side,
// and a thousand of them must not be added up a thousand times: so sums are kept, under one lock, and a look costs the same for
// any number of tenants. What is in it can be found again in the tenants' statuses.
//
// Who was accepted keeps what it has, whatever becomes of the budget; only what would be more is measured.

package import KubeClient
import Synchronization
package import Tenant

/// What was given out of budgets, and who waits.
package final class BudgetLedger: Sendable {
    /// A budget with its name.
    package typealias Budget = (name: String, spec: TenantQuotaSpec)

    /// Who wants more than there is.
    struct Waiting: Hashable, Sendable {
        let charge: BudgetCharge
        /// The older object comes first.
        let since: String
    }

    private struct Namespace {
        var charges: [ObjectKey: BudgetCharge] = [:]
        var use = BudgetUse()
        var waiting: [ObjectKey: Waiting] = [:]
        /// Who was looked at: of them more is known here than in a status that is on its way.
        var judged: Set<ObjectKey> = []

        mutating func set(_ charge: BudgetCharge?, _ key: ObjectKey) {
            if let before = self.charges[key] { self.use.remove(before) }
            self.charges[key] = charge
            if let charge { self.use.add(charge) }
        }
    }

    private let namespaces = Mutex<[String: Namespace]>([:])

    package init() {}

    // MARK: What is known

    /// What a tenant was given.
    package func charge(of key: ObjectKey) -> BudgetCharge? {
        self.namespaces.withLock { $0[key.namespace]?.charges[key] }
    }

    /// What a namespace's tenants were given.
    package func use(of namespace: String) -> BudgetUse {
        self.namespaces.withLock { $0[namespace]?.use ?? BudgetUse() }
    }

    /// What budgets lack for what a tenant wants.
    package func shortages(
        of charge: BudgetCharge,
        for key: ObjectKey,
        under budgets: [Budget]
    ) -> [BudgetShortage] {
        self.namespaces.withLock { namespaces in
            let known = namespaces[key.namespace] ?? Namespace()
            return Self.shortages(of: charge, instead: known.charges[key], of: known.use, under: budgets)
        }
    }

    private static func shortages(
        of charge: BudgetCharge,
        instead held: BudgetCharge?,
        of use: BudgetUse,
        under budgets: [Budget]
    ) -> [BudgetShortage] {
        var others = use
        if let held { others.remove(held) }
        return budgets.flatMap { budget in
            BudgetItem.allCases.compactMap { item in
                guard let limit = item.limit(budget.spec) else { return nil }
                // What it has it keeps.
                if let held, held[item].map({ has in charge[item].map { $0 <= has } ?? false }) ?? true { return nil }
                let shortage = BudgetShortage(
                    budget: budget.name,
                    item: item,
                    requested: charge[item],
                    used: others.sum(item),
                    unlimited: others.unlimited(item),
                    limit: limit
                )
                return charge[item].map { $0 <= shortage.left } == true ? nil : shortage
            }
        }
    }

    // MARK: Giving and taking back

    /// Gives a tenant what it wants, in the place of what it had.
    ///
    /// - Returns: Whether anything is another now; `nil` if budgets lack something, and nothing was given.
    package func take(_ charge: BudgetCharge, for key: ObjectKey, under budgets: [Budget]) -> Bool? {
        self.change(key.namespace) { known in
            let held = known.charges[key]
            guard Self.shortages(of: charge, instead: held, of: known.use, under: budgets).isEmpty else { return nil }
            known.judged.insert(key)
            let waited = known.waiting.removeValue(forKey: key) != nil
            guard held != charge else { return waited }
            known.set(charge, key)
            return true
        }
    }

    /// Notes that a tenant is not given what it wants.
    ///
    /// - Parameters:
    ///   - key: The tenant.
    ///   - wanted: What it waits for; `nil` if it is refused for something else.
    ///   - since: When it was made.
    ///   - keeps: Whether it keeps what it was given before.
    /// - Returns: Whether anything is another now.
    package func refuse(_ key: ObjectKey, wanting wanted: BudgetCharge?, since: String, keeps: Bool) -> Bool {
        let waiting = wanted.map { Waiting(charge: $0, since: since) }
        return self.change(key.namespace) { known in
            known.judged.insert(key)
            let isNews = known.waiting[key] != waiting || !keeps && known.charges[key] != nil
            guard isNews else { return false }
            known.waiting[key] = waiting
            if !keeps { known.set(nil, key) }
            return true
        }
    }

    /// Takes back what a tenant had that is gone.
    ///
    /// - Returns: Whether it had anything, or waited.
    package func release(_ key: ObjectKey) -> Bool {
        let had = self.refuse(key, wanting: nil, since: "", keeps: false)
        self.change(key.namespace) { _ = $0.judged.remove(key) }
        return had
    }

    /// Notes what a tenant's status says that it was given, where nothing is known of it.
    ///
    /// - Returns: Whether anything is another now.
    package func adopt(_ tenant: KubeObject) -> Bool {
        guard let charge = BudgetCharge(of: tenant) else { return false }
        return self.change(tenant.namespace) { known in
            guard known.charges[tenant.key] == nil, !known.judged.contains(tenant.key) else { return false }
            known.set(charge, tenant.key)
            return true
        }
    }

    /// Begins anew with what statuses say: an earlier time of leading is over, and another process gave since.
    package func reset(_ tenants: () -> [KubeObject]) {
        self.namespaces.withLock { namespaces in
            namespaces = [:]
            // Within the lock, so that what goes meanwhile is taken out behind it.
            for tenant in tenants() {
                guard let charge = BudgetCharge(of: tenant) else { continue }
                namespaces[tenant.namespace, default: Namespace()].set(charge, tenant.key)
            }
        }
    }

    /// Changes what is known of a namespace in its place: a thousand charges are not copied for each that comes.
    private func change<Result: Sendable>(_ namespace: String, _ body: (inout Namespace) -> Result) -> Result {
        self.namespaces.withLock { body(&$0[namespace, default: Namespace()]) }
    }

    // MARK: Who waits

    /// Who waits for a budget, the oldest first.
    package func waiting(for budget: Budget, in namespace: String) -> [ObjectKey] {
        self.namespaces.withLock { namespaces in
            guard let known = namespaces[namespace] else { return [] }
            return Self.inOrder(known).filter { key, waiting in
                let held = known.charges[key]
                return !Self.shortages(of: waiting.charge, instead: held, of: known.use, under: [budget]).isEmpty
            }.map(\.key)
        }
    }

    /// Who waits and could have what it wants now, one after the other, the oldest first.
    package func fitting(in namespace: String, under budgets: [Budget]) -> [ObjectKey] {
        self.namespaces.withLock { namespaces in
            guard let known = namespaces[namespace] else { return [] }
            var use = known.use
            return Self.inOrder(known).filter { key, waiting in
                let held = known.charges[key]
                guard Self.shortages(of: waiting.charge, instead: held, of: use, under: budgets).isEmpty else {
                    return false
                }
                if let held { use.remove(held) }
                use.add(waiting.charge)
                return true
            }.map(\.key)
        }
    }

    private static func inOrder(_ known: Namespace) -> [(key: ObjectKey, value: Waiting)] {
        known.waiting.sorted { ($0.value.since, $0.key) < ($1.value.since, $1.key) }
    }
}
