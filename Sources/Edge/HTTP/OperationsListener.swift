import HTTPTypes
import Hummingbird
package import Logging
package import NIOCore
import NIOPosix
package import Observability

/// What operators and Kubernetes ask for: `/metrics`, `/livez`, `/readyz`.
///
/// Not for the public.
package struct OperationsListener: Sendable {
    private let group: any EventLoopGroup
    private let entrance: Entrance
    private let serving: HTTPServing

    /// States what to show.
    ///
    /// - Parameters:
    ///   - metrics: What `/metrics` shows.
    ///   - readiness: What `/readyz` tells.
    ///   - logger: Told of requests that fail.
    ///   - group: Where it runs, by default on threads that the process shares: not on shards' loops, so that a scrape
    ///     never delays clients.
    ///   - entrance: What bounds its connections; not the clients', so that it answers while no clients are accepted.
    package init(
        metrics: MetricsRegistry,
        readiness: Readiness,
        logger: Logger,
        group: (any EventLoopGroup)? = nil,
        entrance: Entrance = Entrance()
    ) {
        let router = Router(context: ClientRequestContext.self, options: .autoGenerateHeadEndpoints)
        router.addMiddleware { PlainErrors() }
        router.get("metrics") { _, _ in Response.text(await metrics.render(), type: MetricsText.mediaType) }
        router.get("livez") { _, _ in Response.text("ok\n") }
        router.get("readyz") { _, _ in
            let missing = readiness.missing
            return missing.isEmpty
                ? Response.text("ok\n")
                : Response.text(missing.joined(separator: "\n") + "\n", status: .serviceUnavailable)
        }
        self.group = group ?? MultiThreadedEventLoopGroup.singleton
        self.entrance = entrance
        self.serving = HTTPServing(router, logger: logger)
    }

    /// Binds and accepts until the returned channel is closed.
    ///
    /// - Throws: What the system says, such as that the address is in use.
    package func bind(to address: SocketAddress) async throws -> any Channel {
        try await ServerBootstrap(group: self.group)
            .accepting(through: self.entrance)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try self.serving.serve(channel) }
            }
            .bind(to: address).get()
    }
}
