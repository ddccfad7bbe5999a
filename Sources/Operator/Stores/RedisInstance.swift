import Tenant

/// One of a cell's Redis instances with its URL, which is a secret.
package struct RedisInstance: Sendable {
    /// What statuses and edges call it (``CellRedis/name``).
    package let name: String
    package let url: String

    package init(name: String, url: String) {
        self.name = name
        self.url = url
    }
}
