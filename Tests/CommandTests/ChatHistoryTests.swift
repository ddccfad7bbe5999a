import IRC
import Simulation
import StateStore
import Tenant
import Testing

/// CHATHISTORY (draft/chathistory, draft/event-playback).
struct ChatHistoryTests {
    /// Ann and Bob in `#Tea`, where twelve things were said; and a few to each other.
    private func talk(_ rig: PastRig, capabilities: String = PastRig.capabilities) async throws -> (
        ann: SimulatedClient, bob: SimulatedClient
    ) {
        let harness = rig.harness
        let ann = await rig.logIn("ann", as: "Ann", capabilities: capabilities)
        let bob = await rig.logIn("bob", shard: harness.shards.count - 1)
        _ = await harness.send(ann, "JOIN #Tea")
        _ = await harness.send(bob, "JOIN #tea")
        for number in 1...12 {
            _ = await harness.send(number.isMultiple(of: 2) ? ann : bob, "PRIVMSG #tea :tea \(number)")
            await harness.advance(by: 1)
        }
        _ = await harness.send(ann, "PRIVMSG bob :psst", "NOTICE #tea :noted")
        await harness.advance(by: 1)
        _ = await harness.send(bob, "@+draft/react=x TAGMSG ann", "PRIVMSG ann :what")
        try await rig.keep()
        _ = (ann.take(), bob.take())
        return (ann, bob)
    }

    @Test(arguments: [1, 2])
    func `CHATHISTORY brings back what was said as it was, in a batch, with its id and time`(shards: Int) async throws {
        let rig = try await PastRig(shards: shards)
        let (ann, bob) = try await self.talk(rig)
        let live = await rig.harness.send(bob, "@label=x PRIVMSG #tea :last").last ?? ""
        try await rig.keep()
        _ = ann.take()
        let lines = await rig.harness.send(ann, "CHATHISTORY LATEST #Tea * 3")
        let plain = PastRig.plain(lines)
        #expect(plain.count == 5, "\(lines)")
        #expect(lines.first?.contains("BATCH +") == true && lines.first?.hasSuffix(" chathistory #Tea") == true)
        let reference = try #require(lines.first?.split(separator: "+").last?.split(separator: " ").first)
        #expect(lines.last?.hasSuffix(" BATCH -\(reference)") == true)
        #expect(lines.dropFirst().dropLast().allSatisfy { PastRig.tag("batch", of: $0) == String(reference) })
        #expect(plain[1].hasPrefix(":Ann!") && plain[1].hasSuffix(" PRIVMSG #Tea :tea 12"))
        #expect(plain[2].hasPrefix(":Ann!") && plain[2].hasSuffix(" NOTICE #Tea :noted"))
        #expect(plain[3].hasPrefix(":bob!") && plain[3].hasSuffix(" PRIVMSG #Tea :last"))
        for tag in ["msgid", "time"] {
            #expect(PastRig.tag(tag, of: lines[3]) == PastRig.tag(tag, of: live), "\(tag): \(live)")
        }
    }

    @Test func `parts are asked for by ids and by times`() async throws {
        let rig = try await PastRig()
        let (ann, _) = try await self.talk(rig)
        let all = await rig.harness.send(ann, "CHATHISTORY LATEST #tea * 200").dropFirst().dropLast()
        let said = all.filter { $0.contains(" PRIVMSG ") }
        #expect(said.count == 12)
        func reference(_ number: Int, _ name: String) throws -> String {
            let line = said[said.startIndex + number - 1]
            let tag = name == "msgid" ? "msgid" : "time"
            return "\(name)=\(try #require(PastRig.tag(tag, of: line)))"
        }
        for name in ["msgid", "timestamp"] {
            let (five, nine) = (try reference(5, name), try reference(9, name))
            let questions: [(String, [Int])] = [
                ("BEFORE #tea \(five) 2", [3, 4]), ("AFTER #tea \(five) 2", [6, 7]),
                ("AROUND #tea \(five) 3", [4, 5, 6]), ("BETWEEN #tea \(five) \(nine) 10", [6, 7, 8]),
                ("BETWEEN #tea \(nine) \(five) 2", [7, 8]), ("LATEST #tea \(nine) 10", [10, 11, 12]),
                ("BEFORE #tea \(try reference(1, name)) 5", []), ("latest #TEA \(nine) 10", [10, 11, 12]),
            ]
            for (question, expected) in questions {
                let lines = await rig.harness.send(ann, "CHATHISTORY \(question)")
                let numbers = lines.compactMap { line in
                    line.contains(" PRIVMSG ") ? line.split(separator: " ").last.flatMap { Int($0) } : nil
                }
                #expect(numbers == expected, "\(question): \(lines)")
            }
        }
    }

