import Realm
import Simulation
import StateStore
import Testing

/// MARKREAD (draft/read-marker) and SEARCH (soju.im/search).
struct MarkReadTests {
    private static let capabilities = PastRig.capabilities + " draft/read-marker soju.im/search standard-replies"
    private static let (early, late) = ("timestamp=1970-01-01T00:00:01.000Z", "timestamp=1970-01-01T00:00:02.500Z")

    @Test func `MARKREAD moves a marker forward; it is shared by the clients of an account, and is told on joining`()
        async throws
    {
        let rig = try await PastRig()
        await rig.harness.advance(by: 5)
        let phone = await rig.logIn("ann", as: "phone", capabilities: Self.capabilities)
        let laptop = await rig.logIn("ann", as: "laptop", capabilities: Self.capabilities)
        let bob = await rig.logIn("bob", capabilities: Self.capabilities)
        let joined = await rig.harness.send(phone, "JOIN #tea")
        let marker = joined.firstIndex { $0.hasSuffix(" MARKREAD #tea *") }
        let end = joined.firstIndex { $0.contains(" 366 ") }
        #expect(marker != nil && end != nil && marker ?? 0 < end ?? 0, "\(joined)")
        for client in [laptop, bob] { _ = await rig.harness.send(client, "JOIN #tea") }
        _ = (phone.take(), laptop.take(), bob.take())
        let told = await rig.harness.send(phone, "MARKREAD #tea \(Self.late)")
        #expect(told.map { $0.drop { $0 != " " } } == [" MARKREAD #tea \(Self.late)"])
        #expect(laptop.take().map { $0.drop { $0 != " " } } == [" MARKREAD #tea \(Self.late)"])
        #expect(bob.take() == [])
        let again = await rig.harness.send(laptop, "MARKREAD #TEA \(Self.early)")
        #expect(again.last?.hasSuffix(" MARKREAD #TEA \(Self.late)") == true, "\(again)")
        #expect(await rig.harness.send(bob, "MARKREAD #tea").last?.hasSuffix(" MARKREAD #tea *") == true)
        #expect(await rig.harness.send(phone, "MARKREAD bob \(Self.early)").last?.hasSuffix(Self.early) == true)
        #expect(await rig.harness.send(bob, "MARKREAD ann").last?.hasSuffix(" MARKREAD ann *") == true)
    }

    /// What a client is told, without the server's name.
    private func heard(_ client: SimulatedClient) -> [String] {
        client.take().map { line in String(line.drop { $0 != " " }.dropFirst()) }
    }

