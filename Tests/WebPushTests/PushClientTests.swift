import NIOCore
import NIOPosix
import Synchronization
import Tenant
import Testing
import WebPush

/// Requests are never sent to where they may not go.
struct PushClientTests {
    private final class Accepted: Sendable {
        let count = Atomic(0)
    }

    /// Counts who connects, and sends them away.
    private static func server(_ accepted: Accepted) async throws -> any Channel {
        try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                accepted.count.add(1, ordering: .relaxed)
                return channel.close()
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    private func request(to host: String, _ port: Int) throws -> PushRequest {
        PushRequest(
            endpoint: try #require(PushEndpoint("https://\(host):\(port)/x")),
            authorization: "vapid",
            timeToLive: 60,
            urgency: .high,
            topic: nil,
            body: [1, 2, 3]
        )
    }

    @Test(
        arguments: [
            (["127.0.0.1"], .forbidden), (["::1"], .forbidden), (["10.0.0.1", "169.254.169.254"], .forbidden),
            (["::ffff:127.0.0.1"], .forbidden), ([], .unreachable), (["nonsense"], .forbidden),
            (["fe80::1%lo"], .forbidden),
        ] as [([String], PushAnswer)]
    )
    func `nobody is connected to where a name may not lead`(addresses: [String], answer: PushAnswer) async throws {
        let accepted = Accepted()
        let server = try await Self.server(accepted)
        let client = try PushClient(
            group: MultiThreadedEventLoopGroup.singleton,
            policy: AddressPolicy(),
            resolver: PushResolver { _ in addresses }
        )
        let port = try #require(server.localAddress?.port)
        #expect(await client.post(try self.request(to: "push.example", port)) == answer)
        #expect(accepted.count.load(ordering: .relaxed) == 0)
        try await server.close()
    }

    @Test func `the address that was looked at is the one that is connected to, and a name is looked up once`()
        async throws
    {
        let (accepted, asked) = (Accepted(), Accepted())
        let server = try await Self.server(accepted)
        let client = try PushClient(
            group: MultiThreadedEventLoopGroup.singleton,
            policy: AddressPolicy(trusted: [try #require(IPNetwork("127.0.0.1"))]),
            resolver: PushResolver { _ in
                // Whoever asks again is led elsewhere.
                asked.count.add(1, ordering: .relaxed) == (0, 1) ? ["10.0.0.1", "127.0.0.1"] : ["192.168.0.1"]
            }
        )
        let port = try #require(server.localAddress?.port)
        #expect(await client.post(try self.request(to: "push.example", port)) == .unreachable)
        #expect(accepted.count.load(ordering: .relaxed) == 1)
        #expect(asked.count.load(ordering: .relaxed) == 1)
        try await server.close()
    }
}
