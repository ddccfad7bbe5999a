package import Tenant

/// A device that is pushed to what an account would want to know at once.
package struct PushRegistration: Hashable, Sendable {
    package let endpoint: PushEndpoint
    package let keys: PushKeys
    /// What its client understands, by the names of capabilities: lines are pushed as it would be told them.
    package let capabilities: [String]

    package init(endpoint: PushEndpoint, keys: PushKeys, capabilities: [String]) {
        self.endpoint = endpoint
        self.keys = keys
        self.capabilities = capabilities
    }
}
