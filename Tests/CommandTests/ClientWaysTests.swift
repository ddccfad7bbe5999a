// The ways in which clients ask for what they missed and for markers: which capabilities they ask for, what they send in which
// order, and what they need to find in the answers. As the sources of gamja (2023), goguma (2024) and senpai (2026) have them.

import Simulation
import Testing

@Suite struct ClientWaysTests {
    /// What somebody missed: 1003 messages in one channel, three by a person, none in another channel.
    ///
    /// Some of it is not in the history yet.
    private struct Scene {
        let rig: PastRig
        let bob: Client
        /// The last message that was told.
        let last: String

        var harness: CommandHarness { self.rig.harness }

        /// Now, as clients say it.
        var now: String {
            get async {
                let probe = await self.bob.send("@label=now PRIVMSG bob :now").first { $0.tags["time"] != nil }
                return "timestamp=" + (probe?.tags["time"] ?? "")
            }
        }
    }

    /// What is sent between CAP LS and CAP END by clients that log in.
    private static let password = plain("ann", "sesame")

    private func scene() async throws -> Scene {
        let rig = try await PastRig(shards: 2)
        let bob = Client(harness: rig.harness, wire: await rig.logIn("bob", shard: 1))
        let ann = Client(harness: rig.harness, wire: await rig.logIn("ann"))
        for client in [ann, bob] { _ = await client.send("JOIN #tea", "JOIN #coffee") }
        await rig.harness.advance(by: 1)
        _ = await bob.send("PRIVMSG #coffee :old", "PRIVMSG #tea :old", "PRIVMSG ann :old")
        let last = "timestamp=" + (await ann.hears().last?.tags["time"] ?? "")
        _ = await ann.send("MARKREAD #tea \(last)")
        ann.wire.disconnect()
        await rig.harness.advance(by: 60)
        for number in 1...1000 { bob.wire.send("PRIVMSG #tea :tea \(number)") }
        _ = await bob.send("PRIVMSG ann :one")
        await rig.harness.advance(by: 1)
        _ = await bob.send("PRIVMSG #tea :tea 1001", "PRIVMSG #tea :tea 1002", "PRIVMSG ann :two")
        try await rig.keep()
        await rig.harness.advance(by: 1)
        _ = await bob.send("PRIVMSG #tea :tea 1003", "PRIVMSG ann :three")
        await rig.harness.advance(by: 1)
        return Scene(rig: rig, bob: bob, last: last)
    }

    /// What a client that comes back is shown of a channel: JOIN, then its marker, then its names.
    private func shows(_ channel: String, marker: String, hasNames: Bool = true, _ lines: [Line]) -> Bool {
        let shown = lines.filter { $0.parameters.contains(channel) || $0.parameters.dropFirst().first == channel }
        let order = ["JOIN", "MARKREAD"] + (hasNames ? ["366"] : [])
        return shown.commands.filter { ["JOIN", "MARKREAD", "366"].contains($0) } == order
            && shown.with("MARKREAD").map(\.text) == [marker]
    }

    // MARK: gamja

    /// It waits for LS and asks for what is offered of these, in one line; then it logs in and ends without waiting.
    private static let gamja = """
        account-notify away-notify batch chghost echo-message extended-join extended-monitor invite-notify \
        labeled-response message-tags multi-prefix sasl server-time setname draft/account-registration \
        draft/chathistory draft/extended-monitor draft/read-marker soju.im/bouncer-networks \
        soju.im/bouncer-networks-notify
        """.split(separator: " ").map(String.init)

