// What the platform says of namespaces: changes of it lead to the tenants that they concern, and to no others.

import KubeClient
import Tenant

extension OperatorService {
    /// Keeps what is known of namespaces, and has their tenants looked at when they may be allowed something else.
    func watchAccess(_ group: inout ThrowingTaskGroup<Void, any Error>) {
        let context = self.context
        group.addTask {
            await self.namespaces.run { change in
                guard !change.isResync, context.namespaces.update(namespace: change.object, name: change.key.name)
                else { return }
                for key in context.directory.tenants(inNamespace: change.key.name) {
                    context.tenantQueue.add(key, .upkeep)
                }
            }
        }
        for grants in self.tenantGrants {
            group.addTask {
                await grants.run { change in
                    if !change.isResync { context.namespaces.update(tenantGrant: change.object, key: change.key) }
                    let isSame = change.object?.spec == change.previous?.spec && change.object != nil
                    if change.isResync || !isSame { context.grantQueue.add(change.key) }
                    if !isSame { context.tenantQueue.add(change.key) }
                }
            }
        }
        for budgets in self.tenantQuotas {
            group.addTask {
                await budgets.run { change in
                    if !change.isResync { context.namespaces.update(tenantQuota: change.object, key: change.key) }
                    let isSame = change.object?.spec == change.previous?.spec && change.object != nil
                    // Who waits may have room now; who was accepted is not concerned.
                    if change.isResync || !isSame { context.budgetQueue.add(change.key.namespace) }
                }
            }
        }
    }
}

extension OperatorContext {
    /// Keeps the books of budgets: a tenant that is gone has nothing more.
    func account(for change: Informer.Change) {
        if change.isResync { return }
        let isNews = change.object.map(self.budgets.adopt) ?? self.budgets.release(change.key)
        if isNews { self.budgetsChanged(change.key.namespace) }
        // A grant may have waited for its tenant, or have none any more.
        let comesOrGoes = (change.object == nil) != (change.previous == nil)
        if comesOrGoes, self.namespaces.tenantGrant(change.key) != nil { self.grantQueue.add(change.key) }
    }
}
