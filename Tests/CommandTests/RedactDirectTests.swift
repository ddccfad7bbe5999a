import Simulation
import Testing

/// REDACT of what two people wrote to each other (draft/message-redaction).
struct RedactDirectTests {
    private static let capabilities = PastRig.capabilities + " draft/message-redaction standard-replies"

    /// Says something to somebody and returns its id.
    private func say(_ text: String, to nick: String, _ client: SimulatedClient, _ rig: PastRig) async throws -> String
    {
        let lines = await rig.harness.send(client, "PRIVMSG \(nick) :\(text)")
        return try #require(lines.last.flatMap { PastRig.tag("msgid", of: $0) })
    }

    private func past(with nick: String, _ client: SimulatedClient, _ rig: PastRig) async -> [String] {
        let lines = await rig.harness.send(client, "CHATHISTORY LATEST \(nick) * 10")
        return PastRig.plain(lines).dropFirst().dropLast().map { String($0.split(separator: ":").last ?? "") }
    }

    @Test(arguments: [(1, true), (3, true), (3, false)])
    func `a direct message is taken back for both, on each of their clients and in the history`(
        shards: Int,
        isKept: Bool
    ) async throws {
        let rig = try await PastRig(shards: shards)
        let last = shards - 1
        let ann = await rig.logIn("ann", capabilities: Self.capabilities)
        let laptop = await rig.logIn("ann", shard: last, capabilities: Self.capabilities)
        let bob = await rig.logIn("bob", shard: shards / 2, capabilities: Self.capabilities)
        let phone = await rig.logIn("bob", shard: last, capabilities: Self.capabilities)
        let old = await rig.logIn("bob", shard: last)
        let id = try await self.say("oops", to: "bob", ann, rig)
        _ = try await self.say("fine", to: "bob", ann, rig)
        await rig.harness.advance(by: 1)
        _ = try await self.say("what?", to: "ann", bob, rig)
        if isKept { try await rig.keep() }
        for client in [ann, laptop, bob, phone, old] { _ = client.take() }
        let told = PastRig.plain(await rig.harness.send(ann, "REDACT bob \(id) :a slip"))
        #expect(told.count == 1 && told[0].hasPrefix(":ann!"), "\(told)")
        #expect(told.first?.hasSuffix(" REDACT bob \(id) :a slip") == true, "\(told)")
        for client in [laptop, bob, phone] { #expect(PastRig.plain(client.take()) == told) }
        #expect(old.take() == [])
        for _ in 0..<2 {
            #expect(await self.past(with: "bob", ann, rig) == ["fine", "what?"])
            #expect(await self.past(with: "ann", phone, rig) == ["fine", "what?"])
            try await rig.keep()
        }
    }

    @Test(arguments: [1, 2])
    func `guests take back what they wrote to each other`(shards: Int) async throws {
        let rig = try await PastRig(shards: shards)
        let cid = await rig.harness.join("cid", capabilities: Self.capabilities)
        let dora = await rig.harness.join("Dora", shard: shards - 1, capabilities: Self.capabilities)
        let id = try await self.say("oops", to: "dora", cid, rig)
        // A guest's own log ends with its pod, which has nothing of it: the history knows.
        try await rig.keep()
        #expect(dora.take().count == 1)
        let refused = await rig.harness.send(dora, "REDACT cid \(id)")
        #expect(refused.count == 1 && refused[0].contains(" FAIL REDACT REDACT_FORBIDDEN "), "\(refused)")
        for told in [await rig.harness.send(cid, "REDACT dora \(id)"), dora.take()] {
            #expect(told.count == 1 && told[0].hasSuffix(" REDACT Dora \(id)"), "\(told)")
        }
        try await rig.keep()
        #expect(await self.past(with: "Dora", cid, rig) == [])
    }

    @Test(arguments: [1, 2])
    func `what somebody else wrote, or wrote elsewhere, stays`(shards: Int) async throws {
        let rig = try await PastRig(shards: shards)
        let ann = await rig.logIn("ann", capabilities: Self.capabilities)
        let bob = await rig.logIn("bob", shard: shards - 1, capabilities: Self.capabilities)
        let cid = await rig.harness.join("cid", capabilities: Self.capabilities)
        let mine = try await self.say("mine", to: "bob", ann, rig)
        let other = try await self.say("other", to: "cid", ann, rig)
        for isKept in [false, true] {
            if isKept { try await rig.keep() }
            for client in [ann, bob, cid] { _ = client.take() }
            let refused = await rig.harness.send(bob, "REDACT ann \(mine)")
            #expect(
                refused.count == 1 && refused[0].contains(" FAIL REDACT REDACT_FORBIDDEN ann \(mine) "),
                "\(refused)"
            )
            // Whoever has no part in a conversation does not learn that there is such a message.
            for (client, line) in [(ann, "bob \(other)"), (cid, "bob \(mine)"), (cid, "ann \(mine)")] {
                let refused = await rig.harness.send(client, "REDACT \(line)")
                #expect(refused.count == 1 && refused[0].contains(" FAIL REDACT UNKNOWN_MSGID \(line) "), "\(refused)")
            }
            for client in [ann, bob, cid] { #expect(client.take() == []) }
        }
        #expect(await self.past(with: "bob", ann, rig) == ["mine"])
    }

    @Test(arguments: [true, false])
    func `whoever signed off and is back may take back what it said before`(isKept: Bool) async throws {
        let rig = try await PastRig(shards: 2)
        let ann = await rig.logIn("ann", capabilities: Self.capabilities)
        let bob = await rig.logIn("bob", capabilities: Self.capabilities)
        let id = try await self.say("oops", to: "bob", ann, rig)
        if isKept { try await rig.keep() }
        _ = await rig.harness.send(ann, "QUIT")
        let back = await rig.logIn("ann", as: "Annie", shard: 1, capabilities: Self.capabilities)
        _ = bob.take()
        #expect(await rig.harness.send(back, "REDACT bob \(id)").last?.hasSuffix(" REDACT bob \(id)") == true)
        #expect(bob.take().last?.hasSuffix(" REDACT bob \(id)") == true)
        try await rig.keep()
        #expect(await self.past(with: "Annie", bob, rig) == [])
    }

    @Test func `a message to somebody who has left goes from the history, and one to oneself is told once`()
        async throws
    {
        let rig = try await PastRig()
        let ann = await rig.logIn("ann", capabilities: Self.capabilities)
        let bob = await rig.logIn("bob", capabilities: Self.capabilities)
        let id = try await self.say("oops", to: "bob", ann, rig)
        try await rig.keep()
        _ = await rig.harness.send(bob, "QUIT")
        let answer = PastRig.plain(await rig.harness.send(ann, "@label=x REDACT bob \(id)"))
        #expect(answer.count == 1 && answer[0].hasPrefix("@label=x :ann!"), "\(answer)")
        #expect(answer.first?.hasSuffix(" REDACT bob \(id)") == true, "\(answer)")
        try await rig.keep()
        let later = await rig.logIn("bob", capabilities: Self.capabilities)
        #expect(await self.past(with: "ann", later, rig) == [])
        let note = try await self.say("note", to: "ann", ann, rig)
        #expect(await rig.harness.send(ann, "REDACT ann \(note)").count == 1)
        #expect(await self.past(with: "ann", ann, rig) == [])
    }

    @Test(arguments: 0..<2)
    func `who comes back is not told what was taken back meanwhile`(shard: Int) async throws {
        let rig = try await PastRig(shards: 2)
        let ann = await rig.logIn("ann", capabilities: Self.capabilities)
        let bob = await rig.harness.member("bob").client
        bob.wire.disconnect()
        await rig.harness.settle()
        let id = try await self.say("oops", to: "bob", ann, rig)
        _ = try await self.say("fine", to: "bob", ann, rig)
        _ = await rig.harness.send(ann, "REDACT bob \(id) :typo")
        let welcome = await rig.harness.member("bob", shard: shard).welcome
        #expect(welcome.with("PRIVMSG").map(\.text) == ["fine"])
    }
}
