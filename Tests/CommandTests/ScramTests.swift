// AUTHENTICATE SCRAM-SHA-256 and SCRAM-SHA-512 (RFC 5802, RFC 7677; ircv3.net/specs/extensions/sasl-3.1).

import Simulation
import Testing

@Suite struct ScramTests {
    @Test(arguments: [false, true])
    func `AUTHENTICATE SCRAM-SHA-256 and 512 prove both sides to each other`(isLong: Bool) async throws {
        let harness = try CommandHarness()
        harness.accounts.add("ann", password: "pencil")
        let client = await harness.negotiating()
        #expect(try await client.proves("ann", "pencil", isLong: isLong).commands == ["900", "903"])
        #expect(await client.send("CAP END").first?.command == "001")
        #expect(await client.send("WHOIS ann").with("330").first?.parameters[2] == "ann")
    }

    @Test(arguments: [("ann", "wrong"), ("nobody", "pencil"), ("nobody", "nobody's")], [false, true])
    func `a wrong proof and an unknown account look alike`(
        claimed: (account: String, password: String),
        isLong: Bool
    ) async throws {
        let harness = try CommandHarness()
        harness.accounts.add("ann", password: "pencil")
        let client = await harness.negotiating()
        #expect(try await client.proves(claimed.account, claimed.password, isLong: isLong).commands == ["904"])
        #expect(try await client.proves("ann", "pencil").commands == ["900", "903"])
    }

    @Test func `tries with a proof count as those with a password`() async throws {
        let harness = try CommandHarness()
        harness.accounts.add("ann", password: "pencil")
        let client = await harness.negotiating()
        for _ in 0..<10 { #expect(try await client.proves("ann", "wrong").commands == ["904"]) }
        _ = await client.send("AUTHENTICATE PLAIN")
        #expect(await client.send("AUTHENTICATE \(plain("ann", "pencil"))").isEmpty)
    }

    @Test func `good log-ins with a proof do not count as tries`() async throws {
        let harness = try CommandHarness()
        harness.accounts.add("ann", password: "pencil")
        for index in 0..<20 {
            let client = await harness.negotiating("n\(index)")
            #expect(try await client.proves("ann", "pencil").commands == ["900", "903"])
        }
    }
}