    @Test(arguments: 0..<2)
    func `a marker that moves is told to all clients of the account that know markers, on any shard`(
        shard: Int
    ) async throws {
        let rig = try await PastRig(shards: 2)
        await rig.harness.advance(by: 5)
        let phone = await rig.logIn("ann", capabilities: Self.capabilities)
        let laptop = await rig.logIn("ann", shard: shard, capabilities: Self.capabilities)
        let old = await rig.logIn("ann", shard: shard)
        let bob = await rig.logIn("bob", shard: shard, capabilities: Self.capabilities)
        for client in [phone, bob] { _ = await rig.harness.send(client, "JOIN #tea") }
        for client in [phone, laptop, old, bob] { _ = client.take() }
        for target in ["#tea", "bob"] {
            _ = await rig.harness.send(phone, "MARKREAD \(target) \(Self.late)")
            #expect(self.heard(laptop) == ["MARKREAD \(target) \(Self.late)"])
            // It stays where it is, and the others know that.
            let again = await rig.harness.send(laptop, "MARKREAD \(target) \(Self.early)")
            #expect(again.count == 1 && again[0].hasSuffix(" MARKREAD \(target) \(Self.late)"), "\(again)")
            for client in [phone, old, bob] { #expect(client.take() == []) }
        }
    }

    @Test func `whoever logged in later, beside the account's session, moves its marker too`() async throws {
        let rig = try await PastRig(shards: 2)
        await rig.harness.advance(by: 5)
        let phone = await rig.logIn("ann", capabilities: Self.capabilities)
        let guest = await rig.harness.join("guest", shard: 1, capabilities: Self.capabilities + " sasl")
        _ = await rig.harness.send(guest, "AUTHENTICATE PLAIN", "AUTHENTICATE \(plain("ann", "sesame"))")
        _ = phone.take()
        _ = await rig.harness.send(guest, "MARKREAD bob \(Self.late)")
        #expect(self.heard(phone) == ["MARKREAD bob \(Self.late)"])
    }

    @Test func `no client is told that less was read than it was told before`() async throws {
        let rig = try await PastRig(shards: 2)
        await rig.harness.advance(by: 5)
        let phone = await rig.logIn("ann", capabilities: Self.capabilities)
        let laptop = await rig.logIn("ann", shard: 1, capabilities: Self.capabilities)
        let tablet = await rig.logIn("ann", shard: 1, capabilities: Self.capabilities)
        for client in [phone, laptop, tablet] { _ = client.take() }
        // What the phone read comes to the others after what the laptop read, which is more.
        rig.harness.gates[0].shut()
        phone.send("MARKREAD #none \(Self.early)", "MARKREAD nobody \(Self.early)")
        await rig.harness.settle()
        while rig.harness.gates[0].waiting > 0, phone.lines.count < 2 {
            rig.harness.gates[0].letOneThrough()
            await rig.harness.settle()
        }
        #expect(rig.harness.gates[0].waiting == 1)
        _ = await rig.harness.send(laptop, "MARKREAD nobody \(Self.late)")
        #expect(self.heard(tablet) == ["MARKREAD nobody \(Self.late)"])
        rig.harness.gates[0].open()
        await rig.harness.settle()
        for client in [laptop, tablet] { #expect(client.take() == []) }
    }

    @Test(arguments: 0..<2)
    func `a channel that a client is shown comes with its marker, before the end of its names`(
        shard: Int
    ) async throws {
        let rig = try await PastRig(shards: 2)
        await rig.harness.advance(by: 5)
        let phone = await rig.logIn("ann", capabilities: Self.capabilities)
        _ = await rig.harness.send(phone, "JOIN #tea", "MARKREAD #tea \(Self.late)")
        let (laptop, welcome) = await rig.welcome("ann", shard: shard, capabilities: Self.capabilities)
        _ = await rig.harness.send(phone, "JOIN #coffee")
        for (lines, wanted) in [(welcome, "#tea \(Self.late)"), (laptop.take(), "#coffee *")] {
            let join = lines.firstIndex { $0.contains(" JOIN #") }
            let marker = lines.firstIndex { $0.hasSuffix(" MARKREAD \(wanted)") }
            let end = lines.firstIndex { $0.contains(" 366 ") }
            #expect(join ?? 9 < marker ?? 0 && marker ?? 9 < end ?? 0, "\(lines)")
        }
    }

    @Test func `a history that does not answer holds up nobody who is shown channels, and is asked again later`()
        async throws
    {
        let silent = SilentPast()
        let harness = try CommandHarness(past: try silent.past())
        let ann = await harness.member("ann", "draft/read-marker", in: "#a", "#b", "#c").client
        let (phone, welcome) = await harness.member("ann", "draft/read-marker")
        #expect(welcome.with("JOIN").count == 3 && welcome.with("366").count == 3)
        #expect(!welcome.commands.contains { ["MARKREAD", "FAIL"].contains($0) })
        #expect(silent.asked == 1)
        #expect(await phone.send("MARKREAD #a").commands == ["FAIL"])
        #expect(silent.asked == 2)
        phone.wire.disconnect()
        await harness.advance(by: 31)
        #expect(await ann.send("JOIN #d").with("366").count == 1)
        #expect(silent.asked == 3)
    }

    @Test func `nobody has read what is yet to come`() async throws {
        let rig = try await PastRig()
        let ann = await rig.logIn("ann", capabilities: Self.capabilities)
        let lines = await rig.harness.send(ann, "MARKREAD bob timestamp=2999-01-01T00:00:00.000Z")
        #expect(lines.count == 1 && !lines[0].contains("2999"), "\(lines)")
    }

    @Test(arguments: [
        ("MARKREAD", "NEED_MORE_PARAMS"), ("MARKREAD #tea *", "INVALID_PARAMS"),
        ("MARKREAD #none \(early)", "INVALID_PARAMS"),
        ("MARKREAD #tea msgid=1-1-1", "INVALID_PARAMS"), ("SEARCH limit=x", "INVALID_PARAMS"),
        ("SEARCH before=now", "INVALID_PARAMS"), ("SEARCH in=#none;text=x", "INVALID_PARAMS"),
        ("SEARCH colour=red", "INVALID_PARAMS"),
    ])
    func `what makes no sense is refused`(line: String, code: String) async throws {
        let rig = try await PastRig()
        let ann = await rig.logIn("ann", capabilities: Self.capabilities)
        _ = await rig.harness.send(ann, "JOIN #tea")
        let lines = await rig.harness.send(ann, line)
        #expect(lines.count == 1 && lines[0].contains(" FAIL \(line.prefix { $0 != " " }) \(code)"), "\(lines)")
    }

    @Test func `a guest has markers for as long as its session`() async throws {
        let rig = try await PastRig()
        let guest = await rig.harness.join("guest", capabilities: Self.capabilities)
        func told(_ line: String) async -> String { await rig.harness.send(guest, line).joined() }
        #expect(await told("MARKREAD bob").hasSuffix(" MARKREAD bob *"))
        #expect(await told("MARKREAD bob \(Self.late)").hasSuffix(" MARKREAD bob \(Self.late)"))
        // No marker goes back.
        #expect(await told("MARKREAD bob \(Self.early)").hasSuffix(" MARKREAD bob \(Self.late)"))
        let other = await rig.harness.join("other", capabilities: Self.capabilities)
        #expect(await rig.harness.send(other, "MARKREAD bob").joined().hasSuffix(" MARKREAD bob *"))
    }

    @Test(arguments: [
        ("text=kettle", ["#tea :the kettle is on", "bob :kettle?"]),
        ("text=kettle;in=#tea", ["#tea :the kettle is on"]),
        ("text=kettle;in=bob", ["bob :kettle?"]), ("text=KETTLE\\sis", ["#tea :the kettle is on"]),
        ("from=BOB", ["#tea :bob's"]), ("text=kettle;limit=1", ["bob :kettle?"]), ("text=hidden", []),
        ("from=bob;text=kettle", []), ("text=kettle;before=1970-01-01T00:00:00.000Z", []),
    ])
    func `SEARCH finds what was said where one may read`(attributes: String, expected: [String]) async throws {
        let rig = try await PastRig()
        let ann = await rig.logIn("ann", capabilities: Self.capabilities)
        let bob = await rig.logIn("bob", capabilities: Self.capabilities)
        await rig.harness.advance(by: 2)
        for client in [ann, bob] { _ = await rig.harness.send(client, "JOIN #tea") }
        _ = await rig.harness.send(ann, "PRIVMSG #tea :the kettle is on")
        _ = await rig.harness.send(bob, "PRIVMSG #tea :bob's", "JOIN #own", "PRIVMSG #own :hidden kettle")
        await rig.harness.advance(by: 1)
        _ = await rig.harness.send(ann, "PRIVMSG bob :kettle?")
        try await rig.keep()
        _ = ann.take()
        let lines = PastRig.plain(await rig.harness.send(ann, "SEARCH \(attributes)"))
        #expect(lines.first?.hasSuffix(" soju.im/search") == true, "\(lines)")
        let found = lines.dropFirst().dropLast().map { String($0.split(separator: " ", maxSplits: 2)[2]) }
        #expect(found == expected, "\(lines)")
    }
}
