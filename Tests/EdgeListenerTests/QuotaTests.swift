// That an edge lives with whatever numbers a tenant's quotas have: files and the API have bounds, an edge relies on none.

import Edge
import NIOCore
import Tenant
import TestClients
import Testing

@Suite(.timeLimit(.minutes(2)))
struct QuotaTests {
    private static let limits: [Int] = [.max, .max - 1, 1 << 53, 1 << 52, 10_000_000, 1]

    @Test(arguments: limits, QuotaMode.allCases)
    func `whoever connects to a tenant with a large quota registers, joins and speaks`(
        limit: Int,
        mode: QuotaMode
    ) async throws {
        try await Rig.run { rig in
            var quotas = Quotas()
            for name in QuotaName.allCases { quotas[name] = Quota(limit: limit, mode: mode) }
            let server = try await Self.serve(quotas, in: rig)
            let heard = try await Client.talk(to: server) { conversation in
                let lines = [
                    "CAP REQ echo-message", "NICK dan", "USER d 0 * :D", "CAP END", "JOIN #a", "PRIVMSG #a :hello",
                ]
                try await conversation.send(lines.map { $0 + "\r\n" }.joined())
                return try await conversation.hear(until: "PRIVMSG #a :hello")
            }
            #expect(heard.contains(" 001 dan "))
        }
    }

    @Test(
        arguments: [0, -1, Int.min],
        [QuotaName.connections, .connectionsPerAddress, .newConnectionsPerSecond, .sessions]
    )
    func `a quota of nothing, or less, lets nobody in`(limit: Int, name: QuotaName) async throws {
        try await Rig.run { rig in
            var quotas = Quotas()
            quotas[name] = Quota(limit: limit)
            let server = try await Self.serve(quotas, in: rig)
            let heard = try await Client.talk(to: server) { conversation in
                // Who only connects holds no place; who registers wants one.
                if name != .newConnectionsPerSecond {
                    try await conversation.send("NICK dan\r\nUSER d 0 * :D\r\n")
                }
                return try await conversation.hear(until: "\r\n")
            }
            #expect(heard.hasPrefix("ERROR ") && (heard.contains("oo many") || heard.contains("full")), "\(heard)")
        }
    }

    private static func serve(_ quotas: Quotas, in rig: Rig) async throws -> any Channel {
        let id = try #require(TenantID("acme"))
        let tenant = HostedTenant(id: id, hostnames: ["acme.localhost"], quotas: quotas)
        rig.directory.replace(TenantCatalog([tenant]))
        await rig.shards.apply(rig.directory.current)
        return try await PlainListener(
            directory: rig.directory,
            nameless: NamelessClients(.belong(to: "acme")),
            trustedProxies: .none,
            shards: rig.shards
        ).bind(to: Rig.anyPort())
    }
}
