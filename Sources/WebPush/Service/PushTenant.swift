package import Tenant

/// What is needed of a tenant that pushes.
package struct PushTenant: Sendable {
    package let serverName: String
    package let key: VapidKey

    package init(serverName: String, key: VapidKey) {
        self.serverName = serverName
        self.key = key
    }
}
