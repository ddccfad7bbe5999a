package import NIOCore
import NIOPosix
import Synchronization

/// A TCP proxy that misbehaves on command: delays, cuts, swallows replies, stands still.
package final class FaultProxy: Sendable {
    /// What happens to bytes.
    package enum Mode: Sendable, Hashable {
        case pass
        /// Every piece comes this much later.
        case delay(TimeAmount)
        /// Requests arrive, replies are lost.
        case swallowReplies
        /// Nothing arrives either way, and nobody is told: a half-open connection.
        case stall
        /// Connections are accepted and closed at once.
        case refuse
    }

    private struct State {
        var mode = Mode.pass
        var target: @Sendable () -> Int
        var pairs: [ObjectIdentifier: (any Channel, any Channel)] = [:]
        var accepted = 0
    }

    /// The port on 127.0.0.1 that clients connect to.
    package let port: Int
    private let listener: any Channel
    private let state: SharedState

    /// Shared with the connections' handlers, which may outlive the proxy for a moment.
    fileprivate final class SharedState: Sendable {
        private let state: Mutex<State>

        init(to target: @escaping @Sendable () -> Int) { self.state = Mutex(State(target: target)) }

        var mode: Mode { self.state.withLock { $0.mode } }

        var channels: [any Channel] { self.state.withLock { $0.pairs.values.flatMap { [$0.0, $0.1] } } }

        var target: Int { self.state.withLock { $0.target }() }

        func set(_ mode: Mode) { self.state.withLock { $0.mode = mode } }

        func lead(to target: Int) { self.state.withLock { $0.target = { target } } }

        var accepted: Int { self.state.withLock { $0.accepted } }

        func add(_ client: any Channel, _ server: any Channel) {
            let id = ObjectIdentifier(client)
            self.state.withLock { state in
                state.pairs[id] = (client, server)
                state.accepted += 1
            }
            client.closeFuture.whenComplete { _ in _ = self.state.withLock { $0.pairs.removeValue(forKey: id) } }
        }
    }

    /// Starts to listen.
    ///
    /// - Parameter target: The port on 127.0.0.1 that it connects to.
    /// - Throws: What NIO throws if it cannot listen.
    package convenience init(to target: Int) async throws { try await self.init { target } }

    /// Starts to listen.
    ///
    /// - Parameter target: Says for each connection to which port on 127.0.0.1 it is led.
    /// - Throws: What NIO throws if it cannot listen.
    package init(to target: @escaping @Sendable () -> Int) async throws {
        let state = SharedState(to: target)
        self.state = state
        let group = MultiThreadedEventLoopGroup.singleton
        self.listener = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { client in Self.connect(client, state) }
            .bind(host: "127.0.0.1", port: 0).get()
        self.port = self.listener.localAddress?.port ?? 0
    }

    /// Changes what happens to bytes from now on.
    package func set(_ mode: Mode) {
        self.state.set(mode)
        // That is about connections to come; what stands still does not move for it.
        if mode == .refuse { return }
        let reads = mode != .stall
        let set = self.state.channels.map { $0.setOption(.autoRead, value: reads) }
        // What is sent from now on stands still, not only what comes once the loops have heard of it.
        if mode == .stall { for done in set { try? done.wait() } }
    }

    /// Leads new connections to another port on 127.0.0.1.
    package func lead(to target: Int) { self.state.lead(to: target) }

    /// Ends every connection there is; new ones are served.
    package func cut() {
        for channel in self.state.channels { channel.close(promise: nil) }
    }

    /// How many connections there are.
    package var connections: Int { self.state.channels.count / 2 }

    /// How many connections there ever were.
    package var accepted: Int { self.state.accepted }

    /// Stops listening and ends every connection.
    package func end() async {
        try? await self.listener.close()
        self.cut()
    }

    private static func connect(_ client: any Channel, _ state: SharedState) -> EventLoopFuture<Void> {
        if state.mode == .refuse { return client.eventLoop.makeFailedFuture(ChannelError.connectPending) }
        return ClientBootstrap(group: client.eventLoop)
            .channelInitializer { server in
                server.eventLoop.makeCompletedFuture {
                    try server.pipeline.syncOperations.addHandler(Relay(to: client, state, isReply: true))
                    try client.pipeline.syncOperations.addHandler(Relay(to: server, state, isReply: false))
                }
            }
            .connect(host: "127.0.0.1", port: state.target)
            .map { server in
                state.add(client, server)
                guard state.mode == .stall else { return }
                for channel in [client, server] { _ = channel.setOption(.autoRead, value: false) }
                // Set to another meanwhile: whoever did may not have seen these two.
                guard state.mode != .stall else { return }
                for channel in [client, server] { _ = channel.setOption(.autoRead, value: true) }
            }
    }

    /// Carries the bytes of one direction.
    private final class Relay: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let peer: any Channel
        private let state: SharedState
        private let isReply: Bool

        init(to peer: any Channel, _ state: SharedState, isReply: Bool) {
            self.peer = peer
            self.state = state
            self.isReply = isReply
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = self.unwrapInboundIn(data)
            switch self.state.mode {
            case .swallowReplies where self.isReply: break
            case .delay(let time):
                let peer = self.peer
                context.eventLoop.scheduleTask(in: time) { peer.writeAndFlush(bytes, promise: nil) }
            default: self.peer.writeAndFlush(bytes, promise: nil)
            }
        }

        func channelInactive(context: ChannelHandlerContext) { self.peer.close(promise: nil) }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
