package import Logging
import NIOCore
package import Observability
import Synchronization

/// What all listeners of a process share: how many connections may be open, and who waits to be known.
///
/// Accepting stops, on all of them, before the process has no descriptor left for what it needs itself: files, and connections
/// to its stores. Those who wait make room first. It goes on once some connections have ended.
package final class Entrance: Sendable {
    /// How many descriptors are kept for the process itself.
    package static let reserve = 100
    /// How many of one network may wait to be known.
    package static let waitingOfNetwork = 1024

    private struct State {
        var open = 0
        /// Those that were let in since the descriptors were looked at.
        var unlooked = 0
        /// The most descriptors that were seen open and that are no connection's.
        ///
        /// The lowest that is free does not tell how many are open while there are gaps below it, which those that are closed to
        /// make room leave.
        var others = 0
        /// How many may be open when accepting goes on; nil while it goes on.
        var resumesAt: Int?
        var listeners: [any Channel] = []
        var pauses: UInt64 = 0
        var told: ContinuousClock.Instant?
        var isTold = false
    }

    let waiting: WaitingRoom
    /// How often each address may ask for the page for proofs, and answer.
    let proofRequests: RequestPace
    private let bound: Int
    private let slack: Int
    /// The descriptors are looked at once for so many connections: they are two calls to the kernel.
    private let looksEvery: Int
    private let lowestFree: @Sendable () -> Int
    private let logger: Logger?
    private let state = Mutex(State())

    /// Where each pause would be told, an attack would fill the log.
    private static let quiet = Duration.seconds(10)

    /// An entrance for a process that may have so many descriptors.
    ///
    /// - Parameters:
    ///   - limit: The most descriptors that the process may have.
    ///   - reserve: How many of them are not for connections; a quarter at most.
    ///   - logger: Told when accepting stops and goes on, now and then.
    package convenience init(descriptors limit: Int, reserve: Int = Entrance.reserve, logger: Logger) {
        let reserve = min(reserve, limit / 4)
        let probe = DescriptorProbe()
        self.init(
            bound: limit - reserve,
            slack: reserve / 4,
            // What the reserve lends meanwhile, it has.
            looksEvery: max(1, reserve / 8),
            waitingOfNetwork: min(Self.waitingOfNetwork, (limit - reserve) / 4),
            logger: logger,
            lowestFree: { probe.lowestFree() }
        )
    }

    /// An entrance that has room for everybody.
    package convenience init() {
        self.init(bound: .max, slack: 0, waitingOfNetwork: Self.waitingOfNetwork, logger: nil, lowestFree: { 0 })
    }

    /// States the numbers.
    ///
    /// - Parameters:
    ///   - bound: The descriptors that may be open before accepting stops.
    ///   - slack: How many connections must end before it goes on.
    ///   - looksEvery: For how many connections the descriptors are looked at once; so many more than `bound` may be open.
    ///   - waitingOfNetwork: How many of one network may wait to be known.
    ///   - logger: Told when accepting stops and goes on, now and then.
    ///   - lowestFree: The lowest descriptor that is free.
    ///   - proofRequests: How often each address may ask for the page for proofs, and answer.
    package init(
        bound: Int,
        slack: Int,
        looksEvery: Int = 1,
        waitingOfNetwork: Int,
        logger: Logger?,
        lowestFree: @escaping @Sendable () -> Int,
        proofRequests: RequestPace = RequestPace()
    ) {
        self.proofRequests = proofRequests
        self.bound = bound
        self.slack = max(1, slack)
        self.looksEvery = looksEvery
        self.waiting = WaitingRoom(bound: waitingOfNetwork)
        self.logger = logger
        self.lowestFree = lowestFree
    }

    /// Counts a connection that was accepted until it is closed.
    func opened(_ channel: any Channel) {
        let isLookedAt = self.state.withLock { state in
            state.open += 1
            state.unlooked = (state.unlooked + 1) % self.looksEvery
            return state.unlooked == 0
        }
        channel.closeFuture.whenComplete { _ in self.closed() }
        let lowestFree = isLookedAt ? self.lowestFree() : 0
        let isPaused = self.state.withLock { state in
            if lowestFree >= self.bound {
                let used = lowestFree == .max ? self.bound : lowestFree
                state.others = max(state.others, used - state.open)
            }
            guard state.open >= self.bound - state.others, state.resumesAt == nil else { return false }
            state.resumesAt = max(0, state.open - self.slack)
            state.pauses += 1
            let now = ContinuousClock.now
            state.isTold = state.told.map { now - $0 >= Self.quiet } ?? true
            if state.isTold { state.told = now }
            self.tell(state.listeners)
            return true
        }
        guard isPaused else { return }
        if self.state.withLock(\.isTold) {
            self.logger?.warning(
                "no connections are accepted until some have ended: the process has as many files and sockets as it may",
                metadata: ["descriptors": "\(self.bound)", "connections": "\(self.state.withLock(\.open))"]
            )
        }
        self.waiting.shed(self.slack)
    }

    private func closed() {
        let isTold = self.state.withLock { state in
            state.open -= 1
            guard let resumesAt = state.resumesAt, state.open <= resumesAt else { return false }
            state.resumesAt = nil
            self.tell(state.listeners)
            return state.isTold
        }
        if isTold { self.logger?.notice("connections are accepted again") }
    }

    /// Has a listener accept as long as there is room.
    func add(_ listener: any Channel) {
        self.state.withLock { state in
            state.listeners.append(listener)
            self.tell([listener])
        }
        listener.closeFuture.whenComplete { _ in
            self.state.withLock { $0.listeners.removeAll { $0 === listener } }
        }
    }

    /// Each looks for itself, on its own loop, how things are by then: so none is left with what was true before.
    private func tell(_ listeners: [any Channel]) {
        for listener in listeners {
            listener.eventLoop.execute {
                let accepts = self.state.withLock { $0.resumesAt == nil }
                listener.setOption(.autoRead, value: accepts).whenFailure { _ in }
            }
        }
    }

    /// What `/metrics` shows of it.
    package var families: [MetricFamily] {
        let (open, isPaused, pauses) = self.state.withLock { ($0.open, $0.resumesAt != nil, $0.pauses) }
        let waiting = self.waiting.figures
        func family(_ name: String, _ kind: MetricFamily.Kind, _ value: Double, _ help: String) -> MetricFamily {
            MetricFamily(name, help: help, kind: kind, samples: [.init(value)])
        }
        return [
            family(
                "roost_open_sockets",
                .gauge,
                Double(open),
                "Connections that listeners accepted and that are open."
            ),
            family("roost_accepting", .gauge, isPaused ? 0 : 1, "0 while no connections are accepted."),
            family(
                "roost_accept_pauses_total",
                .counter,
                Double(pauses),
                "Times that accepting stopped since the process had as many descriptors as it may."
            ),
            family(
                "roost_waiting_sockets",
                .gauge,
                Double(waiting.waiting),
                "Connections that have proved nothing yet."
            ),
            family(
                "roost_waiting_refused_total",
                .counter,
                Double(waiting.refused),
                "Connections refused since too many of their network had proved nothing yet."
            ),
            family(
                "roost_waiting_shed_total",
                .counter,
                Double(waiting.shed),
                "Connections that had proved nothing yet and were closed to make room."
            ),
        ]
    }
}

/// Tells the entrance of a listener and of the connections that it accepts.
final class EntranceHandler: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private let entrance: Entrance

    init(_ entrance: Entrance) { self.entrance = entrance }

    func channelActive(context: ChannelHandlerContext) {
        self.entrance.add(context.channel)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.entrance.opened(self.unwrapInboundIn(data))
        context.fireChannelRead(data)
    }
}
