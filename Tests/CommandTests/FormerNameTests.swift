// The past of a channel that had another name (draft/channel-rename, draft/chathistory, soju.im/search).

import Simulation
import Testing

@Suite struct FormerNameTests {
    private static let capabilities = PastRig.capabilities + " draft/channel-rename soju.im/search draft/event-playback"

    private func words(_ lines: [String]) -> [String] {
        lines.map { Line($0) }.filter { $0.command == "PRIVMSG" }.map { "\($0.parameters[0]) \($0.text)" }
    }

    /// Sends lines, a second apart.
    private func say(_ rig: PastRig, _ client: SimulatedClient, _ lines: String...) async {
        for line in lines {
            _ = await rig.harness.send(client, line)
            await rig.harness.advance(by: 1)
        }
    }

    /// `ann` and `bob` are in `#a`, which had been another channel before, and goes on as `#b` and `#c`; `#a` is another's by then.
    private func rooms(_ rig: PastRig) async throws -> (ann: SimulatedClient, bob: SimulatedClient) {
        let ann = await rig.logIn("ann", capabilities: Self.capabilities)
        let bob = await rig.logIn("bob", shard: 1, capabilities: Self.capabilities)
        let dora = await rig.harness.join("dora", capabilities: Self.capabilities)
        await self.say(rig, dora, "JOIN #a", "PRIVMSG #a :not theirs", "PART #a")
        await self.say(rig, dora, "JOIN #b", "PRIVMSG #b :nor this one", "PART #b")
        await self.say(rig, ann, "JOIN #a")
        await self.say(rig, bob, "JOIN #a", "PRIVMSG #a :word 1")
        await self.say(rig, ann, "PRIVMSG #a :word 2", "RENAME #a #b")
        await self.say(rig, dora, "JOIN #a", "PRIVMSG #a :later and not theirs")
        await self.say(rig, bob, "PRIVMSG #b :word 3", "PRIVMSG #b :word 4")
        await self.say(rig, ann, "RENAME #b #c", "PRIVMSG #c :word 5")
        try await rig.keep()
        for client in [ann, bob, dora] { _ = client.take() }
        return (ann, bob)
    }

    @Test func `what was said under names before is read under the present one, and nothing else of those names`()
        async throws
    {
        let rig = try await PastRig(shards: 2)
        let (ann, bob) = try await self.rooms(rig)
        let all = (1...5).map { "#c word \($0)" }
        let (past, future) = ("timestamp=1970-01-01T00:00:00.000Z", "timestamp=2100-01-01T00:00:00.000Z")
        for (asked, expected) in [
            ("LATEST #c * 50", all[...]), ("LATEST #c * 3", all.suffix(3)), ("BEFORE #c \(future) 4", all.suffix(4)),
            ("BETWEEN #c \(future) \(past) 50", all[...]),
        ] {
            for client in [ann, bob] {
                let lines = await rig.harness.send(client, "CHATHISTORY \(asked)")
                // What happened counts as well.
                let told = self.words(lines)
                #expect(told.isEmpty == false && told == Array(all.suffix(told.count)), "\(asked): \(lines)")
                if expected.count == all.count { #expect(told == all, "\(asked): \(lines)") }
            }
        }
        let lines = await rig.harness.send(ann, "CHATHISTORY LATEST #c * 50")
        let second = try #require(lines.first { $0.hasSuffix("word 2") }.flatMap { PastRig.tag("msgid", of: $0) })
        let behind = self.words(await rig.harness.send(ann, "CHATHISTORY AFTER #c msgid=\(second) 50"))
        #expect(behind == Array(all.dropFirst(2)), "\(behind)")
        let around = self.words(await rig.harness.send(ann, "CHATHISTORY AROUND #c msgid=\(second) 3"))
        #expect(around.contains("#c word 2") && around.allSatisfy(all.contains), "\(around)")
        #expect(await rig.harness.send(ann, "CHATHISTORY LATEST #a * 50").first?.contains("INVALID_TARGET") == true)
    }

    @Test(arguments: ["in=#c;text=word", "text=word"])
    func `a search finds it, too`(search: String) async throws {
        let rig = try await PastRig(shards: 2)
        let (ann, _) = try await self.rooms(rig)
        let found = self.words(await rig.harness.send(ann, "SEARCH \(search)"))
        #expect(found == (1...5).map { "#c word \($0)" }, "\(found)")
        let last = self.words(await rig.harness.send(ann, "SEARCH \(search);limit=2"))
        #expect(last == ["#c word 4", "#c word 5"], "\(last)")
    }

    @Test
    func `who came in later reads it as what was said under the present name, unless the channel says since when`()
        async throws
    {
        let rig = try await PastRig(shards: 2)
        let (ann, bob) = try await self.rooms(rig)
        let guest = await rig.harness.join("cid", capabilities: Self.capabilities)
        _ = await rig.harness.send(guest, "JOIN #c")
        #expect(self.words(await rig.harness.send(guest, "CHATHISTORY LATEST #c * 50")).count == 5)
        await self.say(rig, ann, "MODE #c +J", "RENAME #c #d", "PRIVMSG #d :word 6")
        try await rig.keep()
        for client in [ann, bob, guest] {
            _ = client.take()
            let told = self.words(await rig.harness.send(client, "CHATHISTORY LATEST #d * 50"))
            #expect(told == ["#d word 6"], "\(told)")
        }
    }

    @Test func `a channel with another name is a target for what was said last, under whichever name`() async throws {
        let rig = try await PastRig(shards: 2)
        let ann = await rig.logIn("ann", capabilities: Self.capabilities)
        await self.say(rig, ann, "JOIN #a", "PRIVMSG #a :word 1", "RENAME #a #b")
        try await rig.keep()
        _ = ann.take()
        let word = try #require(
            await rig.harness.send(ann, "CHATHISTORY LATEST #b * 1").first { $0.hasSuffix("word 1") }
        )
        let time = try #require(PastRig.tag("time", of: word))
        func targets(to last: String = "2100-01-01T00:00:00.000Z") async -> [String] {
            let asked = "CHATHISTORY TARGETS timestamp=1970-01-01T00:00:00.000Z timestamp=\(last) 10"
            return await rig.harness.send(ann, asked).map { Line($0) }.filter { $0.command == "CHATHISTORY" }
                .map { $0.parameters.dropFirst().joined(separator: " ") }
        }
        #expect(await targets() == ["#b \(time)"])
        await self.say(rig, ann, "PRIVMSG #b :word 2")
        try await rig.keep()
        _ = ann.take()
        // Of what was said there last only the last counts.
        let told = await targets()
        #expect(told.count == 1 && told[0].hasPrefix("#b ") && told[0] != "#b \(time)", "\(told)")
        let before = try #require(told.first?.split(separator: " ").last.map(String.init))
        #expect(await targets(to: before) == [])
    }

    @Test func `a channel that is founded anew has nothing of it`() async throws {
        let rig = try await PastRig(shards: 2)
        let (ann, bob) = try await self.rooms(rig)
        for client in [ann, bob] { _ = await rig.harness.send(client, "PART #c") }
        let guest = await rig.harness.join("cid", capabilities: Self.capabilities)
        _ = await rig.harness.send(guest, "JOIN #c")
        let told = self.words(await rig.harness.send(guest, "CHATHISTORY LATEST #c * 50"))
        #expect(told == ["#c word 5"], "\(told)")
    }
}
