// AUTHENTICATE PLAIN (ircv3.net/specs/extensions/sasl-3.1 and 3.2, RFC 4616).

import Foundation
import Realm
import Simulation
import StateStore
import Tenant
import Testing

/// The response of PLAIN, in base64.
func plain(_ account: String, _ password: String, as identity: String = "") -> String {
    Data("\(identity)\0\(account)\0\(password)".utf8).base64EncodedString()
}

extension CommandHarness {
    /// Somebody in the middle of the negotiation, with `sasl`.
    func negotiating(_ nick: String = "ann", shard: Int = 0, address: String = "192.0.2.1") async -> Client {
        let client = self.stranger(shard: shard, address: address)
        _ = await client.send("CAP LS 302", "CAP REQ :sasl", "NICK \(nick)", "USER \(nick) 0 * :X")
        return client
    }
}

@Suite struct SaslTests {
    @Test func `AUTHENTICATE logs in before registration`() async throws {
        let harness = try CommandHarness()
        harness.accounts.add("Ann", password: "sesame")
        let client = await harness.negotiating()
        #expect(await client.send("AUTHENTICATE PLAIN").shorts == ["AUTHENTICATE +"])
        let lines = await client.send("AUTHENTICATE \(plain("Ann", "sesame"))")
        #expect(lines.commands == ["900", "903"] && lines[0].parameters[2] == "Ann")
        #expect(await client.send("AUTHENTICATE PLAIN").commands == ["907"])
        let welcome = await client.send("CAP END")
        #expect(welcome.first?.command == "001" && welcome.last?.short == "MODE ann +r")
        #expect(await client.send("WHOIS ann").with("330").first?.parameters[2] == "Ann")
    }

    /// Some clients send all of it at once, and some never ask for the capability.
    @Test(arguments: ["CAP REQ :sasl", "CAP LS 302"])
    func `AUTHENTICATE and CAP END in one go do not overtake each other`(first: String) async throws {
        let harness = try CommandHarness()
        harness.accounts.add("ann", password: "sesame")
        let client = harness.stranger()
        let lines = await client.send(
            first,
            "NICK ann",
            "USER ann 0 * :X",
            "AUTHENTICATE PLAIN",
            "AUTHENTICATE \(plain("ann", "sesame"))",
            "CAP END"
        )
        let answers = lines.commands.filter { $0 != "CAP" }
        #expect(answers.starts(with: ["AUTHENTICATE", "900", "903", "001"]), "\(lines)")
    }

