// Labels (ircv3.net/specs/extensions/labeled-response): each labelled command has exactly one answer.

import Chat
import Simulation
import StateStore
import Tenant
import Testing

@Suite struct LabelTests {
    @Test(arguments: [
        ("PONG :nothing", ["ACK"]), ("PING :token", ["PONG"]), ("NOSUCH x", ["421"]), ("JOIN", ["461"]),
        ("WHOIS bob", ["311", "319", "312", "671", "317", "318"]), ("PRIVMSG #lobby :hello", ["PRIVMSG"]),
        ("PRIVMSG bob :direct", ["PRIVMSG"]), ("PRIVMSG bob,#lobby :twice", ["PRIVMSG", "PRIVMSG"]),
        ("PRIVMSG nobody :x", ["401"]), ("NOTICE nobody :x", ["ACK"]), ("PRIVMSG bob,nobody :x", ["PRIVMSG", "401"]),
        ("@+a TAGMSG #lobby", ["TAGMSG"]), ("JOIN #other", ["JOIN", "353", "366"]), ("JOIN #lobby", ["ACK"]),
        ("JOIN #x,#y", ["JOIN", "353", "366", "JOIN", "353", "366"]),
        ("TOPIC #lobby :new", ["TOPIC"]), ("MODE #lobby +m", ["MODE"]), ("MODE #lobby +Zm", ["MODE", "472"]),
        ("MODE alice +i", ["MODE"]), ("NICK alicia", ["NICK"]), ("AWAY :out", ["306"]), ("SETNAME :A", ["SETNAME"]),
        ("PART #lobby", ["PART"]), ("KICK #lobby bob", ["KICK"]), ("INVITE out #lobby", ["341"]),
        ("MONITOR + bob,nobody", ["730", "731"]), ("MONITOR - bob", ["ACK"]), ("NAMES #lobby", ["353", "366"]),
        ("LIST", ["321", "322", "323"]), ("WHO #lobby", ["352", "352", "315"]), ("OPER x y", ["464"]),
        ("USERHOST bob", ["302"]), ("ISON bob", ["303"]), ("WHOWAS x", ["406", "369"]), ("TIME", ["391"]),
        ("CAP LIST", ["CAP"]), ("MOTD", ["422"]),
    ])
    func `a labelled command has one answer, with all that belongs to it`(line: String, expected: [String]) async throws
    {
        let harness = try CommandHarness(shards: 2)
        let alice = await harness.client("alice", everyCapability, in: "#lobby")
        _ = await harness.client("bob", shard: 1, in: "#lobby")
        _ = await harness.client("out", shard: 1)
        _ = await alice.hears()
        let answer = await alice.ask("one", line)
        #expect(answer.lines.commands == expected, "\(answer.lines)")
        #expect(answer.faults.isEmpty && answer.others.isEmpty, "\(answer)")
    }

    @Test func `a label comes back as it was, on the answer alone`() async throws {
        let harness = try CommandHarness()
        let alice = await harness.client("alice", everyCapability, in: "#a")
        let bob = await harness.client("bob", everyCapability, in: "#a")
        await [alice, bob].listen()
        let lines = await alice.send("@label=a\\sb\\:\\\\ PRIVMSG #a :x")
        #expect(lines.count == 1 && lines[0].tags["label"] == "a\\sb\\:\\\\")
        let heard = await bob.hears()
        #expect(heard[0].tags["label"] == nil && heard[0].tags["msgid"] == lines[0].tags["msgid"])
        #expect(await alice.send("@label= PING x", "PING y").allSatisfy { $0.tags["label"] == nil })
    }

    @Test func `without echoes a labelled message is acknowledged`() async throws {
        let harness = try CommandHarness(shards: 2)
        let alice = await harness.client("alice", "batch labeled-response", in: "#a")
        _ = await harness.client("bob", shard: 1).send("AWAY :out")
        #expect(await alice.ask("a", "PRIVMSG #a :x").lines.map(\.description) == ["@label=a :acme.localhost ACK"])
        #expect(await alice.ask("b", "PRIVMSG bob :x").lines.shorts == ["301 bob out"])
        let answer = await alice.ask("c", "PRIVMSG alice :to myself")
        #expect(answer.lines.commands == ["ACK"] && answer.others.shorts == ["alice PRIVMSG alice to myself"])
    }

    @Test func `a labelled command that the store keeps waiting is answered when it is done`() async throws {
        let harness = try CommandHarness(shards: 2)
        let alice = await harness.client("alice", everyCapability, in: "#a")
        let bob = await harness.client("bob", shard: 1, in: "#a", "#b")
        await [alice, bob].listen()
        for (label, line) in [("j", "JOIN #b"), ("m", "PRIVMSG #a :x"), ("l", "PRIVMSG #a,bob :x"), ("w", "WHO *")] {
            harness.gates[0].shut()
            alice.begin("@label=\(label) \(line)")
            _ = await bob.send("PRIVMSG #a :news of \(label)", "PRIVMSG alice :news of \(label)")
            let early = await alice.hears()
            #expect(early.map(\.text) == ["news of \(label)", "news of \(label)"])
            #expect(early.allSatisfy { $0.tags["label"] == nil && $0.tags["batch"] == nil })
            harness.gates[0].open()
            let answer = Answer(label, in: await alice.hears())
            #expect(answer.faults.isEmpty && answer.others.isEmpty && !answer.lines.isEmpty, "\(answer)")
            _ = await bob.hears()
        }
    }

