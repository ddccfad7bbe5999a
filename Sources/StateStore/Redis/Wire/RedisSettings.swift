import NIOCore
import NIOSSL

/// What all connections of a store share.
struct RedisSettings: Sendable {
    let endpoint: RedisEndpoint
    let configuration: RedisConfiguration
    /// Set if the endpoint asks for TLS.
    let tls: NIOSSLContext?

    init(_ endpoint: RedisEndpoint, _ configuration: RedisConfiguration) throws {
        self.endpoint = endpoint
        self.configuration = configuration
        self.tls = endpoint.usesTLS ? try NIOSSLContext(configuration: configuration.tls) : nil
    }

    /// The name for SNI, which must not be an address.
    var serverName: String? {
        guard case .tcp(let host, _) = self.endpoint.address,
            (try? SocketAddress(ipAddress: host, port: 0)) == nil
        else { return nil }
        return host
    }
}

extension TimeAmount {
    static func / (left: TimeAmount, right: Int64) -> TimeAmount { .nanoseconds(left.nanoseconds / right) }
}
