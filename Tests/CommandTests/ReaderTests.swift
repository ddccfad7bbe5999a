// Clients that read slowly, go away, say nothing, or say too much.

import Chat
import Edge
import Simulation
import StateStore
import Testing

@Suite struct ReaderTests {
    /// Limits under which a long answer does not fit the send queue, though a page of it does.
    private var small: ConnectionLimits {
        var limits = ConnectionLimits.withoutFloodControl
        limits.sendQueueBytes = 128 << 10
        return limits
    }

    /// Many people with long names, in one channel and each in its own.
    private func crowd() async throws -> CommandHarness {
        let harness = try CommandHarness(limits: self.small)
        for index in 0..<220 {
            let client = harness.stranger()
            let realname = String(repeating: "r", count: 120)
            _ = await client.send("NICK somebody-with-a-name-\(index)", "USER somebody 0 * :\(realname)")
            _ = await client.send("JOIN #all,#channel-with-a-long-name-\(index)")
            _ = await client.send("TOPIC #channel-with-a-long-name-\(index) :" + String(repeating: "t", count: 200))
        }
        return harness
    }

    @Test func `WHO, NAMES and LIST come whole to who reads slowly, and nobody is closed for what it asked`()
        async throws
    {
        let harness = try await self.crowd()
        let ann = await harness.client("ann", "userhost-in-names")
        for (line, row, end) in [
            ("WHO *", "352", "315"), ("WHO #all", "352", "315"), ("LIST", "322", "323"),
            ("NAMES #all,#all,#all,#all", "353", "366"),
        ] {
            ann.wire.stopReading()
            ann.begin(line, line, line, "PING :after")
            let lines = await self.readSlowly(ann, until: "PONG")
            #expect(!ann.isClosed && lines.dropLast().last?.command == end, "\(line)")
            let bytes = lines.reduce(0) { $0 + $1.description.utf8.count + 2 }
            #expect(bytes > self.small.sendQueueBytes, "\(line): \(bytes)")
            let rows = lines.with(row).reduce(0) { $0 + (row == "353" ? $1.text.split(separator: " ").count : 1) }
            #expect(rows == 3 * (["WHO #all": 220, "NAMES #all,#all,#all,#all": 880][line] ?? 221), "\(line)")
        }
        let labelled = await harness.client("bob", everyCapability)
        labelled.wire.stopReading()
        labelled.begin("WHO *", "@label=x WHO *", "PING :after")
        let answer = Answer("x", in: await self.readSlowly(labelled, until: "PONG"))
        #expect(answer.faults.isEmpty && answer.lines.with("352").count == 222)
    }

    /// Reads what there is, again and again, and stops in between.
    private func readSlowly(_ client: Client, until last: String) async -> [Line] {
        var lines: [Line] = []
        while lines.last?.command != last {
            await client.harness.settle()
            client.wire.readAgain()
            let more = client.wire.take().map { Line($0) }
            client.wire.stopReading()
            if more.isEmpty { break }
            lines += more
        }
        client.wire.readAgain()
        return lines
    }

    @Test func `who does not read what others send is closed, and the others hear of it`() async throws {
        let harness = try CommandHarness(limits: self.small)
        let room = await harness.room("#a", "ann", "slow")
        room[1].wire.stopReading()
        var told: [Line] = []
        for _ in 0..<300 where told.isEmpty {
            told = await room[0].send("PRIVMSG #a :" + String(repeating: "x", count: 450))
        }
        #expect(told.shorts == ["slow QUIT SendQ exceeded"])
        #expect(await room[0].send("NAMES #a").first?.text == "@ann")
        await harness.advance(by: 11)
        #expect(room[1].isClosed)
    }

    // MARK: Gone in the middle

    @Test func `a nickname is free when its client went away in the middle of signing on`() async throws {
        let harness = try CommandHarness(shards: 2)
        harness.accounts.add("ann", password: "sesame")
        for lines in [["NICK ann"], ["NICK ann", "USER a 0 * :A"], ["PASS sesame", "NICK ann", "USER a 0 * :A"]] {
            let client = harness.stranger()
            for line in lines { client.begin(line) }
            client.wire.disconnect()
            await harness.settle()
            let next = harness.stranger(shard: 1)
            #expect(await next.send("NICK ann", "USER a 0 * :A").first?.command == "001", "\(lines)")
            _ = await next.send("QUIT")
            await harness.settle()
        }
    }

