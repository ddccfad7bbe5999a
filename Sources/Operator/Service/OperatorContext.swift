package import KubeClient
package import Logging
import Tenant

/// What all reconcilers work with.
package struct OperatorContext: Sendable {
    package let client: KubeClient
    package let settings: OperatorSettings
    package let directory: ClusterDirectory
    package let namespaces: NamespaceDirectory
    package let budgets: BudgetLedger
    package let cells: CellRegistry
    package let events: EventRecorder
    package let metrics: OperatorMetrics
    package let connector: any StoreConnector
    package let logger: Logger
    /// Tenants that are to be looked at.
    package let tenantQueue: WorkQueue<ObjectKey>
    package let cellQueue: WorkQueue<String>
    package let planQueue: WorkQueue<String>
    let grantQueue: WorkQueue<ObjectKey>
    /// Namespaces whose budgets are to be looked at.
    package let budgetQueue: WorkQueue<String>
    /// Tenants whose figures are to be written.
    package let usageQueue: WorkQueue<ObjectKey>
    /// Copies and erasures of what is stored, beside the queues.
    let tenantFigures: TenantFigures
    package let chores: TenantChores
    /// What cells own, as known, by kind.
    let owned: [KubeResource: Informer]
    let apis: OptionalAPIs
    let writtenStatuses = WrittenStatuses()
    /// The time of leading that this is for.
    package var leadership = Leadership()
    /// What is known of cells in that time.
    var figures = CellFigures()

    /// Begins to take what is to be looked at.
    func openQueues() {
        self.tenantQueue.open()
        self.cellQueue.open()
        self.planQueue.open()
        self.grantQueue.open()
        self.budgetQueue.open()
        self.usageQueue.open()
    }

    /// Has nothing wait that nobody works on: who begins to lead looks at everything.
    func closeQueues() {
        self.tenantQueue.close()
        self.cellQueue.close()
        self.planQueue.close()
        self.grantQueue.close()
        self.budgetQueue.close()
        self.usageQueue.close()
    }

    /// Has all tenants of a cell looked at, behind what somebody changes and waits for.
    func lookAtTenants(in cell: String) {
        for key in self.directory.tenants(in: cell) { self.tenantQueue.add(key, .upkeep) }
    }

    func known(_ resource: KubeResource, _ key: ObjectKey) -> KubeObject? { self.owned[resource]?[key] }

    /// Where a cell's clients reach it from outside, as far as its Service has such addresses: what DNS must lead to.
    func addresses(of cell: String) -> [String] {
        let key = ObjectKey(namespace: self.settings.namespace, name: OperatorNames.service(cell))
        return self.known(.services, key)?.balancerAddresses ?? []
    }

    /// Tells of a condition that changed.
    func announce(_ condition: Condition, of object: KubeObject) {
        self.announce(condition.reason, condition.message, of: object, warning: condition.severity == .complaint)
    }

    /// Tells of something that was done.
    func announce(_ reason: String, _ note: String, of object: KubeObject, warning: Bool = false) {
        self.events.record(
            EventRecorder.Happening(
                regarding: object.reference,
                kind: warning ? .warning : .normal,
                reason: reason,
                action: "Reconcile",
                note: note
            )
        )
    }

    /// Adds our finalizer.
    ///
    /// The revision is part of the patch: a finalizer that somebody else adds meanwhile is not lost.
    ///
    /// - Returns: the object with it.
    func addFinalizer(_ resource: KubeResource, _ object: KubeObject) async throws(KubeError) -> KubeObject {
        try await self.setFinalizers(resource, object, object.finalizers + [OperatorNames.finalizer])
    }

    /// Takes our finalizer away.
    func removeFinalizer(_ resource: KubeResource, _ object: KubeObject) async throws(KubeError) {
        do throws(KubeError) {
            let others = object.finalizers.filter { $0 != OperatorNames.finalizer }
            _ = try await self.setFinalizers(resource, object, others)
        } catch {
            if !error.isNotFound { throw error }
        }
    }

    private func setFinalizers(
        _ resource: KubeResource,
        _ object: KubeObject,
        _ finalizers: [String]
    ) async throws(KubeError) -> KubeObject {
        try await self.client.patch(
            resource,
            object.name,
            in: object.namespace,
            manager: OperatorNames.manager,
            [
                "metadata": [
                    "finalizers": .array(finalizers.map(JSON.string)),
                    "resourceVersion": .string(object.resourceVersion), "uid": .string(object.uid),
                ]
            ]
        )
    }

    /// Writes a status if it is another than the object has, and if this process leads: another knows better by now else.
    ///
    /// - Parameters:
    ///   - status: What it says then.
    ///   - object: What it is of, as it is known.
    ///   - resource: Its kind.
    ///   - onlyAtRevision: Whether it is a conflict if somebody wrote the object since.
    /// - Throws: ``KubeError``; that the object is gone is no error.
    func write(
        status: JSON,
        of object: KubeObject,
        _ resource: KubeResource,
        onlyAtRevision: Bool = false
    ) async throws(KubeError) {
        guard self.leadership.isHeld else { return }
        let known = self.writtenStatuses.status(of: object)
        let isSame = (status.fields ?? [:]).allSatisfy { known[$0.key] == $0.value }
        let isGone = (known.fields ?? [:]).keys.contains { status[$0] == .null }
        if isSame, !isGone { return }
        var applied = KubeObject(resource, name: object.name, namespace: object.namespace, ["status": status])
        if onlyAtRevision { applied.json["metadata"]["resourceVersion"] = .string(object.resourceVersion) }
        do throws(KubeError) {
            let written = try await self.client.apply(
                resource,
                applied,
                manager: OperatorNames.manager,
                subresource: "status"
            )
            self.writtenStatuses.note(written)
        } catch {
            if !error.isNotFound { throw error }
        }
    }
}

extension KubeObject {
    /// The addresses that a load balancer gave a Service.
    var balancerAddresses: [String] {
        (self.status["loadBalancer"]["ingress"].elements ?? []).compactMap { $0["hostname"].string ?? $0["ip"].string }
    }
}
