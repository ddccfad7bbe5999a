import Realm
import Simulation
import StateStore
import Testing

/// PRIVMSG *playback (znc.in/playback).
struct PlaybackTests {
    private static let capabilities = "znc.in/playback server-time message-tags"

    private struct Scene {
        let rig: PastRig
        let bob: SimulatedClient
        let client: SimulatedClient
        let welcome: [String]
        /// When the first message was said, in seconds since 1970.
        let began: Int

        /// What `*playback` answers, and what it plays.
        func ask(_ request: String) async -> [String] {
            PastRig.plain(await self.rig.harness.send(self.client, "PRIVMSG *playback :\(request)"))
        }

        /// The words that were played back.
        func plays(_ request: String) async -> [String] {
            await self.ask(request).filter { $0.contains(" PRIVMSG ") }.map {
                String($0.split(separator: ":").last ?? "")
            }
        }
    }

    /// Ann was in two channels, and away while `one` to `six` were said, a second after the other; now she is back.
    private func scene(
        shards: Int = 2,
        _ capabilities: String = Self.capabilities,
        sessions: SessionLimits = SessionLimits()
    ) async throws -> Scene {
        let rig = try await PastRig(shards: shards, sessions: sessions)
        let bob = await rig.logIn("bob", shard: shards - 1)
        let cid = await rig.harness.join("cid")
        let ann = await rig.logIn("ann")
        for client in [ann, bob] { _ = await rig.harness.send(client, "JOIN #a", "JOIN #b") }
        ann.disconnect()
        await rig.harness.settle()
        let began = Int(rig.harness.clock.now / 1000)
        for (text, target, sender) in [
            ("one", "#a", bob), ("two", "#b", bob), ("three", "ann", bob), ("four", "#a", bob), ("five", "ann", cid),
        ] {
            _ = await rig.harness.send(sender, "PRIVMSG \(target) :\(text)")
            await rig.harness.advance(by: 1)
        }
        try await rig.keep()
        _ = await rig.harness.send(bob, "PRIVMSG #b :six")
        let (client, welcome) = await rig.welcome("ann", capabilities: capabilities)
        return Scene(rig: rig, bob: bob, client: client, welcome: welcome, began: began)
    }

    @Test(arguments: [1, 2])
    func `who plays back by itself is told nothing of what it missed until it asks`(shards: Int) async throws {
        let scene = try await self.scene(shards: shards)
        #expect(scene.welcome.contains { $0.hasSuffix(" JOIN #a") } && scene.welcome.contains { $0.contains(" 366 ") })
        #expect(!scene.welcome.contains { $0.contains(" PRIVMSG ") || $0.contains("More was said") })
        #expect(await scene.plays("PLAY * 0") == ["one", "four", "two", "six", "three", "five"])
        // From then on it is told as everybody is.
        _ = await scene.rig.harness.send(scene.bob, "PRIVMSG #a :seven")
        #expect(scene.client.take().filter { $0.hasSuffix(" PRIVMSG #a :seven") }.count == 1)
    }

    @Test(
        arguments: [
            ("PLAY #a", nil, nil, ["one", "four"]), ("play #A,bob", nil, nil, ["one", "four", "three"]),
            // Behind the first time, up to the second.
            ("PLAY *", "0", nil, ["four", "two", "six", "three", "five"]), ("PLAY *", "1", "3", ["four", "three"]),
            ("PLAY #a", "-1", "2", ["one"]), ("PLAY *", "9", nil, []), ("PLAY *", "3", "1", []),
            // A channel that one is not in is as one that there is not.
            ("PLAY #c", nil, nil, []), ("PLAY nobody", nil, nil, []), ("PLAY no!nick", nil, nil, []),
        ] as [(String, String?, String?, [String])]
    )
    func `conversations are played back by name, from one time to another`(
        request: String,
        from: String?,
        to: String?,
        expected: [String]
    ) async throws {
        let scene = try await self.scene()
        let times = [from, to].compactMap { $0.flatMap(Int.init) }.map { "\(scene.began + $0).000" }
        #expect(await scene.plays(([request] + times).joined(separator: " ")) == expected)
    }