    @Test func `both find what they wrote to each other, also after a reconnection and under other nicks`() async throws
    {
        let rig = try await PastRig(shards: 2)
        let (ann, bob) = try await self.talk(rig)
        let expected = [" PRIVMSG bob :psst", " PRIVMSG Ann :what"]
        for (client, other) in [(ann, "bob"), (bob, "ann")] {
            let lines = PastRig.plain(await rig.harness.send(client, "CHATHISTORY LATEST \(other) * 10"))
            #expect(lines.count == 4 && zip(lines.dropFirst(), expected).allSatisfy { $0.hasSuffix($1) }, "\(lines)")
        }
        _ = await rig.harness.send(ann, "QUIT")
        _ = await rig.harness.send(bob, "QUIT")
        let later = await rig.logIn("ann", as: "Annie", shard: 1)
        let lines = PastRig.plain(await rig.harness.send(later, "CHATHISTORY LATEST bob * 10"))
        #expect(lines.count == 4 && zip(lines.dropFirst(), expected).allSatisfy { $0.hasSuffix($1) }, "\(lines)")
        // A guest who goes by the nick of an account is not the account.
        _ = await rig.harness.send(later, "QUIT")
        let impostor = await rig.harness.join("ann", capabilities: PastRig.capabilities)
        #expect(await rig.harness.send(impostor, "CHATHISTORY LATEST bob * 10").count == 2)
    }

    /// Each half of a conversation is in its reader's log, and the clock stands still here.
    @Test(arguments: [1, 2])
    func `people who answer each other at once are read in the order in which they spoke`(shards: Int) async throws {
        let rig = try await PastRig(shards: shards)
        let harness = rig.harness
        let ann = await rig.logIn("ann", as: "Ann", capabilities: PastRig.capabilities)
        let bob = await rig.logIn("bob", shard: harness.shards.count - 1)
        let words = (1...12).map { "line \($0)" }
        for (number, word) in words.enumerated() {
            if number % 3 == 0 {
                _ = await harness.send(ann, "PRIVMSG bob :\(word)")
            } else {
                _ = await harness.send(bob, "PRIVMSG ann :\(word)")
            }
        }
        try await rig.keep()
        _ = ann.take()
        let said = await harness.send(ann, "CHATHISTORY LATEST bob * 100").filter { $0.contains(" PRIVMSG ") }
        #expect(said.compactMap { $0.split(separator: " :").last.map(String.init) } == words, "\(said)")
    }

