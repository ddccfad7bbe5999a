import Edge
import Foundation
import Metering
import NIOCore
import NIOPosix
import StateStore
import Synchronization
import Tenant
import TestClients
import TestSupport
import Testing

/// What an edge says of itself.
@Suite(.timeLimit(.minutes(2)), .serialized)
struct FiguresTests {
    @Test func `figures are read as they were written, and what is unknown or absent does no harm`() throws {
        var figures = PodFigures(pod: "edge-1", connections: 5, sessions: 4, capacity: 100, shards: 2)
        figures.utilization = [0.25, 1]
        figures.draining = true
        figures.version = "1.2.3"
        figures.started = 1_700_000_000_000
        figures.messagesPerSecond = 12.5
        figures.tenants = [try #require(TenantID("acme")): 3, try #require(TenantID("beta")): 2]
        #expect(try PodFigures(json: figures.json()) == figures)
        let json = #"{"pod":"x","mood":"good","shards":"two","tenants":{"acme":1,"No Tenant":9}}"#
        let read = try PodFigures(json: Data(json.utf8))
        #expect(read == PodFigures(pod: "x", tenants: [try #require(TenantID("acme")): 1]))
        #expect(throws: DecodingError.self) { try PodFigures(json: Data("[]".utf8)) }
    }

    @Test(arguments: ProjectionWorld.Backend.allCases)
    func `the lease carries who is connected, and at once that the edge drains`(
        backend: ProjectionWorld.Backend
    ) async throws {
        try await ProjectionWorld.run(backend) { world in
            let authority = try TestAuthority()
            try await world.writer.put(tenant: ProjectionWorld.tenant("acme"))
            try await world.certify("acme", by: authority)
            try await world.writer.markComplete()
            try await world.serves(["acme"])
            let figures = EdgeFigures(
                pod: "edge-1",
                capacity: 100,
                started: 7,
                shards: world.server.shards,
                metrics: EdgeMetrics(next: Silence())
            )
            // The clock stands still: the first renewal is the only one that comes by itself.
            let reaper = SessionReaper(
                live: world.live,
                shards: world.server.shards,
                term: .seconds(30),
                figures: { await figures.encoded() },
                clock: StoppedClock(),
                logger: ProjectionWorld.logger
            )
            let tls = try Client.TLS(roots: authority.certificatePEM, serverName: "acme.localhost")
            try await Client.talk(to: world.listener, tls: tls) { conversation in
                try await conversation.send("NICK ann\r\nUSER ann 0 * :Ann\r\n")
                _ = try await conversation.hear(until: " 422 ")
                let keeping = Task { try await reaper.run() }
                let first = try await self.figures(in: world) { $0.connections == 1 }
                #expect(first.pod == "edge-1")
                #expect(first.sessions == 1)
                #expect(first.capacity == 100)
                #expect(first.shards == 1)
                #expect(first.utilization.count == 1 && first.utilization.allSatisfy { (0...1).contains($0) })
                #expect(!first.draining)
                #expect(first.started == 7)
                #expect(first.tenants == [try #require(TenantID("acme")): 1])
                figures.startDraining()
                await reaper.report()
                #expect(try await self.figures(in: world) { _ in true }.draining)
                keeping.cancel()
                _ = await keeping.result
            }
        }
    }

    @Test func `figures that no pod can have are cut off`() throws {
        let text = """
            {"connections": 9223372036854775807, "messagesPerSecond": 1e300, "utilization": [2e9],
            "tenants": {"acme": -5, "globex": 9223372036854775807}, "rates": {"acme": 1e300, "globex": -1}}
            """
        let figures = try PodFigures(json: Array(text.utf8))
        let (acme, globex) = (try #require(TenantID("acme")), try #require(TenantID("globex")))
        #expect(figures.connections == 1_000_000_000 && figures.messagesPerSecond == 1e9)
        #expect(figures.tenants == [acme: 0, globex: 1_000_000_000])
        #expect(figures.rates == [acme: 1e9, globex: 0])
    }

    @Test func `a loop that works is busy, one that waits is not, whether it runs tasks or reads`() async throws {
        try await ProjectionWorld.run(.inProcess) { world in
            let shards = world.server.shards
            let utilization = LoopUtilization()
            /// The share after doing something: as often as it takes, since this machine may be busy with something else.
            func share(until holds: (Double) -> Bool, _ body: () async throws -> Void) async throws -> Double {
                for _ in 1...20 {
                    _ = await utilization.shares(of: shards)
                    try await body()
                    let share = try #require(await utilization.shares(of: shards).first)
                    #expect((0...1).contains(share))
                    if holds(share) { return share }
                }
                return -1
            }
            #expect(try await share(until: { $0 < 0.5 }) { try await self.rest(.milliseconds(200)) } >= 0)
            let loop = shards.all[0].loop
            let tasks = try await share(until: { $0 > 0.6 }) {
                try await loop.submit { Self.work(for: .milliseconds(200)) }.get()
            }
            #expect(tasks > 0.6)
            // What a channel reads is handled between two runs of the loop's tasks.
            let server = try await ServerBootstrap(group: shards.group)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Toil()) }
                }
                .bind(to: SocketAddress(ipAddress: "127.0.0.1", port: 0)).get()
            let reading = try await share(until: { $0 > 0.6 }) {
                try await Client.talk(to: server) { conversation in
                    try await conversation.send("work")
                    #expect(try await conversation.hear(until: "done") == "done")
                }
            }
            #expect(reading > 0.6)
            try await server.close()
        }
    }

    /// The latest figures of the one pod that carries some.
    private func figures(
        in world: ProjectionWorld,
        _ holds: @escaping @Sendable (PodFigures) -> Bool
    ) async throws -> PodFigures {
        let found = Mutex<PodFigures?>(nil)
        try await until("figures") {
            guard let json = try await world.live.liveFigures()[world.live.pod] else { return false }
            let figures = try PodFigures(json: json)
            if holds(figures) { found.withLock { $0 = figures } }
            return holds(figures)
        }
        return try #require(found.withLock { $0 })
    }

    /// Keeps a thread busy.
    fileprivate static func work(for time: Duration) {
        let end = ContinuousClock.now + time
        var sum: UInt64 = 0
        while ContinuousClock.now < end { sum &+= 1 }
        #expect(sum > 0)
    }

    /// Waits on another loop.
    private func rest(_ time: TimeAmount) async throws {
        try await MultiThreadedEventLoopGroup.singleton.next().scheduleTask(in: time) {}.futureResult.get()
    }
}

/// Works hard at whatever it reads.
private final class Toil: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Long beside the making of a connection, on a machine that has others to work for too.
        FiguresTests.work(for: .milliseconds(600))
        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(string: "done")), promise: nil)
    }
}

/// A clock on which no time passes.
private struct StoppedClock: Clock {
    typealias Instant = ContinuousClock.Instant

    let now = ContinuousClock.now
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        for await _ in stream {}
        continuation.finish()
        throw CancellationError()
    }
}

private struct Silence: UsageSink {
    func report(_ delta: UsageDelta, of tenant: TenantID, shard: Int) {}
}
