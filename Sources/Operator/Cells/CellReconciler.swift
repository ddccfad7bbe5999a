// Looks at one cell: its stores, its edges, how many of them, its status. It is looked at every few seconds, since the edges'
// figures come without being asked for; what did not change costs no request.

package import KubeClient
import Logging
import StateStore
import Synchronization
import Tenant

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Makes the world as a Cell says.
package struct CellReconciler: Sendable {
    let context: OperatorContext

    package init(_ context: OperatorContext) { self.context = context }

    /// What was found of a cell on the way through.
    struct Findings {
        var object: KubeObject
        var stores: Condition
        var edge = Condition("EdgeReady", .unknown, "NoPodsReady", "no edge was looked at yet")
        var scaling = Condition("Autoscaling", .unknown, "FiguresMissing", "no figures yet")
        var certificate = Condition("CertificateReady", .unknown, "SecretUnreadable", "not read yet")
        /// Of workers; nil if the cell has none.
        var worker: Condition?
        /// Of archives; nil while the specification cannot be read.
        var archive: Condition?
        var image: String?
        var wantedImage: String?
        var fleet: FleetStatus
        /// Its pods, as known when the look began, those included that have ended and that nobody deleted.
        let pods: [KubeObject]

        /// Begins with what was told last: what cannot be looked at now stays told.
        init(object: KubeObject, pods: [KubeObject], stores: Condition) {
            self.object = object
            self.pods = pods
            self.stores = stores
            let status = object.status
            self.image = status["image"].string
            self.wantedImage = status["wantedImage"].string
            self.fleet = FleetStatus(
                replicas: status["replicas"].int ?? 0,
                readyReplicas: status["readyReplicas"].int ?? 0,
                desiredReplicas: status["desiredReplicas"].int ?? 0,
                connections: status["connections"].int ?? 0
            )
        }
    }

    /// Looks at a cell once.
    package func reconcile(_ name: String) async -> WorkOutcome {
        guard let parsed = self.context.directory.cell(name) else {
            await self.context.cells.remove(name)
            self.context.figures.forget(name)
            return .done
        }
        self.context.figures.begin(name)
        do {
            if parsed.isDeleting {
                if try await self.deleting(parsed) { return .done }
            }
            var object = parsed.object
            if !parsed.isDeleting, !object.finalizers.contains(OperatorNames.finalizer),
                self.context.leadership.isHeld
            {
                object = try await self.context.addFinalizer(.cells, object)
            }
            let runtime = self.context.cells.runtime(name)
            if self.mustWait(parsed, runtime) { return .again(after: .milliseconds(100)) }
            if let cell = parsed.resource {
                let before = runtime.state.withLock { state in
                    defer { state.spec = cell.spec }
                    return state.spec
                }
                if let before { self.tell(before.edge.replicas, cell.spec.edge.replicas, of: object) }
                try await self.reconcile(cell.spec, object, parsed)
            } else {
                let invalid = Condition("Ready", .no, "InvalidSpec", parsed.problems.summary())
                if let spec = runtime.state.withLock({ $0.spec }) {
                    // A mistake in an edit changes nothing: the cell goes on as it was written before.
                    try await self.reconcile(spec, object, parsed, invalid)
                } else {
                    try await self.hold(object, parsed, invalid)
                }
            }
            return .again(after: self.context.settings.cellPeriod)
        } catch let error as KubeError where error.isConflict {
            return .again(after: .milliseconds(200))
        } catch {
            self.context.logger.warning("a cell waits", metadata: ["cell": "\(name)", "reason": "\(error)"])
            return .failed
        }
    }

    /// Tells of another number of edges: what `kubectl scale` set, an upgrade of the chart may have taken back without a word.
    private func tell(_ before: Int?, _ now: Int?, of object: KubeObject) {
        guard before != now else { return }
        let state = now.map { "is \($0) now" } ?? "is not set any more"
        let was = before.map { "was \($0)" } ?? "was not set"
        let then = now == nil ? ": the autoscaler goes on" : before == nil ? ": the autoscaler stays off" : ""
        self.context.announce("ReplicasChanged", "spec.edge.replicas \(state), and \(was)\(then)", of: object)
    }

    /// Whether an older cell is to have its stores first, for a while: if both name the same, they are the older one's.
    private func mustWait(_ parsed: Parsed<CellResource>, _ runtime: CellRuntime) -> Bool {
        guard !self.context.cells.hasClaimed(runtime.name) else { return false }
        let now = TimeSource.continuous.now()
        let since = runtime.state.withLock { state in
            let since = state.firstSeen ?? now
            state.firstSeen = since
            return since
        }
        guard now - since < .seconds(20) else { return false }
        func age(_ cell: Parsed<CellResource>) -> (String, String) {
            (cell.object.creationTimestamp, cell.object.name)
        }
        return self.context.directory.allCells.contains { other in
            age(other) < age(parsed) && !self.context.cells.hasClaimed(other.object.name)
        }
    }

    /// Looks at a cell by a specification, which is an earlier one if what it says now is invalid.
    private func reconcile(
        _ spec: CellSpec,
        _ object: KubeObject,
        _ parsed: Parsed<CellResource>,
        _ invalid: Condition? = nil
    ) async throws {
        let runtime = self.context.cells.runtime(object.name)
        let secrets = await self.secrets(spec, object, runtime)
        // Known before anybody looks at a tenant, which would have no certificate else.
        if case .found(let bundle) = secrets.certificate { self.note(bundle.hostnames, bundle.notAfter, runtime) }
        let (former, wasTried) = (runtime.stores, runtime.view(gateway: nil).wasTried)
        let problem = await self.connect(runtime, secrets.access, for: object)
        var findings = Findings(
            object: object,
            pods: self.pods(of: object.name),
            stores: problem.map { Condition("StoresReady", .no, $0.reason, $0.message) }
                ?? Condition("StoresReady", .yes, "Connected", "Redis and PostgreSQL answer")
        )
        if let stores = runtime.stores {
            let trouble = await self.serve(secrets.certificate, runtime, stores)
            let wasTroubled = runtime.state.withLock { state in
                defer { state.isTroubled = trouble != nil }
                return state.isTroubled
            }
            // What failed meanwhile is not made to wait for its next attempt.
            if wasTroubled, trouble == nil { self.context.lookAtTenants(in: object.name) }
            if problem == nil, let trouble {
                findings.stores = Condition("StoresReady", .no, trouble.reason, trouble.message)
            }
        }
        // Who waited for a first word of the stores has it; in other stores nobody is served yet.
        if !wasTried || runtime.stores !== former { self.context.lookAtTenants(in: object.name) }
        let served = await runtime.stores?.certificateEnds.own
        findings.certificate = CellCertificate.condition(secrets.certificate, served: served, now: Date())
        let isAway =
            await runtime.stores?.isDatabaseAway(patience: self.context.settings.storePatience)
            ?? ["PostgresUnavailable", "SecretNotFound"].contains(problem?.reason)
        let wasAway = runtime.state.withLock { state in
            defer { state.isDatabaseAway = isAway }
            return state.isDatabaseAway
        }
        if let stores = runtime.stores { await self.look(at: stores, spec, &findings) }
        // Who may go, or go elsewhere, since nobody waits for these stores, hears of it.
        if isAway != wasAway, object.areStoresLost { self.context.lookAtTenants(in: object.name) }
        // The first edges are made when there is something to start with: the Secrets, stores that answer and a schema. Those
        // that there are wait for their stores by themselves.
        let edges = self.context.known(.deployments, self.deploymentKey(object.name))
        // Who does not hold the stores leaves edges and workers to who does.
        let isHeld = findings.stores.reason != "StoresInUse"
        let usable = isHeld && runtime.stores != nil ? try? secrets.access.get() : nil
        await self.lookAtWorkers(spec, runtime, usable, &findings)
        findings.archive = self.archiveCondition(spec, try? secrets.access.get(), runtime)
        if isHeld, let access = try? secrets.access.get(), runtime.stores != nil || edges != nil {
            await self.applyEdges(spec, runtime, access, &findings)
        } else {
            self.observe(runtime, &findings)
        }
        do {
            try await self.scale(spec, runtime, isHeld: isHeld, &findings)
        } catch {
            let text = "the API server does not take the number of edges: \(error)"
            findings.scaling = Condition("Autoscaling", .unknown, "ApplyRejected", text)
        }
        try await self.write(Self.conditions(findings, invalid), findings, parsed)
    }

    /// Looks at what a cell has whose specification cannot be read and never could be by this process.
    private func hold(_ object: KubeObject, _ parsed: Parsed<CellResource>, _ invalid: Condition) async throws {
        let runtime = self.context.cells.runtime(object.name)
        runtime.state.withLock { $0.problem = .init(reason: invalid.reason, message: invalid.message) }
        let text = "not looked at while the specification is invalid"
        let stores = Condition("StoresReady", .unknown, "InvalidSpec", text)
        var findings = Findings(object: object, pods: self.pods(of: object.name), stores: stores)
        findings.scaling = Condition("Autoscaling", .unknown, "InvalidSpec", text)
        findings.certificate = Condition("CertificateReady", .unknown, "InvalidSpec", text)
        self.observe(runtime, &findings)
        try await self.write(Self.conditions(findings, invalid), findings, parsed)
    }

    /// What concerns the stores: the certificate, who is no tenant any more, usage, what is to be erased.
    ///
    /// - Returns: which store is away, if one is.
    private func serve(
        _ certificate: CellStores.OwnCertificate,
        _ runtime: CellRuntime,
        _ stores: CellStores
    ) async -> CellStores.Problem? {
        let trouble = await stores.trouble(patience: self.context.settings.storePatience)
        if let trouble, trouble.reason != "PostgresUnavailable" { return trouble }
        do {
            let names = try await stores.settle(own: certificate)
            self.note(names, await stores.certificateEnds.own, runtime)
            let directory = self.context.directory
            let known = Set(directory.tenants(in: runtime.name).compactMap { TenantID($0.name) })
            let away = try await stores.expireDeparted(at: self.context.settings.now()) { id, uid in
                directory.tenants(named: id.text).contains { $0.object.uid == uid && !$0.isDeleting }
            }
            for id in await stores.projected.subtracting(known).subtracting(away).sorted() {
                self.context.logger.warning(
                    "a projected tenant does not live here: withdrawn",
                    metadata: ["tenant": "\(id)", "cell": "\(runtime.name)"]
                )
                _ = try await stores.withdraw(id)
                try await stores.removeCertificate(name: id.text)
            }
            try await stores.completeIfSettled { known }
        } catch {
            return .init(reason: "RedisUnavailable", message: "what the edges serve cannot be written: \(error)")
        }
        if trouble == nil { self.startUpkeep(runtime, stores) }
        return trouble
    }

    /// Notes the names of the cell's own certificate and when it ends, and has tenants looked at again if these are others.
    private func note(_ names: [String], _ end: Date?, _ runtime: CellRuntime) {
        let isNew = runtime.state.withLock { state in
            defer { (state.certificateNames, state.certificateEnd) = (names, end) }
            return state.certificateNames != names || state.certificateEnd != end
        }
        if isNew { self.context.lookAtTenants(in: runtime.name) }
    }

    /// Looks up usage and erases what is due, beside the looks at the cell: either may take its time.
    private func startUpkeep(_ runtime: CellRuntime, _ stores: CellStores) {
        let isFree = runtime.state.withLock { state in
            defer { state.isKeepingUp = true }
            return !state.isKeepingUp
        }
        guard isFree else { return }
        Task { [context] in
            await CellUsage(context: context, runtime: runtime).refresh(stores)
            await RetentionSweeper(context: context, runtime: runtime).sweep(stores)
            runtime.state.withLock { $0.isKeepingUp = false }
        }
    }

    // MARK: The status

    private static func conditions(_ findings: Findings, _ invalid: Condition?) -> [Condition] {
        let others = [findings.worker, findings.archive].compactMap { $0 }
        let parts = [findings.stores, findings.edge, findings.scaling, findings.certificate] + others
        let wrong = parts.prefix(2).first { $0.status != .yes }
        // What is not as it should be although everybody is served. Figures are missing for a moment after each start.
        let besides = parts.first { $0.severity == .complaint && $0.reason != "FiguresMissing" }
        let edges = findings.fleet.readyReplicas
        let ready =
            invalid ?? wrong.map { Condition("Ready", .no, $0.reason, $0.message) }
            ?? besides.map { Condition("Ready", .yes, $0.reason, $0.message) }
            ?? Condition("Ready", .yes, "Serving", edges == 1 ? "1 edge serves" : "\(edges) edges serve")
        return [ready] + parts
    }

    private func write(
        _ conditions: [Condition],
        _ findings: Findings,
        _ parsed: Parsed<CellResource>
    ) async throws(KubeError) {
        let object = findings.object
        var conditions = conditions
        if let ignored = Condition(ignored: parsed.ignored) { conditions.append(ignored) }
        if parsed.isDeleting, let reason = await self.usedBy(parsed) {
            conditions.append(Condition("Deleting", .yes, "StillUsed", reason))
        }
        let runtime = self.context.cells.runtime(object.name)
        let name = object.name
        let certificates = await runtime.stores?.certificateEnds
        self.context.figures.update(name) { [conditions] figures in
            figures.conditions = conditions
            // Those of a store that is not connected are used on.
            if let certificates { figures.certificates = certificates }
        }
        let tenants = self.context.directory.count(livingIn: name)
        let selector = OperatorNames.selector(name).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let status: JSON = [
            "observedGeneration": .integer(Int64(object.generation)),
            "conditions": conditions.json(of: object, now: Date()),
            "replicas": .integer(Int64(findings.fleet.replicas)),
            "readyReplicas": .integer(Int64(findings.fleet.readyReplicas)),
            "desiredReplicas": .integer(Int64(findings.fleet.desiredReplicas)),
            "connections": .integer(Int64(findings.fleet.connections)),
            "tenants": .integer(Int64(tenants)),
            // What is not known is as it was, not none.
            "retainedTenants": runtime.state.withLock { $0.retained }.map { .integer(Int64($0)) }
                ?? object.status["retainedTenants"],
            "image": JSON(findings.image),
            "wantedImage": JSON(findings.wantedImage),
            "selector": .string(selector.joined(separator: ",")),
        ]
        for condition in conditions.changed(since: object) where condition.type == "Ready" {
            self.context.announce(condition, of: object)
        }
        try await self.context.write(status: status, of: object, .cells)
    }
}