    @Test func `who asks for events gets them where they happened, others do not`() async throws {
        for (capabilities, expected) in [
            (PastRig.capabilities, 0),
            (PastRig.capabilities + " draft/event-playback extended-join", 7),
        ] {
            let rig = try await PastRig()
            let (ann, bob) = try await self.talk(rig, capabilities: capabilities)
            _ = await rig.harness.send(ann, "TOPIC #tea :new topic", "MODE #tea +mv bob", "NICK Annie")
            _ = await rig.harness.send(bob, "PART #tea :bye now", "JOIN #tea")
            _ = await rig.harness.send(ann, "KICK #tea bob :out with you")
            try await rig.keep()
            _ = ann.take()
            let lines = PastRig.plain(await rig.harness.send(ann, "CHATHISTORY LATEST #tea * 200"))
            let events = lines.dropFirst().dropLast().filter { !$0.contains(" PRIVMSG ") && !$0.contains(" NOTICE ") }
            let last = events.suffix(7).map { $0.drop { $0 != " " }.dropFirst() }
            #expect(last.count == expected, "\(lines)")
            if expected == 0 { continue }
            #expect(
                last
                    == [
                        "TOPIC #tea :new topic", "MODE #tea +mv bob", "NICK Annie", "PART #tea :bye now",
                        "JOIN #tea bob :X",
                        "KICK #tea bob :out with you",
                    ].reduce(into: ["JOIN #tea bob :X"]) { $0.append($1[...]) },
                "\(last)"
            )
        }
    }

    @Test func `in an auditorium hosts alone read who came and went`() async throws {
        let rig = try await PastRig()
        let capabilities = PastRig.capabilities + " draft/event-playback"
        let ann = await rig.logIn("ann", capabilities: capabilities)
        let bob = await rig.logIn("bob", capabilities: capabilities)
        _ = await rig.harness.send(ann, "JOIN #tea", "MODE #tea +u")
        _ = await rig.harness.send(bob, "JOIN #tea", "PRIVMSG #tea :hello")
        let cid = await rig.harness.join("cid")
        _ = await rig.harness.send(cid, "JOIN #tea", "PART #tea")
        try await rig.keep()
        _ = (ann.take(), bob.take())
        let seen = await rig.harness.send(ann, "CHATHISTORY LATEST #tea * 50").filter { $0.contains(" #tea") }
        #expect(seen.contains { $0.contains(":cid!") && $0.contains(" PART ") }, "\(seen)")
        let heard = await rig.harness.send(bob, "CHATHISTORY LATEST #tea * 50").filter { $0.contains(":cid!") }
        #expect(heard.isEmpty, "\(heard)")
    }

    @Test(arguments: [
        ("LATEST #tea *", "NEED_MORE_PARAMS"), ("LATEST #tea * x", "INVALID_PARAMS"),
        ("LATEST #tea * 0", "INVALID_PARAMS"),
        ("LATEST #tea 12 5", "INVALID_PARAMS"), ("BEFORE #tea * 5", "INVALID_PARAMS"),
        ("BEFORE #tea msgid=none 5", "INVALID_PARAMS"), ("AFTER #tea timestamp=yesterday 5", "INVALID_PARAMS"),
        ("BETWEEN #tea timestamp=2026-01-01T00:00:00.000Z 5", "NEED_MORE_PARAMS"),
        ("EVERYTHING #tea * 5", "INVALID_PARAMS"),
        ("TARGETS * * 5", "INVALID_PARAMS"), ("LATEST #secret * 5", "INVALID_TARGET"),
        ("LATEST #none * 5", "INVALID_TARGET"),
        ("LATEST no!nick * 5", "INVALID_TARGET"), ("LATEST", "NEED_MORE_PARAMS"),
    ])
    func `what cannot be answered is told, and a channel that one is not in looks like none`(
        question: String,
        code: String
    ) async throws {
        let rig = try await PastRig()
        let bob = await rig.logIn("bob")
        _ = await rig.harness.send(bob, "JOIN #secret", "PRIVMSG #secret :hidden")
        let ann = await rig.logIn("ann", capabilities: PastRig.capabilities + " standard-replies")
        _ = await rig.harness.send(ann, "JOIN #tea")
        try await rig.keep()
        let lines = await rig.harness.send(ann, "CHATHISTORY \(question)")
        #expect(lines.count == 1 && lines[0].contains(" FAIL CHATHISTORY \(code) "), "\(lines)")
    }

    @Test func `the batch carries the label, and without batches lines come alone`() async throws {
        let rig = try await PastRig()
        let (ann, _) = try await self.talk(rig)
        let lines = await rig.harness.send(ann, "@label=abc CHATHISTORY LATEST #tea * 2")
        #expect(lines.count == 4 && PastRig.tag("label", of: lines[0]) == "abc", "\(lines)")
        #expect(lines.dropFirst().allSatisfy { PastRig.tag("label", of: $0) == nil })
        let simple = await rig.logIn("ann", as: "simple", capabilities: "draft/chathistory")
        _ = await rig.harness.send(simple, "JOIN #tea")
        let plain = await rig.harness.send(simple, "CHATHISTORY LATEST #tea * 2")
        #expect(plain.count == 2 && plain.allSatisfy { $0.hasPrefix(":") && !$0.contains("BATCH") }, "\(plain)")
    }

    @Test func `conversations are listed with when something was said last`() async throws {
        let rig = try await PastRig()
        let (ann, _) = try await self.talk(rig)
        let all = "timestamp=1970-01-01T00:00:00.000Z timestamp=2100-01-01T00:00:00.000Z"
        let lines = await rig.harness.send(ann, "CHATHISTORY TARGETS \(all) 10")
        #expect(lines.count == 4 && lines[0].contains("draft/chathistory-targets"), "\(lines)")
        #expect(Set(lines[1...2].compactMap { $0.split(separator: " ").dropLast().last }) == ["#Tea", "bob"])
        #expect(lines[1].split(separator: " ").last?.hasSuffix("Z") == true)
        let swapped = "timestamp=1970-01-02T00:00:00.000Z timestamp=1970-01-01T00:00:00.000Z"
        #expect(await rig.harness.send(ann, "CHATHISTORY TARGETS \(swapped) 10").count == 2)
    }

    /// The conversations that somebody is told of.
    private func targets(_ client: SimulatedClient, _ rig: PastRig, limit: Int = 10) async -> [String] {
        let all = "timestamp=1970-01-01T00:00:00.000Z timestamp=2100-01-01T00:00:00.000Z"
        let lines = await rig.harness.send(client, "CHATHISTORY TARGETS \(all) \(limit)")
        return lines.dropFirst().dropLast().compactMap { $0.split(separator: " ").dropLast().last.map(String.init) }
    }

    @Test(arguments: [1, 2])
    func `conversations with guests are listed for as long as they are there, wherever that is`(
        shards: Int
    ) async throws {
        let rig = try await PastRig(shards: shards)
        let ann = await rig.logIn("ann")
        let cid = await rig.harness.join("Cid", shard: shards - 1, capabilities: PastRig.capabilities)
        let dora = await rig.harness.join("Dora", shard: shards - 1)
        _ = await rig.harness.send(dora, "PRIVMSG ann :hello")
        await rig.harness.advance(by: 1)
        _ = await rig.harness.send(cid, "PRIVMSG ann :hi")
        await rig.harness.advance(by: 1)
        _ = await rig.harness.send(ann, "PRIVMSG Dora :oh")
        try await rig.keep()
        for client in [ann, cid, dora] { _ = client.take() }
        #expect(await self.targets(ann, rig) == ["Cid", "Dora"])
        #expect(await self.targets(cid, rig) == ["ann"])
        _ = await rig.harness.send(cid, "QUIT")
        // Who is gone takes nobody else's place either.
        #expect(await self.targets(ann, rig, limit: 1) == ["Dora"])
    }

    @Test(arguments: [1, 2])
    func `somebody with an account is listed by the nickname that leads to the conversation`(shards: Int) async throws {
        let rig = try await PastRig(shards: shards)
        let ann = await rig.logIn("ann")
        let bob = await rig.logIn("bob", as: "Robert", shard: shards - 1)
        _ = await rig.harness.send(bob, "PRIVMSG ann :hello")
        try await rig.keep()
        _ = ann.take()
        #expect(await self.targets(ann, rig) == ["Robert"])
        #expect(await rig.harness.send(ann, "CHATHISTORY LATEST Robert * 5").count == 3)
        _ = await rig.harness.send(bob, "QUIT")
        #expect(await self.targets(ann, rig) == ["bob"])
        #expect(await rig.harness.send(ann, "CHATHISTORY LATEST bob * 5").count == 3)
    }

    @Test func `conversations are counted from the first of the two times, and not at them`() async throws {
        let rig = try await PastRig()
        let ann = await rig.logIn("ann", capabilities: PastRig.capabilities)
        var times: [String] = []
        for nick in ["bob", "cid", "dora"] {
            let other = await rig.harness.join(nick)
            _ = await rig.harness.send(other, "PRIVMSG ann :hello")
            times += ann.take().compactMap { PastRig.tag("time", of: $0) }.map { "timestamp=" + $0 }
            await rig.harness.advance(by: 1)
        }
        let (past, future) = ("timestamp=1970-01-01T00:00:00.000Z", "timestamp=2100-01-01T00:00:00.000Z")
        for (range, limit, expected) in [
            ("\(past) \(future)", 2, ["bob", "cid"]), ("\(future) \(past)", 2, ["cid", "dora"]),
            ("\(times[0]) \(times[2])", 9, ["cid"]), ("\(times[2]) \(times[0])", 9, ["cid"]),
        ] {
            let lines = await rig.harness.send(ann, "CHATHISTORY TARGETS \(range) \(limit)")
            let names = lines.dropFirst().dropLast().map { String($0.split(separator: " ").dropFirst(4).first ?? "") }
            #expect(names == expected, "\(range)")
        }
    }

    @Test(arguments: [1, 2])
    func `a conversation is listed with what is on its way to the history`(shards: Int) async throws {
        let rig = try await PastRig(shards: shards)
        let ann = await rig.logIn("ann")
        let bob = await rig.logIn("bob", shard: shards - 1)
        for client in [ann, bob] { _ = await rig.harness.send(client, "JOIN #tea") }
        _ = await rig.harness.send(bob, "PRIVMSG #tea :early", "PRIVMSG ann :early")
        try await rig.keep()
        await rig.harness.advance(by: 9)
        _ = await rig.harness.send(bob, "PRIVMSG #tea :fresh", "PRIVMSG ann :for you", "PART #tea")
        _ = ann.take()
        let since = "timestamp=2023-11-14T22:13:25.000Z timestamp=2100-01-01T00:00:00.000Z"
        let lines = await rig.harness.send(ann, "CHATHISTORY TARGETS \(since) 10").dropFirst().dropLast()
        #expect(lines.map { $0.split(separator: " ").dropFirst(4).first } == ["#tea", "bob"], "\(lines)")
        let said = await rig.harness.send(ann, "CHATHISTORY LATEST bob * 1")
        #expect(lines.last?.split(separator: " ").last.map(String.init) == PastRig.tag("time", of: said[1]))
    }

    @Test func `a network that keeps nothing offers nothing`() async throws {
        let rig = try await PastRig()
        let offered = await rig.harness.send(rig.harness.connect(), "CAP LS 302")
        var tenant = rig.harness.tenant
        tenant.settings.history = HistorySettings(enabled: false, retention: .seconds(1), directMessages: false)
        await rig.harness.apply(tenant)
        let after = await rig.harness.send(rig.harness.connect(), "CAP LS 302")
        #expect(offered.contains { $0.contains("draft/chathistory") })
        #expect(!after.contains { $0.contains("draft/chathistory") || $0.contains("soju.im/search") }, "\(after)")
        let ann = await rig.logIn("ann", capabilities: "batch standard-replies")
        _ = await rig.harness.send(ann, "JOIN #tea")
        let lines = await rig.harness.send(ann, "CHATHISTORY LATEST #tea * 5")
        #expect(lines.count == 1 && lines[0].contains(" FAIL CHATHISTORY MESSAGE_ERROR LATEST #tea "), "\(lines)")
    }

    @Test(arguments: [1, 2])
    func `what is on its way to the history is there already, once`(shards: Int) async throws {
        let rig = try await PastRig(shards: shards)
        let (ann, bob) = try await self.talk(rig)
        _ = await rig.harness.send(bob, "PRIVMSG #tea :fresh", "PRIVMSG ann :for you")
        _ = await rig.harness.send(ann, "PRIVMSG bob :and you")
        func answers() async -> [[String]] {
            var all: [[String]] = []
            for command in ["LATEST #tea * 2", "LATEST bob * 3"] {
                let lines = await rig.harness.send(ann, "CHATHISTORY \(command)").dropFirst().dropLast()
                all.append(lines.map { String($0.split(separator: ":").last ?? "") })
            }
            return all
        }
        _ = ann.take()
        let wanted = [["noted", "fresh"], ["what", "for you", "and you"]]
        #expect(await answers() == wanted)
        try await rig.keep()
        #expect(await answers() == wanted)
    }

    @Test func `what happened has the same id when it happens and when it is played back`() async throws {
        let rig = try await PastRig(shards: 2)
        let capabilities = PastRig.capabilities + " draft/event-playback"
        let ann = Client(harness: rig.harness, wire: await rig.logIn("ann", capabilities: capabilities))
        let bob = Client(harness: rig.harness, wire: await rig.logIn("bob", shard: 1, capabilities: capabilities))
        _ = await ann.send("JOIN #a")
        let live = await bob.send("JOIN #a", "PRIVMSG #a :x", "PART #a", "JOIN #a")
        _ = await ann.hears()
        let more = await ann.send("TOPIC #a :new", "MODE #a +m", "KICK #a bob :out")
        for isKept in [false, true] {
            if isKept { try await rig.keep() }
            let past = await ann.send("CHATHISTORY LATEST #a * 50")
            for command in ["JOIN", "TOPIC", "PRIVMSG", "PART", "MODE", "KICK"] {
                let ids = (live + more).with(command).filter { $0.nick != "acme.localhost" }.map { $0.tags["msgid"] }
                let told = past.with(command).map { $0.tags["msgid"] }
                #expect(!ids.isEmpty && !ids.contains(nil) && ids.allSatisfy { told.contains($0) }, "\(command)")
            }
        }
    }
}
