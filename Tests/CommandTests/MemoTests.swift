// MemoServ: messages for accounts whose people are away, in the history of both.

import Checks
import Simulation
import Tenant
import Testing

@Suite struct MemoTests {
    /// What MemoServ said of all that came.
    private func said(_ lines: [String]) -> [String] {
        lines.map(Line.init).filter { $0.nick == "MemoServ" }.map(\.text)
    }

    private func send(_ client: SimulatedClient, _ line: String, in rig: PastRig) async -> [String] {
        self.said(await rig.harness.send(client, line))
    }

    @Test(arguments: [1, 2])
    func `MS and MEMOSERV leave messages for who is away, who is told at the next log-in`(shards: Int) async throws {
        let rig = try await PastRig(shards: shards)
        let ann = await rig.logIn("ann", capabilities: "message-tags")
        #expect(await self.send(ann, "MS SEND bob :see you at eight", in: rig) == ["Your message waits for bob"])
        #expect(await self.send(ann, "MEMOSERV SEND BOB bring the kettle", in: rig) == ["Your message waits for bob"])
        let (bob, lines) = await rig.welcome("bob", shard: shards - 1, capabilities: "message-tags")
        #expect(self.said(lines) == ["Messages that wait for you: 2. /msg MemoServ READ NEW shows them"])
        // Before the history's writer has it and after.
        let first = await self.send(bob, "MS READ 1", in: rig)
        #expect(first.count == 2 && first[0].hasPrefix("Message 1 of ann, at ") && first[1] == "see you at eight")
        try await rig.keep()
        #expect(await self.send(bob, "PRIVMSG MemoServ :READ NEW", in: rig).last == "bring the kettle")
        #expect(await self.send(bob, "MS READ", in: rig) == ["You have read all messages"])
        #expect(await self.send(bob, "MS LIST", in: rig).first == "Messages for you: 2, not read: 0")
        #expect(await self.send(bob, "MS DEL 1", in: rig) == ["Messages taken off your list: 1"])
        #expect(await self.send(bob, "MS READ 1", in: rig).last == "bring the kettle")
        #expect(await self.send(bob, "MS DEL 7", in: rig) == ["There is no such message"])
        #expect(await self.send(bob, "MS DEL ALL", in: rig) == ["Messages taken off your list: 1"])
        #expect(await self.send(bob, "MS LIST", in: rig) == ["Messages for you: 0, not read: 0"])
    }

    @Test(arguments: [Check.Action.hold, .hide])
    func `a message that is left is looked at as any other`(action: Check.Action) async throws {
        let rig = try await PastRig()
        var check = Check()
        (check.name, check.kind, check.action, check.words) = ("spam", .words, action, ["buy"])
        check.directMessages = true
        var tenant = rig.harness.tenant
        tenant.settings.moderation.checks = [check]
        await rig.harness.apply(tenant)
        let ann = await rig.logIn("ann")
        let told = await self.send(ann, "MS SEND bob buy this", in: rig)
        #expect((told == ["Your message waits for bob"]) == (action == .hide), "\(told)")
        #expect(await self.send(ann, "MS SEND bob hello", in: rig) == ["Your message waits for bob"])
        let bob = await rig.logIn("bob")
        #expect(await self.send(bob, "MS LIST", in: rig).first == "Messages for you: 1, not read: 1")
    }

    @Test func `a message that is longer than a line has room for is shown in several`() async throws {
        let rig = try await PastRig()
        let ann = await rig.logIn("ann")
        let text = Array(repeating: "kettle", count: 56).joined(separator: " ")
        #expect(await self.send(ann, "MS SEND bob \(text)", in: rig) == ["Your message waits for bob"])
        let bob = await rig.logIn("bob")
        let read = await self.send(bob, "MS READ NEW", in: rig)
        #expect(read.count == 3)
        let words = read.dropFirst().flatMap { $0.split(separator: " ") }
        #expect(words.joined(separator: " ") == text)
    }

