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
                for key in context.directory.tenants(inNamespace: change.key.name) { context.tenantQueue.add(key) }
            }
        }
    }
}