    @Test(arguments: [
        ("*", 0, ["one"]), ("#A,bob", 0, ["one"]), ("*", 29, ["one"]), ("#b", 0, []), ("*", 31, []),
    ])
    func `who asks before it joins is played back what it joins soon`(
        targets: String,
        pause: Int,
        expected: [String]
    ) async throws {
        let scene = try await self.scene()
        _ = await scene.rig.harness.send(scene.client, "PART #a")
        #expect(await !scene.plays("PLAY \(targets) \(scene.began - 1) \(scene.began + 1)").contains("one"))
        await scene.rig.harness.advance(by: pause)
        let joined = await scene.rig.harness.send(scene.client, "JOIN #a").drop { !$0.contains(" 366 ") }
        #expect(
            joined.dropFirst().compactMap { $0.split(separator: ":").last.map(String.init) } == expected,
            "\(joined)"
        )
    }

    @Test func `fractions of seconds count as far as the time tags have them`() async throws {
        let scene = try await self.scene()
        let line = await scene.rig.harness.send(scene.client, "PRIVMSG *playback :PLAY #a").last ?? ""
        #expect(PastRig.tag("time", of: line)?.hasSuffix(".000Z") == true, "\(line)")
        #expect(await scene.plays("PLAY #a \(scene.began + 2).999") == ["four"])
        #expect(await scene.plays("PLAY #a \(scene.began + 3).0004") == [])
        #expect(await scene.plays("PLAY #a yesterday") == ["one", "four"])
    }

    @Test func `a conversation comes in a batch, for those who know batches`() async throws {
        let scene = try await self.scene(Self.capabilities + " batch labeled-response echo-message")
        let lines = await scene.rig.harness.send(scene.client, "@label=x PRIVMSG *playback :PLAY #a,bob")
        let begins = lines.filter { $0.contains(" BATCH +") }
        #expect(
            begins.map { $0.split(separator: " ").suffix(2).joined(separator: " ") } == [
                "chathistory #a", "chathistory bob",
            ]
        )
        #expect(lines.filter { $0.contains(" BATCH -") }.count == 2)
        #expect(
            lines.filter { $0.contains(" PRIVMSG ") }.allSatisfy { PastRig.tag("batch", of: $0) != nil },
            "\(lines)"
        )
        #expect(lines.last == "@label=x :acme.localhost ACK", "\(lines)")
    }

    @Test func `no more is played back of a conversation than is told to others, and that is said`() async throws {
        var limits = SessionLimits()
        limits.missedMessages = 1
        let scene = try await self.scene(sessions: limits)
        let lines = await scene.ask("PLAY * 0")
        #expect(
            lines.filter { $0.contains(" PRIVMSG ") }.map { $0.split(separator: ":").last } == [
                "four", "six", "three", "five",
            ]
        )
        #expect(
            lines.filter { $0.contains(" NOTICE ") }.map { $0.split(separator: ":").last } == [
                "More was said in #a than is played back here", "More was said in #b than is played back here",
            ]
        )
    }

    @Test func `conversations are listed with their first and last times`() async throws {
        let scene = try await self.scene()
        let began = scene.began
        func list(_ request: String) async -> [String] {
            await scene.ask(request).map { String($0.split(separator: ":").last ?? "") }
        }
        let bob = "bob \(began + 2).000 \(began + 2).000"
        #expect(await list("LIST bob") == [bob])
        #expect(
            await list("LIST") == [
                "#a \(began).000 \(began + 3).000", "#b \(began + 1).000 \(began + 5).000", bob,
                "cid \(began + 4).000 \(began + 4).000",
            ]
        )
    }

    @Test(arguments: ["CLEAR *", "PLAY", "PLAY a b c d", "HELP", "DANCE"])
    func `what it does not do it says, and nothing is lost`(request: String) async throws {
        let scene = try await self.scene()
        let lines = await scene.ask(request)
        #expect(lines.count == 1 && lines[0].hasPrefix(":*playback!"), "\(lines)")
        #expect(await scene.plays("PLAY #a") == ["one", "four"])
    }

    @Test func `a NOTICE is not answered, and who did not ask for the capability may ask all the same`() async throws {
        let scene = try await self.scene()
        #expect(await scene.rig.harness.send(scene.client, "NOTICE *playback :PLAY *") == [])
        let lines = await scene.rig.harness.send(scene.bob, "PRIVMSG *playback :HELP")
        #expect(lines.count == 1 && lines[0].hasPrefix(":*playback!"), "\(lines)")
    }

    @Test func `a history that does not answer is not taken for one that is empty`() async throws {
        let harness = try CommandHarness(past: try SilentPast().past())
        let ann = await harness.member("ann", "standard-replies " + Self.capabilities, in: "#a").client
        for request in ["PLAY *", "PLAY #a", "LIST", "LIST #a"] {
            let lines = await ann.send("PRIVMSG *playback :\(request)")
            #expect(lines.count == 1 && lines[0].text.contains("try again"), "\(request): \(lines)")
        }
    }
}
