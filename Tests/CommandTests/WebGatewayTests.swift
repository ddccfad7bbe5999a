// Gateways that speak for clients elsewhere (ircv3.net/specs/extensions/webirc).

import Edge
import Simulation
import Testing

@Suite struct WebGatewayTests {
    private static let gateway = "198.51.100.7"
    private static let client = "203.0.113.9"

    private func harness() throws -> CommandHarness {
        try CommandHarness(
            gateways: WebGateways(networks: try TrustedNetworks(["198.51.100.0/24"]), password: "hunter2")
        )
    }

    private func line(_ options: String = "", password: String = "hunter2", address: String = client) -> String {
        "WEBIRC \(password) web host.example \(address)" + (options.isEmpty ? "" : " :" + options)
    }

    @Test(arguments: [client, "2001:db8::9"])
    func `WEBIRC puts the client's address in the gateway's place`(address: String) async throws {
        let harness = try self.harness()
        let boss = await harness.boss()
        let web = harness.stranger(address: Self.gateway)
        #expect(await web.send(self.line(address: address)).isEmpty)
        let prefix = await web.send("NICK web", "USER web 0 * :W").first?.text.split(separator: " ").last
        let shown = await boss.send("WHOIS web").with("338").first?.parameters
        #expect(shown?.contains(address) == true, "\(shown ?? [])")
        // The same cloak as who comes from there without a gateway.
        let direct = harness.stranger(address: address)
        let other = await direct.send("NICK own", "USER web 0 * :W").first?.text.split(separator: " ").last
        #expect(prefix?.split(separator: "@").last == other?.split(separator: "@").last)
    }

    @Test func `clients of one gateway have hosts of their own`() async throws {
        let harness = try self.harness()
        let owner = await harness.client("own", in: "#a")
        for (nick, address) in [("one", Self.client), ("two", "203.0.113.200")] {
            let web = harness.stranger(address: Self.gateway)
            _ = await web.send(self.line(address: address), "NICK \(nick)", "USER \(nick) 0 * :W")
        }
        let host = try #require(await owner.send("WHOIS one").with("311").first?.parameters[3])
        let other = try #require(await owner.send("WHOIS two").with("311").first?.parameters[3])
        #expect(host != other)
    }

    @Test(
        arguments: [
            (true, "secure", true), (true, "secure=x local-port=6697", true), (true, "local-port=6697", false),
            (true, "", false), (false, "secure", false),
        ]
    )
    func `a client is secure on both of its ways or on none`(isSecure: Bool, options: String, expected: Bool)
        async throws
    {
        let harness = try self.harness()
        let web = harness.stranger(address: Self.gateway, isSecure: isSecure)
        _ = await web.send(self.line(options), "NICK web", "USER web 0 * :W")
        #expect(await web.send("WHOIS web").commands.contains("671") == expected)
    }

    @Test(arguments: [
        ("192.0.2.1", "WEBIRC hunter2 web host.example 203.0.113.9"),
        (gateway, "WEBIRC hunter3 web host.example 203.0.113.9"),
        (gateway, "WEBIRC hunter2 web host.example host.example"),
        (gateway, "NICK ann\r\nWEBIRC hunter2 web host.example 203.0.113.9"),
        (gateway, "CAP LS 302\r\nWEBIRC hunter2 web host.example 203.0.113.9"),
    ])
    func `WEBIRC of anybody else, or too late, ends the connection`(address: String, lines: String) async throws {
        let web = try self.harness().stranger(address: address)
        let told = await web.send(lines)
        #expect(told.last?.command == "ERROR" && told.last?.text.contains("WEBIRC") == true, "\(told)")
        #expect(!told.contains { $0.description.contains("hunter") })
        #expect(web.isClosed)
    }

    @Test func `WEBIRC is refused to who is on the network, and lacks nothing`() async throws {
        let harness = try self.harness()
        #expect(await harness.client("ann", address: Self.gateway).send(self.line()).commands == ["462"])
        let web = harness.stranger(address: Self.gateway)
        #expect(await web.send("WEBIRC hunter2 web host.example").commands == ["461"])
    }
}