    @Test func `a label means nothing to a client without the capabilities for it`() async throws {
        let harness = try CommandHarness()
        for capabilities in ["", "message-tags", "labeled-response"] {
            let client = await harness.client("ann", capabilities)
            #expect(
                await client.send("@label=x PING a").map(\.description) == [":acme.localhost PONG acme.localhost :a"]
            )
            _ = await client.send("QUIT")
        }
    }

    @Test func `a label behind messages in flight belongs to its own command`() async throws {
        let harness = try CommandHarness(shards: 2)
        let alice = await harness.client("alice", "echo-message batch labeled-response message-tags", in: "#a")
        let bob = await harness.client("bob", shard: 1, in: "#a")
        await [alice, bob].listen()
        // The store takes its time, so the first messages are still on their way when the labels come.
        harness.gates[0].shut()
        for turn in 0..<20 {
            alice.begin(
                "PRIVMSG #a :plain \(turn)",
                "@label=a\(turn) PRIVMSG #a :labelled \(turn)",
                "@label=b\(turn) WHOIS bob",
                "PRIVMSG #a :last \(turn)"
            )
        }
        await harness.settle()
        harness.gates[0].open()
        let lines = await alice.hears()
        for turn in 0..<20 {
            let (one, two) = (Answer("a\(turn)", in: lines), Answer("b\(turn)", in: lines))
            #expect(one.faults.isEmpty && one.lines.map(\.text) == ["labelled \(turn)"])
            #expect(two.faults.isEmpty && two.lines.commands.first == "311" && two.lines.commands.last == "318")
        }
        let said = lines.with("PRIVMSG")
        #expect(said.filter { $0.tags["label"] == nil && $0.tags["batch"] == nil }.count == 40)
        let order = (0..<20).flatMap { turn in ["plain", "labelled", "last"].map { "\($0) \(turn)" } }
        #expect(said.map(\.text) == order)
        #expect(await bob.hears().map(\.text) == order)
    }

    @Test func `what others do meanwhile is not part of an answer`() async throws {
        let harness = try CommandHarness(shards: 2)
        harness.accounts.add("boss", password: "sesame", role: .admin)
        let alice = await harness.client("alice", everyCapability, in: "#a")
        let bob = await harness.client("bob", shard: 1, in: "#a")
        let cid = await harness.client("cid", in: "#a")
        await [alice, bob, cid].listen()
        // The password is checked off the loop: the command is under way while others speak and go.
        alice.begin("@label=oper OPER boss sesame")
        bob.begin("PRIVMSG #a :meanwhile")
        cid.begin("PRIVMSG alice :direct", "QUIT")
        let answer = Answer("oper", in: await alice.hears())
        #expect(
            answer.faults.isEmpty
                && answer.lines.shorts == ["MODE alice +o", "381 You are now an administrator of the network"],
            "\(answer)"
        )
        #expect(Set(answer.others.commands) == ["PRIVMSG", "QUIT"])
    }

    @Test func `a long answer is one batch`() async throws {
        let harness = try CommandHarness()
        let alice = await harness.client("alice", everyCapability)
        for index in 0..<250 { _ = await harness.client("n\(index)") }
        let answer = await alice.ask("who", "WHO *")
        #expect(answer.faults.isEmpty && answer.others.isEmpty)
        #expect(answer.lines.with("352").count == 251 && answer.lines.last?.command == "315")
    }

    @Test func `labelled log-ins are answered like others`() async throws {
        let harness = try CommandHarness()
        harness.accounts.add("ann", password: "sesame")
        let ann = await harness.client("ann", everyCapability + " sasl")
        #expect(await ann.ask("a", "AUTHENTICATE PLAIN").lines.commands == ["AUTHENTICATE"])
        let answer = await ann.ask("b", "AUTHENTICATE \(plain("ann", "sesame"))")
        #expect(answer.faults.isEmpty && answer.lines.commands == ["900", "903", "ACCOUNT", "CHGHOST"], "\(answer)")
    }

    @Test func `everybody's labelled messages are answered by their echo, in the channel's order`() async throws {
        let harness = try CommandHarness(shards: 2)
        var clients: [Client] = []
        let capabilities = "echo-message message-tags batch labeled-response"
        for index in 0..<4 {
            clients.append(await harness.client("user\(index)", shard: index % 2, capabilities, in: "#a"))
        }
        await clients.listen()
        for number in 0..<50 {
            for (index, client) in clients.enumerated() {
                client.begin("@label=\(number) PRIVMSG #a :\(index) \(number)")
            }
            if number % 7 == 0 { await harness.settle() }
        }
        var orders: [[String]] = []
        for (index, client) in clients.enumerated() {
            let lines = await client.hears()
            orders.append(lines.with("PRIVMSG").map(\.text))
            for number in 0..<50 {
                let answer = Answer(String(number), in: lines)
                #expect(answer.faults.isEmpty && answer.lines.map(\.text) == ["\(index) \(number)"])
            }
        }
        #expect(orders[0].count == 200 && orders.allSatisfy { $0 == orders[0] })
    }
}