    @Test(arguments: [
        "JOIN #a", "JOIN #a,#b,#c", "NICK other", "OPER boss sesame", "MODE #x +o bob", "PRIVMSG #x :last", "PART #x",
        "LIST", "WHO *", "AWAY :x", "AUTHENTICATE PLAIN",
    ])
    func `nothing of a session stays that ended in the middle of a command`(line: String) async throws {
        let harness = try CommandHarness(shards: 2)
        harness.accounts.add("boss", password: "sesame", role: .admin)
        let bob = await harness.client("bob", shard: 1, in: "#x")
        let ann = await harness.client("ann", "sasl", in: "#x")
        await [ann, bob].listen()
        ann.begin(line)
        ann.wire.disconnect()
        let told = await bob.hears()
        #expect(told.filter { $0.command == "QUIT" || $0.command == "PART" }.count == 1, "\(told)")
        #expect(await bob.send("NAMES #x").first?.text == "@bob")
        #expect(await bob.send("LIST").with("322").count == 1)
        #expect(await bob.send("LUSERS").first?.text.contains("1 users") == true)
        #expect(await bob.send("NICK ann", "NICK other").with("433").isEmpty)
    }

    @Test func `a log-in whose client went away is nobody's`() async throws {
        let harness = try CommandHarness()
        harness.accounts.add("ann", password: "sesame")
        let client = await harness.negotiating()
        _ = await client.send("AUTHENTICATE PLAIN")
        client.begin("AUTHENTICATE \(plain("ann", "sesame"))")
        client.wire.disconnect()
        await harness.settle()
        #expect(await harness.client("ann").send("LUSERS").first?.text.contains("1 users") == true)
    }

    // MARK: Silence

    @Test func `who does not register is closed after a minute`() async throws {
        let harness = try CommandHarness()
        let client = harness.stranger()
        _ = await client.send("NICK ann")
        await harness.advance(by: 58)
        #expect(!client.isClosed)
        await harness.advance(by: 8)
        #expect(client.isClosed)
        #expect(await client.hears().last?.text.contains("Registration timed out") == true)
    }

    @Test func `the more wait to register, the less time they have`() async throws {
        let harness = try CommandHarness()
        let clients = (0..<2500).map { harness.stranger(address: "192.0.2.\($0 % 250)") }
        func closed(after seconds: Int) async -> Int {
            await harness.advance(by: seconds)
            return clients.filter(\.isClosed).count
        }
        #expect(await closed(after: 18) == 0)
        #expect(await closed(after: 8) >= 500)
        // As many as are welcome at any time keep theirs.
        #expect(await (1400...1500).contains(closed(after: 14)))
        #expect(await harness.client("ann").send("PING x").commands == ["PONG"])
    }

    @Test func `who is silent is pinged, and closed without an answer`() async throws {
        let harness = try CommandHarness(shards: 2)
        let room = await harness.room("#a", "ann", "bob", shard: { $0 })
        await harness.advance(by: 59)
        #expect(await room[0].hears().isEmpty)
        await harness.advance(by: 7)
        for client in room { #expect(await client.hears().commands == ["PING"]) }
        _ = await room[1].send("PONG :acme.localhost")
        await harness.advance(by: 66)
        #expect(room[0].isClosed && !room[1].isClosed)
        #expect(await room[0].hears().last?.text.contains("Ping timeout") == true)
        #expect(await room[1].hears().first?.short.hasPrefix("ann QUIT Ping timeout") == true)
    }

    // MARK: Floods

    @Test func `a client that sends too fast is slowed down and loses nothing`() async throws {
        let harness = try CommandHarness(limits: ConnectionLimits())
        let ann = await harness.client("ann")
        for number in 0..<60 { ann.begin("PING \(number)") }
        let first = await ann.hears()
        #expect(first.count < 25 && first.count > 10)
        await harness.advance(by: 1)
        #expect(await ann.hears().count == 4)
        await harness.advance(by: 15)
        #expect(await ann.hears().last?.text == "59")
    }

    @Test func `what costs more slows down sooner`() async throws {
        let harness = try CommandHarness(limits: ConnectionLimits())
        let ann = await harness.client("ann")
        for _ in 0..<30 { ann.begin("LIST") }
        let lists = await ann.hears().with("323").count
        #expect(lists > 2 && lists < 8)
    }

    @Test func `a client that fills the receive queue is closed`() async throws {
        let harness = try CommandHarness(limits: ConnectionLimits())
        let ann = await harness.client("ann")
        for _ in 0..<400 { ann.begin("PRIVMSG nobody :" + String(repeating: "x", count: 400)) }
        await harness.settle()
        #expect(ann.isClosed || ann.wire.lines.contains { $0.contains("RecvQ exceeded") })
    }
}
