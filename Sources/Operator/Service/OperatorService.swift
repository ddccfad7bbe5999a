// Wires copies of collections to queues and queues to reconcilers. Every process keeps its copies warm, so one that takes over
// begins at once; only the leader has anything in its queues, which it fills with all there is when it begins.

package import KubeClient
package import Logging
import Observability
import StateStore
import Synchronization
package import Tenant

/// The operator: runs until it is cancelled.
package final class OperatorService: Sendable {
    package let metrics: OperatorMetrics
    package let election: LeaderElection?
    let context: OperatorContext
    private let admins: AdminProvisioner
    private let plans: Informer
    private let cells: Informer
    /// Of each namespace that there may be tenants in, or of all.
    private let tenants: [Informer]
    let tenantGrants: [Informer]
    let tenantQuotas: [Informer]
    let namespaces: Informer
    private let logger: Logger
    /// What is known while this process leads.
    private let led = Mutex<(leadership: Leadership, figures: CellFigures)?>(nil)

    /// Prepares an operator.
    ///
    /// - Parameters:
    ///   - client: Reaches the API server.
    ///   - settings: What it was told.
    ///   - connector: Opens cells' stores.
    ///   - metrics: Where requests are counted already.
    ///   - timing: How patient the copies are.
    ///   - electionTiming: How long a lease holds.
    ///   - electionTime: What that is measured by.
    ///   - hasher: Hashes administrators' passwords.
    ///   - logger: Hears what happens.
    package init(
        client: KubeClient,
        settings: OperatorSettings,
        connector: any StoreConnector,
        metrics: OperatorMetrics,
        timing: Informer.Timing = Informer.Timing(),
        electionTiming: LeaderElection.Timing = LeaderElection.Timing(),
        electionTime: TimeSource = .continuous,
        hasher: PasswordHasher = PasswordHasher(),
        logger: Logger
    ) {
        self.metrics = metrics
        self.logger = logger
        func informer(_ resource: KubeResource, _ namespace: String?, _ selector: String? = nil) -> Informer {
            Informer(client, resource, in: namespace, .init(labelSelector: selector), timing: timing, logger: logger)
        }
        self.plans = informer(.plans, nil)
        self.cells = informer(.cells, nil)
        self.namespaces = informer(.namespaces, nil)
        let places: [String?] = settings.tenantNamespaces.isEmpty ? [nil] : settings.tenantNamespaces
        self.tenants = places.map { informer(.tenants, $0) }
        self.tenantGrants = places.map { informer(.tenantGrants, $0) }
        self.tenantQuotas = places.map { informer(.tenantQuotas, $0) }
        let kinds: [KubeResource] = [
            .deployments, .pods, .services, .configMaps, .serviceAccounts, .podDisruptionBudgets, .networkPolicies,
        ]
        var owned: [KubeResource: Informer] = [:]
        for kind in kinds {
            owned[kind] = informer(kind, settings.namespace, "app.kubernetes.io/managed-by=\(OperatorNames.manager)")
        }
        self.admins = AdminProvisioner(hasher: hasher, logger: logger)
        let directory = ClusterDirectory()
        let tenantQueue = WorkQueue<ObjectKey>(isOpen: false, lane: directory.lane(of:))
        self.context = OperatorContext(
            client: client,
            settings: settings,
            directory: directory,
            namespaces: NamespaceDirectory(),
            budgets: BudgetLedger(),
            cells: CellRegistry(),
            events: EventRecorder(
                client,
                controller: OperatorNames.controller,
                instance: settings.identity,
                logger: logger
            ),
            metrics: metrics,
            connector: connector,
            logger: logger,
            tenantQueue: tenantQueue,
            // Each cell waits for its own stores alone.
            cellQueue: WorkQueue(isOpen: false) { $0 },
            planQueue: WorkQueue(isOpen: false),
            grantQueue: WorkQueue(isOpen: false),
            budgetQueue: WorkQueue(isOpen: false),
            usageQueue: WorkQueue(isOpen: false),
            tenantFigures: TenantFigures(),
            chores: TenantChores(pause: settings.movePause) { tenantQueue.add($0) },
            owned: owned,
            apis: OptionalAPIs(client)
        )
        self.election =
            settings.electsLeader
            ? LeaderElection(
                client,
                name: OperatorNames.lease,
                namespace: settings.namespace,
                identity: settings.identity,
                timing: electionTiming,
                time: electionTime,
                logger: logger
            ) : nil
        metrics.registry.register { [weak self] in self?.families ?? [] }
    }

    private var copies: [Informer] {
        [self.plans, self.cells, self.namespaces] + self.tenants + self.tenantGrants + self.tenantQuotas
            + self.context.owned.values
    }

    /// Waits until the copies are complete.
    package func synced() async {
        for copy in self.copies { await copy.synced() }
    }

    /// How many objects of each kind wait to be looked at.
    package var waiting: [(kind: String, count: Int)] {
        [
            ("Tenant", self.context.tenantQueue.depth), ("Cell", self.context.cellQueue.depth),
            ("Plan", self.context.planQueue.depth),
        ]
    }

    /// What is known at the moment of a scrape.
    private var families: [MetricFamily] {
        [
            MetricFamily(
                "roost_operator_leader",
                help: "Whether this process leads.",
                kind: .gauge,
                samples: [.init(self.election?.isLeader ?? true ? 1 : 0)]
            ),
            MetricFamily(
                "roost_operator_events_dropped_total",
                help: "Events that were not told, for one bound or another.",
                kind: .counter,
                samples: [.init(Double(self.context.events.dropped))]
            ),
        ] + self.familiesOfLeader
    }

    /// What only who leads tells: those that follow have nothing in their queues, and what they know of cells is old.
    private var familiesOfLeader: [MetricFamily] {
        guard let (leadership, figures) = self.led.withLock({ $0 }), leadership.isHeld else { return [] }
        let queues = MetricFamily(
            "roost_operator_queue_depth",
            help: "Objects that wait to be looked at.",
            kind: .gauge,
            samples: self.waiting.map { .init(Double($0.count), labels: [MetricLabel("kind", $0.kind)]) }
        )
        return [queues, self.context.tenantFigures.family] + figures.families
    }

    /// Works until the task is cancelled.
    package func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            self.watch(&group)
            self.watchAccess(&group)
            group.addTask { await self.context.events.run() }
            group.addTask { await self.admins.run() }
            group.addTask {
                if let election = self.election {
                    try await election.run { term in
                        try await self.lead(Leadership(term: term) { election.isLeader })
                    }
                } else {
                    try await self.lead(Leadership())
                }
            }
            // The first to end ends all: nothing here ends by itself.
            _ = try await group.next()
            group.cancelAll()
        }
    }

    // MARK: Copies

    private func watch(_ group: inout ThrowingTaskGroup<Void, any Error>) {
        let context = self.context
        group.addTask {
            await self.plans.run { change in
                if !change.isResync { context.directory.update(plan: change.object, name: change.key.name) }
                context.planQueue.add(change.key.name)
                let isSame = change.object?.spec == change.previous?.spec && change.object != nil
                if isSame { return }
                for key in context.directory.tenants(on: change.key.name) { context.tenantQueue.add(key, .upkeep) }
            }
        }
        group.addTask {
            await self.cells.run { change in
                if !change.isResync { context.directory.update(cell: change.object, name: change.key.name) }
                if change.isResync || change.saysMore { context.cellQueue.add(change.key.name) }
                let isSame = change.object?.spec == change.previous?.spec && change.object != nil
                if !isSame {
                    context.lookAtTenants(of: change)
                } else if change.object?.hasEdges != change.previous?.hasEdges
                    || change.object?.areStoresLost != change.previous?.areStoresLost
                {
                    context.lookAtTenants(in: change.key.name)
                }
            }
        }
        for tenants in self.tenants {
            group.addTask {
                await tenants.run { change in
                    if !change.isResync { context.tenantFigures.note(from: change.previous, to: change.object) }
                    // Known first, then looked at.
                    let others = change.isResync ? [] : context.directory.update(tenant: change.object, key: change.key)
                    for key in others { context.tenantQueue.add(key) }
                    // Cells say how many live in them.
                    let places = [change.previous, change.object].map { $0?.status["cell"].string }
                    if places[0] != places[1] {
                        for cell in places.compactMap(\.self) { context.cellQueue.add(cell, after: .seconds(1)) }
                    }
                    context.account(for: change)
                    // Our own words about it are no reason to look at it again.
                    guard change.isResync || change.saysMore else { return }
                    context.tenantQueue.add(change.key, change.isResync ? .upkeep : .change)
                    if change.isResync { return }
                    for object in [change.object, change.previous] {
                        if let plan = object?.spec["planRef"]["name"].string {
                            context.planQueue.add(plan, after: .milliseconds(500))
                        }
                    }
                }
            }
        }
        for informer in context.owned.values {
            group.addTask {
                await informer.run { change in
                    guard !change.isResync,
                        let cell = (change.object ?? change.previous)?.labels[OperatorNames.cellLabel]
                    else { return }
                    context.cellQueue.add(cell)
                    // Its tenants say where they are reached.
                    if change.object?.balancerAddresses != change.previous?.balancerAddresses {
                        context.lookAtTenants(in: cell)
                    }
                }
            }
        }
    }

    // MARK: Leading

    /// Works on the queues until the task is cancelled.
    ///
    /// - Throws: `LeaderElection.Superseded` if somebody who leads later was met.
    private func lead(_ leadership: Leadership) async throws {
        await self.synced()
        try Task.checkCancellation()
        var context = self.context
        context.leadership = leadership
        context.figures = CellFigures()
        self.led.withLock { [figures = context.figures] in $0 = (leadership, figures) }
        defer { self.led.withLock { $0 = nil } }
        await self.work(context, until: leadership)
        if let superseded = leadership.superseded { throw superseded }
    }

    private func work(_ context: OperatorContext, until leadership: Leadership) async {
        context.openQueues()
        defer { context.closeQueues() }
        // What another process gave out since stands in the statuses.
        context.budgets.reset { context.directory.allTenants.map(\.object) }
        for grant in self.tenantGrants.flatMap(\.all) { context.grantQueue.add(grant.key) }
        for budget in self.tenantQuotas.flatMap(\.all) { context.budgetQueue.add(budget.namespace) }
        for plan in self.plans.all { context.planQueue.add(plan.name) }
        for cell in self.cells.all { context.cellQueue.add(cell.name) }
        // What was changed while nobody led goes first.
        for tenant in self.tenants.flatMap(\.all) {
            context.tenantQueue.add(tenant.key, tenant.awaitsALook ? .change : .upkeep)
        }
        let tenants = TenantReconciler(context, admins: self.admins)
        let (cells, plans) = (CellReconciler(context), PlanReconciler(context))
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await leadership.ended() }
            group.addTask { await context.chores.run() }
            group.addTask {
                await context.tenantQueue.run(workers: context.settings.workers) { key in
                    await self.timed("Tenant") { await tenants.reconcile(key) }
                }
            }
            group.addTask {
                await context.cellQueue.run(workers: 1) { name in
                    await self.timed("Cell") { await cells.reconcile(name) }
                }
            }
            group.addTask {
                let figures = TenantUsageWriter(context)
                await context.usageQueue.run(workers: 2) { key in await figures.write(key) }
            }
            group.addTask {
                let grants = GrantReconciler(context)
                await context.grantQueue.run(workers: 1) { key in
                    await self.timed("TenantGrant") { await grants.reconcile(key) }
                }
            }
            group.addTask {
                let budgets = BudgetReconciler(context)
                await context.budgetQueue.run(workers: 2) { namespace in
                    await self.timed("TenantQuota") { await budgets.reconcile(namespace) }
                }
            }
            group.addTask {
                await context.planQueue.run(workers: 2) { name in
                    await self.timed("Plan") { await plans.reconcile(name) }
                }
            }
            _ = await group.next()
            group.cancelAll()
        }
        await context.cells.closeAll()
    }

    private func timed(_ kind: String, _ body: () async -> WorkOutcome) async -> WorkOutcome {
        let began = ContinuousClock.now
        let outcome = await body()
        let result =
            switch outcome {
            case .done, .again: "ok"
            case .failed: "failed"
            }
        self.metrics.reconciled(kind, result, took: ContinuousClock.now - began)
        return outcome
    }
}

extension Informer.Change {
    /// Whether anything but the status changed.
    fileprivate var saysMore: Bool {
        guard let object, let previous else { return true }
        return object.uid != previous.uid || object.generation != previous.generation
            || object.spec != previous.spec || object.deletionTimestamp != previous.deletionTimestamp
            || object.finalizers != previous.finalizers || object.annotations != previous.annotations
    }
}

extension OperatorContext {
    /// Has the tenants looked at whom a change of a cell's specification concerns.
    fileprivate func lookAtTenants(of change: Informer.Change) {
        // One that comes may have anybody's data, and one that goes had.
        guard let object = change.object, let before = change.previous else {
            for tenant in self.directory.allTenants { self.tenantQueue.add(tenant.key, .upkeep) }
            return
        }
        self.lookAtTenants(in: change.key.name)
        // Which cell is the default one may be another now.
        if object.spec["default"] != before.spec["default"] {
            for key in self.directory.tenantsWithoutCell { self.tenantQueue.add(key, .upkeep) }
        }
    }
}
