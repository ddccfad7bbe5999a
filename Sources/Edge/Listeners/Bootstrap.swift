// How sockets are set up, once for all of the clients' listeners.

import NIOCore
import NIOPosix

extension ServerBootstrap {
    /// The socket options that all of the clients' listeners share.
    ///
    /// Addresses of both versions: `[::]` takes IPv4 clients too. Small memory for a socket that is read once a turn.
    static func forClients(on group: any EventLoopGroup, through entrance: Entrance) -> ServerBootstrap {
        ServerBootstrap(group: group).accepting(through: entrance)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // Linux hands these on to the connections that are accepted, which saves two calls for each.
            .serverChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .serverChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelOption(.maxMessagesPerRead, value: 1)
    }

    /// Accepts while there is room.
    ///
    /// Where the kernel has no descriptor or no memory all the same, accepting waits a moment instead of failing as fast as
    /// it can.
    func accepting(through entrance: Entrance) -> ServerBootstrap {
        self.serverChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandlers(AcceptBackoffHandler(), EntranceHandler(entrance))
            }
        }
    }
}
