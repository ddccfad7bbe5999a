// What the operator knows of plans, cells and tenants, with the lookups that reconcilers need: by plan, by cell, by hostname.
// A thousand tenants that are reconciled at once must not look at a thousand tenants each.

package import KubeClient
import Synchronization
package import Tenant

/// Objects of our kinds, read once when they change, and indexed.
package final class ClusterDirectory: Sendable {
    private struct State {
        var tenants: [ObjectKey: Parsed<TenantResource>] = [:]
        var plans: [String: Parsed<PlanResource>] = [:]
        var cells: [String: Parsed<CellResource>] = [:]
        /// Who asks for a hostname.
        var claims: [String: Set<ObjectKey>] = [:]
        /// Who goes by a name, over all namespaces.
        var names: [String: Set<ObjectKey>] = [:]
        var byPlan: [String: Set<ObjectKey>] = [:]
        /// How many of those who name a plan are refused.
        var yieldingByPlan: [String: Int] = [:]
        var byNamespace: [String: Set<ObjectKey>] = [:]
        var homes = TenantHomes()
        /// Who was promised a hostname or a name, and may have it at the edges before its status says so.
        var promisedHostnames: [String: ObjectKey] = [:]
        var promisedNames: [String: ObjectKey] = [:]
        /// Who is refused for what is nobody else's matter: what it asks for, others may have.
        var yielding: Set<ObjectKey> = []
    }

    private let state = Mutex(State())

    package init() {}

    // MARK: What is there

    package func tenant(_ key: ObjectKey) -> Parsed<TenantResource>? { self.state.withLock { $0.tenants[key] } }
    package func plan(_ name: String) -> Parsed<PlanResource>? { self.state.withLock { $0.plans[name] } }
    package func cell(_ name: String) -> Parsed<CellResource>? { self.state.withLock { $0.cells[name] } }
    package var allCells: [Parsed<CellResource>] { self.state.withLock { Array($0.cells.values) } }
    package var allTenants: [Parsed<TenantResource>] { self.state.withLock { Array($0.tenants.values) } }

    /// The tenants that go by a name, over all namespaces.
    package func tenants(named name: String) -> [Parsed<TenantResource>] {
        self.state.withLock { state in (state.names[name] ?? []).compactMap { state.tenants[$0] } }
    }

    /// The tenants that hold a plan: not those who name it and are refused.
    package func holders(of plan: String) -> Set<ObjectKey> {
        self.state.withLock { ($0.byPlan[plan] ?? []).subtracting($0.yielding) }
    }

    /// How many hold a plan.
    package func holderCount(of plan: String) -> Int {
        self.state.withLock { ($0.byPlan[plan]?.count ?? 0) - ($0.yieldingByPlan[plan] ?? 0) }
    }

    /// The tenants that hold a cell: not those who want to live there and are refused.
    package func holders(ofCell cell: String) -> [ObjectKey] {
        let wanting = self.tenants(in: cell)
        return self.state.withLock { state in
            wanting.filter { key in
                !state.yielding.contains(key) || state.tenants[key]?.object.status["cell"].string == cell
            }
        }
    }

    /// The tenants that name a plan.
    package func tenants(on plan: String) -> Set<ObjectKey> { self.state.withLock { $0.byPlan[plan] ?? [] } }

    /// The tenants of a namespace.
    package func tenants(inNamespace namespace: String) -> Set<ObjectKey> {
        self.state.withLock { $0.byNamespace[namespace] ?? [] }
    }

    /// The tenants that live in a cell, or want to.
    package func tenants(in cell: String) -> [ObjectKey] {
        self.state.withLock { state in
            let isDefault = Self.defaultCell(state) == cell
            return Array(state.homes.concerned(cell)) + (isDefault ? Array(state.homes.withoutCell) : [])
        }
    }

    /// How many live in a cell, as their statuses say.
    package func count(livingIn cell: String) -> Int { self.state.withLock { $0.homes.count(livingIn: cell) } }

    /// The tenants that name no cell and live in none: the default one is theirs.
    package var tenantsWithoutCell: [ObjectKey] { self.state.withLock { Array($0.homes.withoutCell) } }

    /// What a look at a tenant may have to wait for: the cell that it lives in, or wants to, or both.
    package func lane(of key: ObjectKey) -> String {
        self.state.withLock { state in
            guard let parsed = state.tenants[key] else { return "" }
            let home = parsed.object.status["cell"].string
            let wanted = Self.wantedCell(of: parsed, nil) ?? Self.defaultCell(state) ?? ""
            return home.map { $0 == wanted ? $0 : "\($0) \(wanted)" } ?? wanted
        }
    }

    /// The cell that a tenant is to live in: the one that it names, else the one that it lives in, else the default one.
    ///
    /// So another default cell moves nobody.
    package func wantedCell(of parsed: Parsed<TenantResource>) -> String? {
        Self.wantedCell(of: parsed, self.defaultCell)
    }

    private static func wantedCell(of parsed: Parsed<TenantResource>, _ standard: String?) -> String? {
        parsed.resource?.spec.cellRef?.name ?? parsed.object.status["cell"].string ?? standard
    }

    /// The cell of tenants that name none: the oldest of those that say so.
    package var defaultCell: String? { self.state.withLock { Self.defaultCell($0) } }

    private static func defaultCell(_ state: State) -> String? {
        state.cells.values.filter { $0.resource?.spec.isDefault == true && !$0.isDeleting }
            .min { ($0.object.creationTimestamp, $0.key) < ($1.object.creationTimestamp, $1.key) }?.object.name
    }

    /// Whoever else holds what a tenant asks for.
    package struct Conflicts: Sendable, Hashable {
        /// The holder of its name, if that is another.
        package var name: ObjectKey?
        /// The holders of its hostnames, as far as those are others.
        package var hostnames: [String: ObjectKey] = [:]

        package init() {}
    }

    /// Finds who else holds what a tenant asks for.
    ///
    /// A name goes to who was promised it, then to who has it (so says ``KubeObject/status``), then to the older object of those that
    /// could be served under it: who is refused for something else keeps it from nobody.
    ///
    /// - Parameters:
    ///   - tenant: Who asks.
    ///   - key: Its name.
    ///   - promising: Whether it is promised all that it asks for if nobody else holds any of it: tenants are looked at side
    ///     by side, and one must know of the other before their status does.
    ///   - mayHave: Whether a hostname may be had from a namespace in a cell: who may not have it does not hold it.
    /// - Returns: The holders, where those are others.
    package func conflicts(
        of tenant: TenantResource,
        key: ObjectKey,
        promising: Bool = false,
        mayHave: (_ hostname: String, _ namespace: String, _ cell: CellSpec) -> Bool = { _, _, _ in true }
    ) -> Conflicts {
        let standard = self.defaultCell
        return self.state.withLock { state in
            var conflicts = Conflicts()
            func holder(
                _ claims: Set<ObjectKey>?,
                _ promised: ObjectKey?,
                _ mayHave: (Parsed<TenantResource>) -> Bool = { _ in true },
                _ has: (KubeObject) -> Bool
            ) -> ObjectKey? {
                guard let claims, claims.count > 1 else { return nil }
                let rivals = claims.compactMap { state.tenants[$0] }.filter {
                    $0.key == key || $0.key == promised || has($0.object)
                        || !state.yielding.contains($0.key) && mayHave($0)
                }.map(\.object)
                guard rivals.count > 1 else { return nil }
                func rank(_ object: KubeObject) -> Int { object.key == promised ? 0 : has(object) ? 1 : 2 }
                let first = rivals.min { left, right in
                    (rank(left), left.creationTimestamp, left.key) < (rank(right), right.creationTimestamp, right.key)
                }
                return first?.key == key ? nil : first?.key
            }
            let name = tenant.id.text
            conflicts.name = holder(state.names[name], state.promisedNames[name]) { !$0.hostnamesHeld.isEmpty }
            for hostname in tenant.spec.hostnames {
                let promised = state.promisedHostnames[hostname]
                let mayHave = { (rival: Parsed<TenantResource>) in
                    let cell = Self.wantedCell(of: rival, standard).flatMap { state.cells[$0]?.resource?.spec }
                    return cell.map { mayHave(hostname, rival.object.namespace, $0) } ?? true
                }
                conflicts.hostnames[hostname] = holder(state.claims[hostname], promised, mayHave) {
                    $0.hostnamesHeld.contains(hostname)
                }
            }
            if promising, conflicts == Conflicts() {
                state.promisedNames[name] = key
                for hostname in tenant.spec.hostnames { state.promisedHostnames[hostname] = key }
            }
            return conflicts
        }
    }

    /// Takes back what was promised to a tenant that is not served after all.
    package func takeBack(from tenant: TenantResource, key: ObjectKey) {
        self.state.withLock { state in
            if state.promisedNames[tenant.id.text] == key { state.promisedNames[tenant.id.text] = nil }
            for hostname in tenant.spec.hostnames where state.promisedHostnames[hostname] == key {
                state.promisedHostnames[hostname] = nil
            }
        }
    }

    /// Notes whether a tenant leaves what it asks for to others, since it is refused for something that is not theirs.
    ///
    /// - Returns: Others who asked for something that it leaves to them now.
    package func note(yields: Bool, key: ObjectKey) -> Set<ObjectKey> {
        self.state.withLock { state in
            guard yields else {
                Self.yieldNoMore(key, &state)
                return []
            }
            guard state.yielding.insert(key).inserted else { return [] }
            if let plan = state.tenants[key]?.planName { state.yieldingByPlan[plan, default: 0] += 1 }
            let asked = Self.claims(of: state.tenants[key])
            let others = asked.names.compactMap { state.names[$0] } + asked.hostnames.compactMap { state.claims[$0] }
            return Set(others.joined()).subtracting([key])
        }
    }

    // MARK: Changes

    /// Takes a tenant as it is now.
    ///
    /// - Parameters:
    ///   - object: `nil` if it is gone.
    ///   - key: Its name.
    /// - Returns: Others who asked for something that it holds or held, and may have it now or no more.
    package func update(tenant object: KubeObject?, key: ObjectKey) -> Set<ObjectKey> {
        let known = self.tenant(key)
        let parsed = object.map { Parsed<TenantResource>(tenant: $0, known: known) }
        return self.state.withLock { state in
            let before = state.tenants[key]
            var touched: Set<ObjectKey> = []
            func remove(_ index: WritableKeyPath<State, [String: Set<ObjectKey>]>, _ name: String) {
                guard var keys = state[keyPath: index][name] else { return }
                keys.remove(key)
                touched.formUnion(keys)
                state[keyPath: index][name] = keys.isEmpty ? nil : keys
            }
            func add(_ index: WritableKeyPath<State, [String: Set<ObjectKey>]>, _ name: String) {
                touched.formUnion(state[keyPath: index][name] ?? [])
                state[keyPath: index][name, default: []].insert(key)
            }
            let old = Self.claims(of: before)
            let new = Self.claims(of: parsed)
            // A promise lasts as long as it is asked for.
            for name in old.hostnames.subtracting(new.hostnames) where state.promisedHostnames[name] == key {
                state.promisedHostnames[name] = nil
            }
            for name in old.names.subtracting(new.names) where state.promisedNames[name] == key {
                state.promisedNames[name] = nil
            }
            let held = before?.object.hostnamesHeld != parsed?.object.hostnamesHeld
            if old != new || held {
                old.hostnames.forEach { remove(\.claims, $0) }
                old.names.forEach { remove(\.names, $0) }
                new.hostnames.forEach { add(\.claims, $0) }
                new.names.forEach { add(\.names, $0) }
            }
            if parsed == nil {
                state.byNamespace[key.namespace]?.remove(key)
                Self.yieldNoMore(key, &state)
            } else {
                state.byNamespace[key.namespace, default: []].insert(key)
            }
            Self.move(key, from: before?.planName, to: parsed?.planName, &state)
            func home(_ tenant: Parsed<TenantResource>) -> TenantHomes.Home {
                .init(lives: tenant.object.status["cell"].string, wants: Self.wantedCell(of: tenant, nil))
            }
            state.homes.move(key, from: before.map(home), to: parsed.map(home))
            state.tenants[key] = parsed
            touched.remove(key)
            return touched
        }
    }

    private static func yieldNoMore(_ key: ObjectKey, _ state: inout State) {
        guard state.yielding.remove(key) != nil, let plan = state.tenants[key]?.planName else { return }
        state.yieldingByPlan[plan, default: 0] -= 1
    }

    private static func move(_ key: ObjectKey, from old: String?, to new: String?, _ state: inout State) {
        guard old != new else { return }
        let yields = state.yielding.contains(key)
        if let old {
            state.byPlan[old]?.remove(key)
            if yields { state.yieldingByPlan[old, default: 0] -= 1 }
        }
        if let new {
            state.byPlan[new, default: []].insert(key)
            if yields { state.yieldingByPlan[new, default: 0] += 1 }
        }
    }

    private struct Claims: Equatable {
        var hostnames: Set<String> = []
        var names: Set<String> = []
    }

    private static func claims(of parsed: Parsed<TenantResource>?) -> Claims {
        guard let parsed else { return Claims() }
        // One that cannot be read any more keeps what it holds: its people are still served.
        let held = Set(parsed.object.hostnamesHeld)
        guard let resource = parsed.resource else {
            return Claims(hostnames: held, names: held.isEmpty ? [] : [parsed.object.name])
        }
        return Claims(hostnames: held.union(resource.spec.hostnames), names: [resource.id.text])
    }

    /// Takes a plan as it is now, `nil` if it is gone.
    package func update(plan object: KubeObject?, name: String) {
        let parsed = object.map { Parsed<PlanResource>(plan: $0) }
        self.state.withLock { $0.plans[name] = parsed }
    }

    /// Takes a cell as it is now, `nil` if it is gone.
    package func update(cell object: KubeObject?, name: String) {
        let parsed = object.map { Parsed<CellResource>(cell: $0) }
        self.state.withLock { $0.cells[name] = parsed }
    }
}

extension Parsed<TenantResource> {
    /// The plan that it names, if it can be read.
    fileprivate var planName: String? { self.resource?.spec.planRef.name }
}

extension KubeObject {
    /// Whether somebody changed a tenant since it was looked at last, as its status says.
    package var awaitsALook: Bool {
        self.deletionTimestamp != nil || self.status["observedGeneration"].int != self.generation
    }

    /// Whether a cell's status tells of a ready edge.
    package var hasEdges: Bool { self.status["readyReplicas"].int ?? 0 > 0 }

    /// Whether a cell's stores are said to be lost for good.
    package var areStoresLost: Bool { self.annotations[OperatorNames.storesLost] == "true" }

    /// The hostnames under which a tenant is served now, as its status says.
    package var hostnamesHeld: [String] { (self.status["hostnames"].elements ?? []).compactMap(\.string) }
}
