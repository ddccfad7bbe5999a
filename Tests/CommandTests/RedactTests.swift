import Simulation
import Testing

/// REDACT (draft/message-redaction).
struct RedactTests {
    private static let capabilities = PastRig.capabilities + " draft/message-redaction standard-replies"

    /// The founder, who runs the channel, and two members, of whom one knows nothing of redaction.
    private func talk(_ rig: PastRig) async throws -> (
        host: SimulatedClient, ann: SimulatedClient, old: SimulatedClient
    ) {
        let host = await rig.logIn("bob", capabilities: Self.capabilities)
        let ann = await rig.logIn("ann", shard: rig.harness.shards.count - 1, capabilities: Self.capabilities)
        let old = await rig.harness.join("old")
        for client in [host, ann, old] { _ = await rig.harness.send(client, "JOIN #tea") }
        for client in [host, ann, old] { _ = client.take() }
        return (host, ann, old)
    }

    /// Says something and returns its id.
    private func say(_ text: String, _ client: SimulatedClient, _ rig: PastRig) async throws -> String {
        let lines = await rig.harness.send(client, "PRIVMSG #tea :\(text)")
        return try #require(lines.last.flatMap { PastRig.tag("msgid", of: $0) })
    }

    private func past(_ client: SimulatedClient, _ rig: PastRig) async -> [String] {
        let lines = await rig.harness.send(client, "CHATHISTORY LATEST #tea * 10")
        return PastRig.plain(lines).dropFirst().dropLast().map { String($0.split(separator: ":").last ?? "") }
    }

    @Test(arguments: [(1, true), (2, true), (1, false)])
    func `REDACT takes back one's own message, for those who know it and in the history`(
        shards: Int,
        isKept: Bool
    ) async throws {
        let rig = try await PastRig(shards: shards)
        let (host, ann, old) = try await self.talk(rig)
        let id = try await self.say("oops", ann, rig)
        _ = try await self.say("fine", ann, rig)
        if isKept { try await rig.keep() }
        for client in [host, old] { _ = client.take() }
        let told = PastRig.plain(await rig.harness.send(ann, "REDACT #tea \(id) :a slip"))
        #expect(told.count == 1 && told[0].hasSuffix(" REDACT #tea \(id) :a slip"), "\(told)")
        #expect(PastRig.plain(host.take()) == told)
        #expect(old.take() == [])
        try await rig.keep()
        #expect(await self.past(host, rig) == ["fine"])
        let again = await rig.harness.send(host, "REDACT #tea \(id)")
        // The live log still has it, and taking it back twice changes nothing.
        #expect(again.count == 1, "\(again)")
        #expect(await self.past(host, rig) == ["fine"])
    }

    @Test func `who runs the channel takes back what others said, and nobody else does`() async throws {
        let rig = try await PastRig()
        let (host, ann, _) = try await self.talk(rig)
        let (mine, theirs) = (try await self.say("rude", ann, rig), try await self.say("rules", host, rig))
        _ = ann.take()
        let refused = await rig.harness.send(ann, "REDACT #tea \(theirs)")
        #expect(
            refused.count == 1 && refused[0].contains(" FAIL REDACT REDACT_FORBIDDEN #tea \(theirs) "),
            "\(refused)"
        )
        #expect(await rig.harness.send(host, "REDACT #tea \(mine)").last?.hasSuffix(" REDACT #tea \(mine)") == true)
        #expect(PastRig.plain(ann.take()).last?.hasSuffix(" REDACT #tea \(mine)") == true)
        try await rig.keep()
        #expect(await self.past(ann, rig) == ["rules"])
    }

    @Test(arguments: [
        ("REDACT #tea none", "UNKNOWN_MSGID #tea none"), ("REDACT #tea 1-1-1", "UNKNOWN_MSGID #tea 1-1-1"),
        ("REDACT #none 1-1-1", "INVALID_TARGET #none"), ("REDACT no!nick 1-1-1", "INVALID_TARGET no!nick"),
        ("REDACT bob 1-1-1", "UNKNOWN_MSGID bob 1-1-1"), ("REDACT bob none", "UNKNOWN_MSGID bob none"),
        ("REDACT nobody 1-1-1", "UNKNOWN_MSGID nobody 1-1-1"),
    ])
    func `what is not there is not taken back`(line: String, answer: String) async throws {
        let rig = try await PastRig()
        let (_, ann, _) = try await self.talk(rig)
        let lines = await rig.harness.send(ann, line)
        #expect(lines.count == 1 && lines[0].contains(" FAIL REDACT \(answer) "), "\(lines)")
    }

    @Test func `who comes back is not told what was taken back meanwhile`() async throws {
        let rig = try await PastRig(shards: 2)
        let (_, ann, _) = try await self.talk(rig)
        let cid = await rig.harness.member("cid", in: "#tea").client
        cid.wire.disconnect()
        await rig.harness.settle()
        let id = try await self.say("oops", ann, rig)
        _ = try await self.say("fine", ann, rig)
        _ = await rig.harness.send(ann, "REDACT #tea \(id) :typo")
        let welcome = await rig.harness.member("cid", shard: 1).welcome
        #expect(welcome.with("PRIVMSG").map(\.text) == ["fine"])
    }
}
