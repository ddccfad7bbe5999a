// That clients are to come by TLS alone (ircv3.net/specs/extensions/sts).

import Simulation
import Tenant
import Testing

@Suite struct StrictTransportTests {
    /// What CAP LS or CAP NEW says of it.
    private func policy(_ lines: [Line]) -> [Substring] {
        lines.with("CAP").flatMap { $0.text.split(separator: " ") }.filter { $0.split(separator: "=").first == "sts" }
    }

    private func harness(_ sts: StrictTransportSettings) async throws -> CommandHarness {
        let harness = try CommandHarness()
        // Somebody is here, so that the network is.
        _ = await harness.client("zoe")
        await self.apply(sts, to: harness)
        return harness
    }

    private func apply(_ sts: StrictTransportSettings, to harness: CommandHarness) async {
        var tenant = harness.tenant
        tenant.settings.sts = sts
        await harness.apply(tenant)
    }

    private func settings(_ days: Int?, preload: Bool = false) -> StrictTransportSettings {
        var sts = StrictTransportSettings()
        sts.duration = days.map { .seconds($0 * 86_400) }
        sts.preload = preload
        return sts
    }

    private typealias Case = (days: Int?, preload: Bool, plain: [String], secure: [String])

    @Test(
        arguments: [
            (nil, false, [], []), (nil, true, [], []),
            (30, false, ["sts=port=6697"], ["sts=duration=2592000"]),
            (30, true, ["sts=port=6697"], ["sts=duration=2592000,preload"]),
            // What was said before is taken back where nobody in between can do so.
            (0, true, [], ["sts=duration=0"]),
        ] as [Case]
    )
    private func `who comes without TLS is told where it is, who has it for how long to use it`(expected: Case)
        async throws
    {
        let harness = try await self.harness(self.settings(expected.days, preload: expected.preload))
        for (isSecure, words) in [(false, expected.plain), (true, expected.secure)] {
            let client = harness.stranger(isSecure: isSecure)
            #expect(self.policy(await client.send("CAP LS 302")).map(String.init) == words)
        }
    }

    @Test(arguments: ["CAP LS", "CAP LS 301"], [true, false])
    func `who knows no values is told nothing`(line: String, isSecure: Bool) async throws {
        let harness = try await self.harness(self.settings(30))
        #expect(self.policy(await harness.stranger(isSecure: isSecure).send(line)).isEmpty)
    }

    @Test(arguments: [true, false])
    func `it cannot be asked for, and is in nobody's list`(isSecure: Bool) async throws {
        let client = try await self.harness(self.settings(30)).stranger(isSecure: isSecure)
        _ = await client.send("CAP LS 302")
        for request in ["sts", "-sts", "batch sts"] {
            #expect(await client.send("CAP REQ :\(request)").shorts == ["CAP * NAK \(request)"])
        }
        #expect(await client.send("CAP LIST").shorts == ["CAP * LIST cap-notify"])
    }

    @Test func `who is here is told of changes, and never that there is nothing any more`() async throws {
        let harness = try await self.harness(self.settings(nil))
        let clients = [true, false].map { harness.stranger(isSecure: $0) }
        for (client, nick) in zip(clients, ["ann", "bob"]) {
            _ = await client.send("CAP LS 302", "NICK \(nick)", "USER x 0 * :X", "CAP END")
        }
        let old = await harness.client("old")
        for (days, secure, plain) in [
            (30, ["CAP ann NEW sts=duration=2592000"], ["CAP bob NEW sts=port=6697"]),
            (60, ["CAP ann NEW sts=duration=5184000"], []), (nil, [], []), (0, ["CAP ann NEW sts=duration=0"], []),
        ] as [(Int?, [String], [String])] {
            await self.apply(self.settings(days), to: harness)
            #expect(await clients[0].hears().shorts == secure)
            #expect(await clients[1].hears().shorts == plain)
        }
        #expect(await old.hears().isEmpty)
    }
}