    @Test(arguments: [
        plain("ann", "wrong"), plain("nobody", "sesame"), plain("ann", "sesame", as: "bob"), "!!!", "+",
        Data("no separators".utf8).base64EncodedString(),
    ])
    func `AUTHENTICATE refuses what proves nothing, and one may try again`(response: String) async throws {
        let harness = try CommandHarness()
        harness.accounts.add("ann", password: "sesame")
        let client = await harness.negotiating()
        #expect(
            await client.send("AUTHENTICATE PLAIN", "AUTHENTICATE \(response)").commands == ["AUTHENTICATE", "904"]
        )
        _ = await client.send("AUTHENTICATE PLAIN")
        #expect(await client.send("AUTHENTICATE \(plain("ann", "sesame", as: "ann"))").commands == ["900", "903"])
    }

    @Test func `AUTHENTICATE refuses what it does not know`() async throws {
        let harness = try CommandHarness()
        let client = await harness.negotiating()
        let lines = await client.send("AUTHENTICATE NOSUCH")
        #expect(lines.commands == ["908", "904"] && lines[0].parameters[1] == "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512")
        #expect(await client.send("AUTHENTICATE").begin(with: ["461 AUTHENTICATE"]))
        #expect(await client.send("AUTHENTICATE PLAIN", "AUTHENTICATE *").commands == ["AUTHENTICATE", "906"])
        let long = await client.send("AUTHENTICATE PLAIN", "AUTHENTICATE \(String(repeating: "A", count: 401))")
        #expect(long.commands == ["AUTHENTICATE", "905"])
        #expect(await client.send("CAP END").first?.command == "001")
    }

    @Test func `a response in pieces is put together`() async throws {
        let harness = try CommandHarness()
        // Exactly one piece in base64, so that an empty one has to end it.
        let password = String(repeating: "p", count: 300 - 5)
        harness.accounts.add("ann", password: password)
        let client = await harness.negotiating()
        let response = plain("ann", password)
        #expect(response.count == 400)
        _ = await client.send("AUTHENTICATE PLAIN")
        #expect(await client.send("AUTHENTICATE \(response)").isEmpty)
        #expect(await client.send("AUTHENTICATE +").commands == ["900", "903"])
    }

    @Test func `a response without an end is refused`() async throws {
        let harness = try CommandHarness()
        let client = await harness.negotiating()
        _ = await client.send("AUTHENTICATE PLAIN")
        let piece = "AUTHENTICATE " + String(repeating: "A", count: 400)
        var codes: [String] = []
        for _ in 0..<30 where codes.isEmpty { codes = await client.send(piece).commands }
        #expect(codes == ["904"])
        #expect(await client.send("AUTHENTICATE PLAIN", piece + "A").commands == ["AUTHENTICATE", "905"])
    }

    @Test func `CAP END in the middle of it ends it without an account`() async throws {
        let harness = try CommandHarness()
        let client = await harness.negotiating()
        _ = await client.send("AUTHENTICATE PLAIN")
        #expect(await client.send("CAP END").commands.starts(with: ["906", "001"]))
        #expect(await client.send("WHOIS ann").with("330").isEmpty)
    }

    @Test func `who gives the capability up in the middle has left the exchange`() async throws {
        let harness = try CommandHarness()
        let client = await harness.negotiating()
        #expect(await client.send("AUTHENTICATE PLAIN", "CAP REQ :-sasl").commands == ["AUTHENTICATE", "CAP", "906"])
        #expect(await client.send("CAP END").first?.command == "001")
    }

    @Test func `a log-in that cannot be checked is told as that`() async throws {
        let harness = try CommandHarness()
        harness.accounts.failure = .unavailable
        let client = harness.stranger()
        _ = await client.send("CAP REQ :sasl standard-replies", "NICK ann", "USER ann 0 * :X", "AUTHENTICATE PLAIN")
        let lines = await client.send("AUTHENTICATE \(plain("ann", "sesame"))")
        #expect(lines.begin(with: ["FAIL AUTHENTICATE TEMPORARILY_UNAVAILABLE", "904"]), "\(lines)")
        #expect(lines.last?.text == "accounts cannot be checked now, try again")
        #expect(await client.send("CAP END").first?.command == "001")
    }

    // MARK: After registration

    @Test func `AUTHENTICATE after registration tells others the account and the host`() async throws {
        let harness = try CommandHarness(shards: 2)
        harness.accounts.add("ann", password: "sesame")
        let ann = await harness.client("ann", "sasl", in: "#a")
        let full = await harness.client("full", shard: 1, "account-notify chghost account-tag", in: "#a")
        let bare = await harness.client("bare", shard: 1, in: "#a")
        await [ann, full, bare].listen()
        _ = await ann.send("AUTHENTICATE PLAIN")
        #expect(await ann.send("AUTHENTICATE \(plain("ann", "sesame"))").commands == ["900", "903"])
        let told = await full.hears()
        #expect(told.begin(with: ["ann ACCOUNT ann", "ann CHGHOST ~ann "]), "\(told)")
        #expect(await bare.hears().begin(with: ["ann QUIT Changing host", "ann JOIN #a", "MODE #a +"]))
        _ = await ann.send("PRIVMSG #a :in")
        let said = await full.hears()
        #expect(said[0].tags["account"] == "ann" && said[0].source.hasSuffix("@" + told[1].text))
        // The same account has the same host.
        _ = await ann.send("AUTHENTICATE PLAIN", "AUTHENTICATE \(plain("ann", "sesame"))")
        #expect(await full.hears().with("CHGHOST").isEmpty)
        _ = await ann.send("AUTHENTICATE PLAIN")
        harness.accounts.add("other", password: "sesame")
        // The nickname is the first account's.
        let answer = await ann.send("AUTHENTICATE \(plain("other", "sesame"))").commands
        #expect(answer == ["900", "903", "NOTICE", "NOTICE"])
        #expect(await full.hears().shorts.first == "ann ACCOUNT other")
    }

    @Test func `success is told once, when the account holds, whatever changes meanwhile`() async throws {
        let harness = try CommandHarness(shards: 2)
        harness.accounts.add("ann", password: "sesame")
        let bob = await harness.client("bob", shard: 1, in: "#a")
        let ann = await harness.client("ann", "sasl account-notify", in: "#a")
        await [ann, bob].listen()
        _ = await ann.send("AUTHENTICATE PLAIN")
        ann.begin("AUTHENTICATE \(plain("ann", "sesame"))")
        // The other shard changes her membership, on which the account's change rests, before hers is told of it.
        bob.begin("MODE #a +v ann", "MODE #a +o ann")
        let lines = await ann.hears()
        #expect(lines.with("900").count == 1 && lines.with("903").count == 1 && lines.with("904").isEmpty, "\(lines)")
        let account = try #require(lines.firstIndex { $0.short == "ann ACCOUNT ann" })
        #expect(account > lines.firstIndex { $0.command == "900" } ?? lines.endIndex, "as other servers say it")
        #expect(await bob.send("WHOIS ann").with("330").first?.parameters[2] == "ann")
    }

    // MARK: Too many tries

    @Test func `a right password is delayed and not refused after too many tries`() async throws {
        let harness = try CommandHarness()
        harness.accounts.add("ann", password: "sesame")
        let client = await harness.negotiating()
        for _ in 0..<10 {
            #expect(await client.send("AUTHENTICATE PLAIN", "AUTHENTICATE \(plain("ann", "x"))").commands.last == "904")
        }
        _ = await client.send("AUTHENTICATE PLAIN")
        #expect(await client.send("AUTHENTICATE \(plain("ann", "sesame"))", "PING later").isEmpty)
        let elsewhere = await harness.negotiating("bob", address: "198.51.100.7")
        _ = await elsewhere.send("AUTHENTICATE PLAIN")
        #expect(await elsewhere.send("AUTHENTICATE \(plain("ann", "sesame"))").commands == ["900", "903"])
        await harness.advance(by: 10)
        #expect(await client.hears().commands == ["900", "903", "PONG"])
    }

    @Test func `who guesses from many connections at once is refused in the end`() async throws {
        let harness = try CommandHarness()
        var clients: [Client] = []
        for index in 0..<30 {
            let client = harness.stranger()
            let lines = ["CAP REQ :sasl standard-replies", "NICK n\(index)", "USER x 0 * :X", "AUTHENTICATE PLAIN"]
            for line in lines + ["AUTHENTICATE \(plain("ann", "x\(index)"))"] { client.begin(line) }
            clients.append(client)
        }
        await harness.advance(by: 20)
        var told: [String: Int] = [:]
        for client in clients {
            let lines = await client.hears()
            told[lines.with("FAIL").first?.parameters[1] ?? "checked", default: 0] += 1
            #expect(lines.last?.command == "904")
        }
        // Ten at once, then one in six seconds.
        let checked = told["checked"] ?? 0
        #expect((10...13).contains(checked) && told["TOO_MANY_LOGINS"] == 30 - checked, "\(told)")
    }

    @Test func `tries are counted over shards, and over connections of an address`() async throws {
        let harness = try CommandHarness(shards: 2)
        for index in 0..<10 {
            let client = await harness.negotiating("n\(index)", shard: index % 2)
            _ = await client.send("AUTHENTICATE PLAIN")
            #expect(await client.send("AUTHENTICATE \(plain("ann", "x"))").commands == ["904"])
        }
        for shard in 0..<2 {
            let client = await harness.negotiating("late\(shard)", shard: shard)
            _ = await client.send("AUTHENTICATE PLAIN")
            #expect(await client.send("AUTHENTICATE \(plain("ann", "x"))").isEmpty)
        }
    }

    @Test func `good log-ins do not count as tries`() async throws {
        let harness = try CommandHarness()
        harness.accounts.add("ann", password: "sesame")
        for index in 0..<30 {
            let client = await harness.negotiating("n\(index)")
            _ = await client.send("AUTHENTICATE PLAIN")
            #expect(await client.send("AUTHENTICATE \(plain("ann", "sesame"))").commands == ["900", "903"])
        }
    }
}
