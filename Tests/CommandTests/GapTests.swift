// A channel's log keeps the last entries only: what a shard missed beyond them comes from the history.

import Chat
import Edge
import Realm
import Simulation
import StateStore
import Tenant
import Testing

@Suite struct GapTests {
    /// Ann on a shard that misses what happens, and bob, who runs the channel, on another.
    private struct Rig {
        let past: PastRig
        let ann: Client
        let bob: Client

        init(_ capabilities: String = "batch server-time message-tags") async throws {
            self.past = try await PastRig(shards: 2)
            self.bob = await self.past.harness.client("bob", shard: 1, in: "#a")
            self.ann = await self.past.harness.client("ann", capabilities, in: "#a")
            _ = await self.bob.send("PRIVMSG #a :before")
            _ = await self.ann.hears()
            try await self.past.keep()
            self.past.harness.gates[0].isDeaf = true
        }

        /// Bob says so much, and then so much else happens that nothing of it is left in the log.
        func bobSays(_ count: Int) async {
            for number in 0..<count { self.bob.begin("PRIVMSG #a :\(number)") }
            for number in 0..<260 { self.bob.begin("MODE #a \(number.isMultiple(of: 2) ? "+" : "-")i") }
            _ = await self.bob.hears()
        }

        /// The shard hears again, and finds that it cannot be told entry by entry what it missed.
        ///
        /// - `isAnswered`: whether the store answers from then on.
        func reload(times: Int = 1, isAnswered: Bool = true) throws {
            let harness = self.past.harness
            harness.gates[0].isDeaf = false
            let snapshot = try #require(harness.snapshot(of: LogKey(harness.tenant.id, .channel, "#a")))
            if !isAnswered { harness.gates[0].shut() }
            for _ in 0..<times { harness.shards[0].realm.reloaded(snapshot) }
        }
    }

    private static func isGap(_ line: Line) -> Bool { line.text.contains("may be missing") }

