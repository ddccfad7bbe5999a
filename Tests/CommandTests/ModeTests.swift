// MODE of channels and of users (RFC 2812 3.1.5, 3.2.3; modern.ircdocs.horse MODE).

import Simulation
import Testing

@Suite struct ModeTests {
    @Test(arguments: [
        ("+m", "ann MODE #a +m"), ("+s", "ann MODE #a +s"), ("+l 5", "ann MODE #a +l 5"),
        ("+k key", "ann MODE #a +k key"), ("+b bob", "ann MODE #a +b bob!*@*"),
        ("+b *@host", "ann MODE #a +b *!*@host"), ("+v bob", "ann MODE #a +v bob"), ("+o BOB", "ann MODE #a +o bob"),
        ("+q bob", "ann MODE #a +o bob"), ("-nt+im", "ann MODE #a -nt+im"),
        ("+ov bob bob", "ann MODE #a +ov bob bob"), ("i", "ann MODE #a +i"),
    ])
    func `MODE changes a channel and tells everybody`(modes: String, expected: String) async throws {
        let harness = try CommandHarness(shards: 2)
        let room = await harness.room("#a", "ann", "bob", shard: { $0 })
        #expect(await room[0].send("MODE #a \(modes)").shorts == [expected])
        #expect(await room[1].hears().shorts == [expected])
    }

    @Test(arguments: ["+n", "-m", "+m-m", "-k", "-l", "-b x!*@*", "+q ann", "-v bob", "+"])
    func `MODE that changes nothing is told to nobody`(modes: String) async throws {
        let room = await (try CommandHarness()).room("#a", "ann", "bob")
        #expect(await room[0].send("MODE #a \(modes)").isEmpty)
        #expect(await room[1].hears().isEmpty)
    }

    @Test(arguments: [
        ("owner", "MODE", "461 MODE"), ("owner", "MODE #x", "403 #x"), ("owner", "MODE #a +Z", "472 Z"),
        ("owner", "MODE #a +o nobody", "401 nobody"), ("owner", "MODE #a +o out", "441 out #a"),
        ("owner", "MODE #a +l x", "696 #a l x"), ("owner", "MODE #a +l 0", "696 #a l 0"),
        ("owner", "MODE #a -v a.b", "401 a.b"), ("owner", "MODE #a +q OUT", "441 OUT #a"),
        ("member", "MODE #a +o nobody", "482 #a"), ("owner", "MODE #a +l", "696 #a l *"),
        ("owner", "MODE #a +k", "696 #a k *"),
        ("owner", "MODE #a +k a,b", "696 #a k *"), ("owner", "MODE #a +r", "696 #a r *"),
        ("member", "MODE #a +m", "482 #a"), ("member", "MODE #a +v member", "482 #a"),
        ("member", "MODE #a e", "482 #a"), ("member", "MODE #a I", "482 #a"), ("out", "MODE #a +m", "442 #a"),
        ("host", "MODE #a +q host", "482 #a"), ("host", "MODE #a -o owner2", "482 #a"),
        ("host", "MODE #a -q owner", "482 #a"),
    ])
    func `MODE of a channel is refused`(who: String, line: String, expected: String) async throws {
        let harness = try CommandHarness(shards: 2)
        let room = await harness.room("#a", "owner", "member", "host", "owner2")
        let out = await harness.client("out", shard: 1)
        _ = await room[0].send("MODE #a +oqo host owner2 owner2")
        await room.listen()
        let client = ["owner": room[0], "member": room[1], "host": room[2]][who] ?? out
        let lines = await client.send(line)
        #expect(lines.begin(with: [expected]), "\(lines)")
        #expect(await room[3].hears().isEmpty)
    }

    @Test func `MODE does what it can of a line and refuses the rest`() async throws {
        let room = await (try CommandHarness()).room("#a", "ann", "bob")
        let lines = await room[0].send("MODE #a +mZvo bob nobody")
        #expect(lines.begin(with: ["ann MODE #a +mv bob", "472 Z", "401 nobody"]), "\(lines)")
    }

    @Test func `MODE alone shows the modes, the key to members only`() async throws {
        let harness = try CommandHarness()
        let ann = await harness.client("ann", in: "#a")
        _ = await ann.send("MODE #a +lk 9 sesame")
        #expect(await ann.send("MODE #a").shorts == ["324 #a +ntlk 9 sesame", "329 #a 1700000000"])
        let bob = await harness.client("bob")
        #expect(await bob.send("MODE #a").first?.short == "324 #a +ntlk 9 *")
        _ = await ann.send("MODE #a +s")
        #expect(await bob.send("MODE #a").begin(with: ["403 #a"]))
    }

    @Test(arguments: [("b", "367", "368"), ("e", "348", "349"), ("I", "346", "347")])
    func `MODE lists masks with who set them and when`(letter: String, item: String, end: String) async throws {
        let ann = await (try CommandHarness()).client("ann", in: "#a")
        #expect(await ann.send("MODE #a \(letter)").commands == [end])
        _ = await ann.send("MODE #a +\(letter) bob", "MODE #a +\(letter) BOB")
        let lines = await ann.send("MODE #a +\(letter)")
        #expect(lines.commands == [item, end])
        #expect(lines[0].parameters.dropFirst() == ["#a", "bob!*@*", "ann", "1700000000"])
    }

    @Test func `a list takes as many masks as was promised`() async throws {
        let ann = await (try CommandHarness()).client("ann", in: "#a")
        for index in 0..<50 {
            let masks = (0..<5).map { "n\(index)x\($0)" }.joined(separator: " ")
            _ = await ann.send("MODE #a +bbbbb \(masks)")
        }
        #expect(await ann.send("MODE #a b").with("367").count == 250)
        #expect(await ann.send("MODE #a +b more").begin(with: ["478 #a b"]))
        #expect(await ann.send("MODE #a -b n0x0", "MODE #a +b more").commands == ["MODE", "MODE"])
    }

    @Test func `a private channel becomes a secret one in one step`() async throws {
        let ann = await (try CommandHarness()).client("ann", in: "#a")
        #expect(await ann.send("MODE #a +p", "MODE #a +s").shorts == ["ann MODE #a +p", "ann MODE #a -p+s"])
    }

    // MARK: Users

    @Test(arguments: [("+i", "MODE ann +i"), ("+wB", "MODE ann +Bw"), ("+i-w", "MODE ann +i")])
    func `MODE changes what one is`(modes: String, expected: String) async throws {
        let ann = await (try CommandHarness()).client("ann")
        #expect(await ann.send("MODE ann \(modes)").shorts == [expected])
        #expect(await ann.send("MODE ANN \(modes)").isEmpty)
    }

    @Test(arguments: [
        ("MODE ann", "221 +Z"), ("MODE ann +?", "501"), ("MODE bob", "502"), ("MODE bob +i", "502"),
        ("MODE nobody +i", "401 nobody"),
    ])
    func `MODE of users answers and refuses`(line: String, expected: String) async throws {
        let harness = try CommandHarness(shards: 2)
        _ = await harness.client("bob", shard: 1)
        let lines = await harness.client("ann").send(line)
        #expect(lines.begin(with: [expected]), "\(lines)")
    }

    @Test(arguments: ["+o", "+r", "-r"])
    func `MODE gives nobody what only the server gives`(modes: String) async throws {
        let ann = await (try CommandHarness()).client("ann")
        #expect(await ann.send("MODE ann \(modes)").isEmpty)
        #expect(await ann.send("MODE ann").begin(with: ["221 +Z"]))
        #expect(await ann.send("KILL ann :x").begin(with: ["481"]))
    }
}