    @Test(arguments: [0, 1])
    func `gamja finds the conversations that it missed, pages through them, and scrolls back`(shard: Int) async throws {
        let scene = try await self.scene()
        let client = scene.harness.stranger(shard: shard)
        let offered = await client.send("CAP LS 302", "NICK ann", "USER ann 0 * :ann").flatMap(\.parameters)
            .flatMap { $0.split(separator: " ") }.map(String.init)
        #expect(offered.contains { $0.hasPrefix("sasl=") && $0.dropFirst(5).split(separator: ",").contains("PLAIN") })
        let wanted = Self.gamja.filter { name in offered.contains { $0 == name || $0.hasPrefix(name + "=") } }
        #expect(Set(wanted).isSuperset(of: ["batch", "labeled-response", "draft/chathistory", "draft/read-marker"]))
        let welcome = await client.send(
            "CAP REQ :\(wanted.joined(separator: " "))",
            "AUTHENTICATE PLAIN",
            "AUTHENTICATE \(Self.password)",
            "CAP END"
        )
        #expect(welcome.with("CAP").map { $0.parameters[1] } == ["ACK"])
        #expect(welcome.commands.contains("903") && welcome.commands.contains("001"))
        #expect(welcome.with("005").flatMap(\.parameters).contains("CHATHISTORY=1000"))
        #expect(self.shows("#tea", marker: scene.last, welcome) && self.shows("#coffee", marker: "*", welcome))
        #expect(welcome.with("PRIVMSG").isEmpty)

        // On 001, from now back to what it was told last; then, at the end of the message of the day, what it had open.
        let listed = await client.send(
            "@label=1 CHATHISTORY TARGETS \(await scene.now) \(scene.last) 1000",
            "JOIN #tea,#coffee",
            "MONITOR + bob"
        )
        let targets = try #require(listed.batch(labelled: "1"))
        #expect(targets.type == "draft/chathistory-targets")
        #expect(targets.lines.allSatisfy { $0.command == "CHATHISTORY" && $0.parameters[0] == "TARGETS" })
        #expect(targets.lines.map { $0.parameters[1] } == ["#tea", "bob"])
        #expect(listed.with("JOIN").isEmpty && listed.with("730").count == 1)

        // For each: the marker if it is a person; then what came, one page after the other.
        #expect(await client.send("MARKREAD bob").shorts == ["MARKREAD bob *"])
        let page = try #require(
            await client.send("@label=2 CHATHISTORY AFTER #tea \(scene.last) 1000").batch(labelled: "2")
        )
        #expect(page.type == "chathistory" && page.parameters == ["#tea"])
        #expect(page.texts == (1...1000).map { "tea \($0)" })
        let rest = try #require(
            await client.send("@label=3 CHATHISTORY AFTER #tea \(page.last) 1000").batch(labelled: "3")
        )
        #expect(rest.texts == ["tea 1001", "tea 1002", "tea 1003"])
        let people = try #require(
            await client.send("@label=4 CHATHISTORY AFTER bob \(scene.last) 1000").batch(labelled: "4")
        )
        #expect(people.texts == ["one", "two", "three"] && people.lines.allSatisfy { $0.nick == "bob" })
        #expect(people.lines.allSatisfy { $0.tags["msgid"] != nil && $0.tags["label"] == nil })

        // Scrolling back, to the beginning; and in a window of somebody with whom nothing was said.
        let before = try #require(
            await client.send("@label=5 CHATHISTORY BEFORE #tea \(page.first) 100").batch(labelled: "5")
        )
        #expect(before.texts == ["old"])
        for target in ["#tea", "nobody"] {
            let none = await client.send("@label=6 CHATHISTORY BEFORE \(target) \(before.first) 100")
            #expect(none.batch(labelled: "6")?.lines.isEmpty == true, "\(none)")
        }
        // It cannot go on if an error looks like anything else than FAIL, which it knows for this command.
        let refused = await client.send("@label=7 CHATHISTORY BEFORE #none \(before.first) 100").line(labelled: "7")
        #expect(refused?.short.hasPrefix("FAIL CHATHISTORY INVALID_TARGET BEFORE #none ") == true)
        #expect(await client.send("MARKREAD bob \(people.last)").shorts == ["MARKREAD bob \(people.last)"])
    }

    // MARK: goguma

    /// It sends all of this at once, and asks for each of these by itself, offered or not.
    private static let goguma = """
        away-notify batch echo-message extended-monitor labeled-response message-tags multi-prefix sasl server-time setname \
        draft/chathistory draft/extended-monitor draft/pre-away draft/read-marker soju.im/bouncer-networks \
        soju.im/no-implicit-names soju.im/webpush soju.im/bouncer-networks-notify
        """.split(separator: " ").map(String.init)

    @Test(arguments: [0, 1])
    func `goguma finds all that it missed in a few round trips`(shard: Int) async throws {
        let scene = try await self.scene()
        let other = Client(
            harness: scene.harness,
            wire: await scene.rig.logIn("ann", capabilities: PastRig.capabilities + " draft/read-marker")
        )
        _ = await other.hears()
        let client = scene.harness.stranger(shard: shard)
        client.begin("CAP LS 302", "NICK ann", "USER ann 0 * :ann")
        for name in Self.goguma { client.begin("CAP REQ \(name)") }
        client.begin("AUTHENTICATE PLAIN", "AUTHENTICATE \(Self.password)", "AWAY :in the pocket", "CAP END")
        // With the message of the day it begins to synchronize: what the server shows it may still be on its way.
        let now = await scene.now
        client.begin("MONITOR + bob", "@label=1 JOIN #tea,#coffee", "@label=2 MARKREAD bob")
        let welcome = await client.send("@label=3 CHATHISTORY TARGETS \(scene.last) \(now) 100")
        let refused = Set(welcome.filter { $0.command == "CAP" && $0.parameters[1] == "NAK" }.map(\.text))
        let unknown = ["bouncer-networks", "webpush", "bouncer-networks-notify"].map { "soju.im/\($0)" }
        #expect(refused == Set(unknown + ["draft/extended-monitor"]))
        #expect(welcome.commands.contains("903") && welcome.commands.contains("001"))
        // It asks for names itself, of channels that are looked at.
        #expect(self.shows("#tea", marker: scene.last, hasNames: false, welcome))
        #expect(self.shows("#coffee", marker: "*", hasNames: false, welcome))
        // Each of its channels has been told before the JOIN is answered.
        let answered = try #require(welcome.firstIndex { $0.tags["label"] == "1" })
        #expect(Set(welcome[..<answered].filter { $0.command == "JOIN" }.map(\.text)) == ["#tea", "#coffee"])
        #expect(welcome.line(labelled: "2")?.short == "MARKREAD bob *")
        let targets = try #require(welcome.batch(labelled: "3"))
        #expect(targets.lines.map { $0.parameters[1] } == ["#tea", "bob"])

        // All at once; each answer has its label and names its target.
        let lines = await client.send(
            "@label=4 MARKREAD bob",
            "@label=5 CHATHISTORY BETWEEN bob \(scene.last) \(now) 1000",
            "@label=6 CHATHISTORY BETWEEN #TEA \(scene.last) \(now) 1000"
        )
        #expect(lines.line(labelled: "4")?.command == "MARKREAD")
        let (people, channel) = (lines.batch(labelled: "5"), lines.batch(labelled: "6"))
        #expect(people?.parameters.map { $0.lowercased() } == ["bob"] && people?.texts == ["one", "two", "three"])
        #expect(channel?.parameters.map { $0.lowercased() } == ["#tea"])
        #expect(channel?.texts == (1...1000).map { "tea \($0)" })

        // Scrolling back, and a window that was never open; then it has read, and the other clients hear.
        let before = await client.send("@label=7 CHATHISTORY BEFORE #tea \(channel?.first ?? "") 100")
        #expect(before.batch(labelled: "7")?.texts == ["old"])
        #expect(await client.send("@label=8 CHATHISTORY LATEST #coffee * 100").batch(labelled: "8")?.texts == ["old"])
        _ = await other.hears()
        _ = await client.send("MARKREAD #tea \(channel?.last ?? "")")
        #expect(await other.hears().shorts == ["MARKREAD #tea \(channel?.last ?? "")"])
    }

    // MARK: senpai

    /// It asks for the first at once, before it knows what there is; for the others when it has read LS.
    private static let senpai = (
        first: """
        batch cap-notify echo-message labeled-response message-tags multi-prefix sasl server-time standard-replies \
        draft/chathistory draft/event-playback draft/metadata-2 draft/read-marker \
        soju.im/bouncer-networks-notify soju.im/bouncer-networks
        """.split(separator: " ").map(String.init),
        later: "away-notify extended-monitor invite-notify setname soju.im/search"
    )

    @Test(arguments: [0, 1])
    func `senpai fills its windows from both ends, and searches`(shard: Int) async throws {
        let scene = try await self.scene()
        let client = scene.harness.stranger(shard: shard)
        client.begin("CAP LS 302")
        for name in Self.senpai.first { client.begin("CAP REQ \(name)") }
        client.begin("NICK ann", "USER ann 0 * :ann", "AUTHENTICATE PLAIN", "AUTHENTICATE \(Self.password)")
        client.begin("METADATA * SUB soju.im/pinned soju.im/muted", "CAP END", "BOUNCER LISTNETWORKS")
        let welcome = await client.send("CAP REQ :\(Self.senpai.later)")
        #expect(
            welcome.filter { $0.command == "CAP" && $0.text == Self.senpai.later }.map { $0.parameters[1] } == ["ACK"]
        )
        // The limit is in the first of these lines, after which it asks.
        #expect(welcome.with("005").first?.parameters.contains("CHATHISTORY=1000") == true)
        #expect(self.shows("#tea", marker: scene.last, welcome) && self.shows("#coffee", marker: "*", welcome))
        #expect(welcome.with("PRIVMSG").isEmpty && welcome.batches.map(\.type) == ["metadata"])
        #expect(welcome.with("770").shorts == ["770 soju.im/pinned soju.im/muted"])

        let now = await scene.now
        let listed = await client.send("JOIN #tea", "JOIN #coffee", "CHATHISTORY TARGETS \(scene.last) \(now) 1000")
        let targets = try #require(listed.batches.first)
        #expect(targets.isOver && targets.lines.map { $0.parameters[1] } == ["#tea", "bob"])
        // A person's window: the marker, and what was said up to a millisecond behind the last message.
        let bound = "timestamp=" + (targets.lines.last?.text ?? "").replacing(".000Z", with: ".001Z")
        let person = await client.send("MONITOR + bob", "MARKREAD bob", "CHATHISTORY BEFORE bob \(bound) 500")
        #expect(person.with("MARKREAD").shorts == ["MARKREAD bob *"])
        #expect(person.batches.map(\.type) == ["chathistory"] && person.batches.first?.parameters == ["bob"])
        #expect(person.batches.first?.texts == ["old", "one", "two", "three"])
        // A channel's window that is new, with what happened in between; one that it had before it was away.
        let fresh = await client.send("CHATHISTORY LATEST #coffee * 500").batches.first
        #expect(fresh?.lines.commands == ["JOIN", "JOIN", "PRIVMSG"] && fresh?.isOver == true, "\(fresh?.lines ?? [])")
        let after = await client.send("CHATHISTORY AFTER #tea \(scene.last) 1000").batches.first
        #expect(after?.texts == (1...1000).map { "tea \($0)" })
        let before = await client.send("CHATHISTORY BEFORE #tea \(scene.last) 200").batches.first
        #expect(before?.lines.commands.contains("JOIN") == true && before?.isOver == true)

        for search in ["text=tea\\s1001;in=#tea", "in=#tea;text=tea\\s1001"] {
            let found = await client.send("SEARCH \(search)").batches.first
            #expect(found?.type == "soju.im/search" && found?.isOver == true)
            #expect(found?.lines.map(\.short) == ["bob PRIVMSG #tea tea 1001"])
        }
        _ = await client.send("MARKREAD #tea \(after?.last ?? "")")
        #expect(await client.send("MARKREAD #tea").shorts == ["MARKREAD #tea \(after?.last ?? "")"])
    }

    // MARK: Errors

    @Test(arguments: [
        ("draft/chathistory", "CHATHISTORY LATEST #none * 1", "CHATHISTORY INVALID_TARGET"),
        ("draft/read-marker", "MARKREAD #none", "MARKREAD INVALID_PARAMS"),
        ("draft/message-redaction", "REDACT #none x", "REDACT INVALID_TARGET"),
        ("soju.im/search", "SEARCH in=#none", "SEARCH INVALID_PARAMS"),
        ("draft/persistence", "PERSISTENCE DANCE", "PERSISTENCE INVALID_PARAMS"),
    ])
    func `who knows a command knows its errors, others read them`(
        capability: String,
        line: String,
        error: String
    ) async throws {
        let rig = try await PastRig()
        for known in [capability, "standard-replies"] {
            let client = Client(harness: rig.harness, wire: await rig.logIn("ann", capabilities: known))
            #expect(await client.send(line).map(\.short).first?.hasPrefix("FAIL \(error) ") == true)
        }
        let old = Client(harness: rig.harness, wire: await rig.logIn("ann", capabilities: "batch"))
        #expect(await old.send(line).commands == ["NOTICE"])
    }
}