    @Test(arguments: [1, 2])
    func `what was missed is told in order, in a batch, before what comes later`(times: Int) async throws {
        let rig = try await Rig()
        await rig.bobSays(100)
        try await rig.past.keep()
        try rig.reload(times: times)
        _ = await rig.bob.send("PRIVMSG #a :later")
        let lines = await rig.ann.hears()
        let said = lines.with("PRIVMSG")
        #expect(said.map(\.text) == (0..<100).map(String.init) + ["later"])
        #expect(
            said.dropLast().allSatisfy { $0.tags["batch"] != nil && $0.tags["msgid"] != nil && $0.tags["time"] != nil }
        )
        #expect(lines.with("BATCH").map { $0.parameters.dropFirst().first } == ["chathistory", nil])
        #expect(!lines.contains(where: Self.isGap))
        #expect(await rig.ann.send("PING x").commands == ["PONG"])
    }

    @Test func `more than is told to who comes back is said to be missing`() async throws {
        let rig = try await Rig()
        await rig.bobSays(230)
        try await rig.past.keep()
        try rig.reload()
        let lines = await rig.ann.hears()
        #expect(lines.with("PRIVMSG").map(\.text) == (30..<230).map(String.init))
        #expect(lines.contains(where: Self.isGap))
    }

    @Test func `what the history has not got yet is waited for`() async throws {
        let rig = try await Rig()
        await rig.bobSays(10)
        try rig.reload()
        await rig.past.harness.settle()
        #expect(await rig.ann.hears().with("PRIVMSG").isEmpty)
        try await rig.past.keep()
        await rig.past.harness.advance(by: 1)
        let lines = await rig.ann.hears()
        #expect(lines.with("PRIVMSG").count == 10 && !lines.contains(where: Self.isGap))
    }

    @Test func `what the history does not get is said to be missing, and it goes on`() async throws {
        let rig = try await Rig()
        await rig.bobSays(10)
        try rig.reload()
        _ = await rig.bob.send("PRIVMSG #a :later")
        await rig.past.harness.advance(by: 5)
        let lines = await rig.ann.hears().filter { $0.command != "MODE" }
        #expect(Self.isGap(lines[0]) && lines.count == 2 && lines[1].text == "later", "\(lines)")
        _ = await rig.ann.send("PRIVMSG #a :here")
        #expect(await rig.bob.hears().last?.short == "ann PRIVMSG #a here")
    }

    @Test(arguments: [0, 1])
    func `what a store lost that went back is said to be missing, though the history has all that it knows`(
        epochs: UInt64
    ) async throws {
        let rig = try await Rig()
        await rig.bobSays(3)
        try await rig.past.keep()
        let harness = rig.past.harness
        harness.gates[0].isDeaf = false
        let log = LogKey(harness.tenant.id, .channel, "#a")
        let now = try #require(harness.snapshot(of: log)).position
        // The shard was told more than the store has, which gives those numbers again, in a later epoch or soon.
        let lost = Entry(
            position: Position(epoch: now.epoch - epochs, sequence: now.sequence + 5),
            time: harness.clock.now,
            producer: ProducerID(rawValue: 1 << 20),
            payload: ChannelEvent.topic(nil, by: Author(session: nil, prefix: "x", account: nil)).encoded
        )
        harness.shards[0].realm.received(lost, of: log)
        try rig.reload()
        await harness.advance(by: 3)
        #expect(await rig.ann.hears().contains(where: Self.isGap))
    }

    @Test func `nobody waits for long where the answer does not come`() async throws {
        let rig = try await Rig()
        let (harness, gate) = (rig.past.harness, rig.past.harness.gates[0])
        await rig.bobSays(10)
        try await rig.past.keep()
        try rig.reload(isAnswered: false)
        _ = await rig.bob.send("PRIVMSG #a :later")
        await harness.advance(by: 4)
        #expect(await rig.ann.hears().with("PRIVMSG").isEmpty)
        await harness.advance(by: 1)
        #expect(await rig.ann.hears().filter { $0.command != "MODE" }.map(\.command) == ["NOTICE", "PRIVMSG"])
        // And nothing comes twice when it comes after all.
        gate.open()
        #expect(await rig.ann.hears().isEmpty)
    }

    @Test(arguments: ["", "echo-message"])
    func `what one said oneself comes once to who wants echoes, and never to others`(echo: String) async throws {
        let rig = try await Rig("batch message-tags \(echo)")
        _ = await rig.ann.send("PRIVMSG #a :mine")
        await rig.bobSays(3)
        try await rig.past.keep()
        try rig.reload()
        let said = await rig.ann.hears().with("PRIVMSG").map(\.text)
        #expect(said == (echo.isEmpty ? [] : ["mine"]) + ["0", "1", "2"])
    }

    // MARK: Coming back

    /// Ann's account is in the channel without a client; what is said is more than the log keeps.
    private func comesBack(isKept: Bool, shard: Int, after count: Int) async throws -> [Line] {
        let past = try await PastRig(shards: 2)
        let bob = await past.harness.client("bob", shard: 1, in: "#a")
        let capabilities = "batch server-time message-tags"
        let laptop = await past.logIn("ann", capabilities: capabilities)
        _ = await past.harness.send(laptop, "JOIN #a")
        _ = await bob.send("PRIVMSG #a :before")
        laptop.disconnect()
        await past.harness.settle()
        for number in 0..<count { bob.begin("PRIVMSG #a :\(number)") }
        for number in 0..<260 { bob.begin("MODE #a \(number.isMultiple(of: 2) ? "+" : "-")i") }
        _ = await bob.send("PRIVMSG #a :last", "PRIVMSG #a :really last")
        if isKept { try await past.keep() }
        let phone = past.harness.connect(shard: shard)
        phone.send("PASS ann:sesame", "CAP REQ :\(capabilities)", "NICK ann", "USER x 0 * :X", "CAP END")
        await past.harness.settle()
        await past.harness.advance(by: 6)
        return phone.take().map { Line($0) }
    }

    private static func isMore(_ line: Line) -> Bool { line.text.hasPrefix("More was said in #a") }

    @Test(arguments: 0..<2)
    func `who comes back is told from the history what the log has not any more`(shard: Int) async throws {
        let lines = try await self.comesBack(isKept: true, shard: shard, after: 100)
        let said = lines.with("PRIVMSG")
        #expect(said.map(\.text) == (0..<100).map(String.init) + ["last", "really last"])
        #expect(Set(said.map { $0.tags["batch"] }).count == 1 && said[0].tags["batch"] != nil)
        #expect(Set(said.map { $0.tags["msgid"] }).count == 102)
        #expect(!lines.contains(where: Self.isMore))
    }

    @Test func `of more than two hundred messages the last are told, and that there were more`() async throws {
        let lines = try await self.comesBack(isKept: true, shard: 0, after: 300)
        #expect(lines.with("PRIVMSG").map(\.text) == (102..<300).map(String.init) + ["last", "really last"])
        #expect(lines.contains(where: Self.isMore))
    }

    @Test func `who comes back before the history has it is told that there was more`() async throws {
        let lines = try await self.comesBack(isKept: false, shard: 0, after: 100)
        #expect(lines.with("PRIVMSG").map(\.text) == ["last", "really last"])
        #expect(lines.contains(where: Self.isMore))
    }
}