    @Test func `a message that was left is one of the direct messages of both`() async throws {
        let rig = try await PastRig()
        let ann = await rig.logIn("ann")
        _ = await rig.harness.send(ann, "MS SEND bob :later")
        try await rig.keep()
        let bob = await rig.logIn("bob")
        let read = await rig.harness.send(bob, "CHATHISTORY LATEST ann * 10")
        #expect(read.map { Line($0) }.with("PRIVMSG").map(\.short) == ["ann PRIVMSG bob later"])
        #expect(try await rig.deadLetters() == 0)
    }

    @Test(arguments: [1, 2])
    func `who is here is told at once, unless a list says that nothing is wanted`(shards: Int) async throws {
        let rig = try await PastRig(shards: shards)
        let ann = await rig.logIn("ann")
        let bob = await rig.logIn("bob", shard: shards - 1)
        _ = await rig.harness.send(ann, "MS SEND bob one")
        await rig.harness.settle()
        #expect(self.said(bob.take()) == ["ann left a message for you: /msg MemoServ READ NEW shows it"])
        #expect(await self.send(bob, "MS IGNORE ADD Ann", in: rig) == ["You get no messages of Ann any more"])
        // Nobody is told of being ignored.
        #expect(await self.send(ann, "MS SEND bob two", in: rig) == ["Your message waits for bob"])
        #expect(await self.send(bob, "MS IGNORE LIST", in: rig) == ["You want no messages of: ann"])
        #expect(await self.send(bob, "MS IGNORE DEL ann", in: rig) == ["You get messages of ann again"])
        #expect(await self.send(bob, "MS IGNORE DEL ann", in: rig) == ["ann is not in your list"])
        _ = await rig.harness.send(bob, "SILENCE +ann!*@*")
        #expect(await self.send(ann, "MS SEND bob three", in: rig) == ["Your message waits for bob"])
        #expect(await self.send(bob, "MS LIST", in: rig).first == "Messages for you: 1, not read: 1")
    }

    @Test func `messages are left by accounts for accounts, and so many`() async throws {
        let rig = try await PastRig()
        let guest = Client(harness: rig.harness, wire: await rig.harness.join("eve"))
        let needed = "Log in first: messages are left for accounts, by accounts"
        #expect(self.said(await rig.harness.send(guest.wire, "MS SEND bob hi", "MS LIST")) == [needed, needed])
        let ann = await rig.logIn("ann")
        #expect(await self.send(ann, "MS SEND nobody hi", in: rig) == ["There is no account nobody"])
        #expect(await self.send(ann, "MS SEND bob", in: rig) == ["Write SEND <account or nick> <text>"])
        for _ in 1...10 { _ = await rig.harness.send(ann, "MS SEND bob hi") }
        #expect(await self.send(ann, "MS SEND bob hi", in: rig) == ["Wait until what you left before is read"])
        let bob = await rig.logIn("bob")
        _ = await rig.harness.send(bob, "MS READ NEW")
        #expect(await self.send(ann, "MS SEND bob hi", in: rig) == ["Your message waits for bob"])
    }

    @Test func `where direct messages are not kept none are left`() async throws {
        let harness = try CommandHarness()
        let ann = await harness.member("ann").client
        let answer = await ann.send("MS SEND ann hi").with("NOTICE").map(\.text)
        #expect(answer == ["This network keeps no messages for who is away"])
    }

    @Test func `who has an account's name next reads nothing that was left for the one before`() async throws {
        let rig = try await PastRig()
        try await rig.renew("bob")
        let ann = await rig.logIn("ann")
        _ = await rig.harness.send(ann, "MS SEND bob secret")
        await rig.harness.advance(by: 1)
        try await rig.renew("bob")
        let (bob, lines) = await rig.welcome("bob")
        #expect(self.said(lines).isEmpty)
        #expect(await self.send(bob, "MS LIST", in: rig) == ["Messages for you: 0, not read: 0"])
    }
}
