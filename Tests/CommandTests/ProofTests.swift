// PROOF, and what REGISTER and the admission say of it.

import Chat
import Crypto
import Realm
import Simulation
import Tenant
import Testing

@Suite struct ProofTests {
    private struct NoAnswer: Error {}

    /// Does the work that a URL asks for.
    private func solve(_ url: String) throws -> (challenge: String, number: String) {
        let challenge = try #require(url.split(separator: "/").last.map(String.init))
        let bytes = try #require(Base64URL.decode(challenge))
        for number in 0..<1_000_000 {
            var zeros = 0
            for byte in SHA256.hash(data: Array("\(challenge):\(number)".utf8)) {
                zeros += byte.leadingZeroBitCount
                if byte != 0 { break }
            }
            if zeros >= Int(bytes[1]) { return (challenge, "\(number)") }
        }
        throw NoAnswer()
    }

    private func rig(shards: Int = 1, _ change: (inout AdmissionSettings) -> Void) async throws -> AccountRig {
        let rig = try await AccountRig(shards: shards)
        // Settings reach networks that there are.
        for shard in 0..<shards { _ = await rig.harness.stranger(shard: shard, address: "192.0.2.200").send("QUIT") }
        var tenant = rig.harness.tenant
        tenant.settings.admission.proof.difficulty = 6
        change(&tenant.settings.admission)
        await rig.harness.apply(tenant)
        return rig
    }

    private static let registers = "REGISTER * * :correct horse battery"

    @Test(arguments: 1...2)
    func
        `REGISTER is answered with PROOF_REQUIRED and a URL of the network's own, and passes after PROOF, on any shard`(
            shards: Int
        ) async throws
    {
        let rig = try await self.rig(shards: shards) { $0.proof.registration = true }
        let client = rig.harness.stranger()
        let fail = try #require(await client.send("NICK fresh", Self.registers).with("FAIL").first)
        #expect(fail.parameters.prefix(3) == ["REGISTER", "PROOF_REQUIRED", "fresh"])
        let url = fail.parameters[3]
        #expect(url.hasPrefix("https://acme.localhost/proof/") && fail.text.contains(url))
        let (challenge, number) = try self.solve(url)
        // Elsewhere, as a browser does it.
        let other = rig.harness.stranger(shard: shards - 1)
        #expect(
            await other.send("CAP REQ standard-replies", "PROOF \(challenge) \(number)").with("NOTE").first?.parameters
                .prefix(2) == ["PROOF", "ACCEPTED"]
        )
        #expect(await client.send(Self.registers).with("REGISTER").first?.parameters.first == "SUCCESS")
        // An answer is good once, for one account.
        let again = await other.send("PROOF \(challenge) \(number)").with("FAIL")
        #expect(again.map { $0.parameters.prefix(2) } == [["PROOF", "INVALID_PROOF"]])
        let second = rig.harness.stranger(shard: shards - 1)
        let refused = await second.send("NICK second", Self.registers).with("FAIL")
        #expect(refused.map { $0.parameters[1] } == ["PROOF_REQUIRED"])
    }

    @Test func `PROOF takes no answer that is wrong, too old, or to another tenant's question`() async throws {
        let rig = try await self.rig { $0.proof.registration = true }
        let client = rig.harness.stranger()
        let fail = try #require(await client.send("NICK fresh", Self.registers).with("FAIL").first)
        let (challenge, number) = try self.solve(fail.parameters[3])
        let key = try ProofKey(from: SymmetricKey(size: .bits256), tenant: #require(TenantID("other")))
        let foreign = key.challenge(for: "192.0.2.1", difficulty: 1, expires: 4_000_000_000, random: 1)
        let changed = String(challenge.dropLast(2)) + (challenge.hasSuffix("AA") ? "BB" : "AA")
        for (text, answer) in [
            (challenge, "x"), (challenge, "-1"), (challenge, String(repeating: "0", count: 40)), (changed, number),
            (try self.solve("/\(foreign.text)").challenge, try self.solve("/\(foreign.text)").number), ("", "1"),
        ] where !text.isEmpty {
            #expect(
                await client.send("PROOF \(text) \(answer)").with("FAIL").map { $0.parameters[1] } == ["INVALID_PROOF"],
                "\(text) \(answer)"
            )
        }
        await rig.harness.advance(by: 50)
        let late = rig.harness.stranger()
        for _ in 0..<18 {
            _ = await late.send("PING x")
            await rig.harness.advance(by: 50)
        }
        let last = rig.harness.stranger()
        #expect(
            await last.send("PROOF \(challenge) \(number)").with("FAIL").map { $0.parameters[1] } == ["INVALID_PROOF"]
        )
    }

    @Test func `who has to show work before coming in is told where, closed, and let in after that`() async throws {
        let rig = try await self.rig {
            $0.score.withoutTLS = 5
            $0.score.demandProof = 5
        }
        let stranger = rig.harness.stranger(isSecure: false)
        let lines = await stranger.send("NICK x", "USER x 0 * :X")
        let fail = try #require(lines.with("FAIL").first)
        #expect(fail.parameters.prefix(2) == ["*", "PROOF_REQUIRED"] && stranger.isClosed)
        let (challenge, number) = try self.solve(fail.parameters[2])
        let back = rig.harness.stranger(isSecure: false)
        _ = await back.send("PROOF \(challenge) \(number)")
        #expect(await back.send("NICK fresh", "USER x 0 * :X").contains { $0.command == "001" })
        // Used by that, also for an account.
        #expect(await back.send(Self.registers).with("FAIL").map { $0.parameters[1] } == ["PROOF_REQUIRED"])
        let next = rig.harness.stranger(isSecure: false)
        #expect(await next.send("NICK y", "USER y 0 * :Y").with("FAIL").count == 1)
        // Who comes by TLS, or logs in, is asked for nothing.
        #expect(await rig.harness.stranger().send("NICK z", "USER z 0 * :Z").contains { $0.command == "001" })
        try await rig.add("ann")
        let member = rig.harness.stranger(isSecure: false)
        _ = await member.send("CAP REQ sasl", "AUTHENTICATE PLAIN", "AUTHENTICATE \(plain("ann", "correct horse"))")
        #expect(await member.send("NICK ann", "USER a 0 * :A", "CAP END").contains { $0.command == "001" })
    }

    @Test func `a nickname that is taken costs no proof`() async throws {
        let rig = try await self.rig {
            $0.score.withoutTLS = 5
            $0.score.demandProof = 5
        }
        _ = await rig.harness.client("taken")
        let first = rig.harness.stranger(isSecure: false)
        let fail = try #require(await first.send("NICK x", "USER x 0 * :X").with("FAIL").first)
        let (challenge, number) = try self.solve(fail.parameters[2])
        let client = rig.harness.stranger(isSecure: false)
        _ = await client.send("PROOF \(challenge) \(number)", "USER x 0 * :X")
        #expect(await client.send("NICK taken").commands == ["433"])
        #expect(await client.send("NICK free").first?.command == "001")
    }
}
