package import NIOCore
package import Tenant

/// Addresses of sockets.
extension IPAddress {
    /// The address of a socket; `nil` for a Unix domain socket.
    package init?(_ address: SocketAddress?) {
        guard let text = address?.ipAddress else { return nil }
        self.init(text)
    }
}
