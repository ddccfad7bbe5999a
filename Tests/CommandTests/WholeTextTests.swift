// What was accepted comes to everybody whole: each text at its limit, under the longest names (modern.ircdocs.horse RPL_ISUPPORT).

import Chat
import IRC
import Simulation
import StateStore
import Tenant
import Testing

@Suite struct WholeTextTests {
    private static let channel = "#" + String(repeating: "c", count: 63)

    /// A nickname of the longest, which is an account's name too; its host is as long as those of accounts get.
    private static func nick(_ letter: String) -> String { String(repeating: letter + "_", count: 16) }

    /// Three on two shards whose names are all as long as they may be, in one channel; the first runs everything.
    private func people() async throws -> (harness: CommandHarness, clients: [Client]) {
        let harness = try CommandHarness(shards: 2)
        await harness.apply(try .simulated(hostnames: [String(repeating: "s", count: 53) + ".localhost"]))
        var clients: [Client] = []
        for (index, letter) in ["a", "b", "c"].enumerated() {
            let nick = Self.nick(letter)
            harness.accounts.add(nick, password: "sesame", role: .admin)
            let client = harness.stranger(shard: index % 2)
            let name = String(repeating: "u", count: 40)
            _ = await client.send(
                "CAP REQ :away-notify setname extended-join echo-message",
                "PASS sesame",
                "NICK \(nick)",
                "USER \(name) 0 * :\(name)",
                "CAP END",
                "JOIN \(Self.channel)",
                "MODE \(nick) +w",
                "OPER \(nick) sesame"
            )
            clients.append(client)
        }
        await clients.listen()
        return (harness, clients)
    }

    private static let texts: [(line: String, limit: Int, command: String)] = [
        ("TOPIC \(channel) :", Lengths.topic, "TOPIC"), ("PART \(channel) :", Lengths.reason, "PART"),
        ("KICK \(channel) \(nick("b")) :", Lengths.reason, "KICK"), ("AWAY :", Lengths.away, "AWAY"),
        ("SETNAME :", Lengths.realname, "SETNAME"), ("WALLOPS :", Lengths.announcement, "WALLOPS"),
    ]

    @Test(arguments: Self.texts, ["x", "ä"])
    private func `a text at its limit comes whole to everybody, a longer one to nobody`(
        text: (line: String, limit: Int, command: String),
        filling: String
    ) async throws {
        let (_, clients) = try await self.people()
        var long = String(repeating: filling, count: text.limit / filling.utf8.count)
        long += String(repeating: "y", count: text.limit - long.utf8.count)
        let refused = await clients[0].send(text.line + long + "z")
        #expect(refused.commands == [text.command == "SETNAME" ? "NOTICE" : "417"], "\(refused)")
        #expect(await clients[2].hears().isEmpty)
        _ = await clients[0].send(text.line + long)
        for client in clients.dropFirst() {
            let heard = await client.hears().with(text.command)
            #expect(heard.map(\.text) == [long], "\(heard)")
        }
    }

    @Test func `topic, absence and real name are whole in every answer`() async throws {
        let (harness, clients) = try await self.people()
        let (topic, away, name) = (
            String(repeating: "t", count: Lengths.topic), String(repeating: "w", count: Lengths.away),
            String(repeating: "r", count: Lengths.realname)
        )
        _ = await clients[0].send("TOPIC \(Self.channel) :\(topic)", "AWAY :\(away)", "SETNAME :\(name)")
        let other = clients[1]
        await clients.listen()
        #expect(await other.send("TOPIC \(Self.channel)").with("332").map(\.text) == [topic])
        #expect(await other.send("LIST").with("322").map(\.text) == [topic])
        let whois = await other.send("WHOIS \(Self.nick("a"))")
        #expect(whois.with("311").map(\.text) == [name] && whois.with("301").map(\.text) == [away])
        #expect(await other.send("PRIVMSG \(Self.nick("a")) :x").with("301").map(\.text) == [away])
        #expect(await other.send("WHO \(Self.channel)").with("352").contains { $0.text == "0 \(name)" })
        let bare = await harness.client("dee", in: Self.channel)
        _ = await clients[0].send("PART \(Self.channel)", "JOIN \(Self.channel)")
        let joined = await other.hears()
        #expect(joined.with("JOIN").map(\.text).contains(name) && joined.with("AWAY").map(\.text) == [away])
        _ = await bare.hears()
    }

    @Test func `no name is lost of many in one answer`() async throws {
        let (harness, clients) = try await self.people()
        let names = (0..<12).map { "#\($0)" + String(repeating: "n", count: 60) }
        for name in names { _ = await clients[1].send("JOIN \(name)") }
        let shown = await clients[0].send("WHOIS \(Self.nick("b"))").with("319").flatMap {
            $0.text.split(separator: " ")
        }
        #expect(Set(shown.map { $0.drop { $0 != "#" } }.map(String.init)).isSuperset(of: names))
        var nicks = ["a", "b", "c"].map { Self.nick($0) }
        for letter in ["d", "e"] {
            nicks.append(Self.nick(letter))
            harness.accounts.add(nicks[nicks.count - 1], password: "sesame")
            let name = String(repeating: "u", count: 40)
            _ = await harness.stranger().send("PASS sesame", "NICK \(nicks[nicks.count - 1])", "USER \(name) 0 * :x")
        }
        for (command, numeric) in [("USERHOST", "302"), ("USERIP", "340"), ("ISON", "303")] {
            let lines = await clients[0].send("\(command) \(nicks.joined(separator: " "))").with(numeric)
            let words = lines.flatMap { $0.text.split(separator: " ") }
            #expect(words.count == 5 && zip(words, nicks).allSatisfy { $0.hasPrefix($1) }, "\(lines)")
            #expect(command == "ISON" || words.allSatisfy { $0.contains("@") })
        }
        let monitored = await clients[0].send("MONITOR + \(nicks.joined(separator: ","))").with("730")
        #expect(monitored.flatMap { $0.text.split(separator: ",") }.count == 5)
    }

    @Test func `reasons of KILL and QUIT come whole, a longer one of QUIT is cut for all alike`() async throws {
        let (_, clients) = try await self.people()
        let reason = String(repeating: "r", count: Lengths.reason)
        #expect(await clients[0].send("KILL \(Self.nick("b")) :\(reason)z").commands == ["417"])
        _ = await clients[0].send("KILL \(Self.nick("b")) :\(reason)")
        #expect(await clients[1].hears().contains { $0.command == "KILL" && $0.text == reason })
        #expect(await clients[2].hears().with("QUIT").first?.text.hasSuffix("(\(reason)))") == true)
        _ = await clients[0].send("QUIT :\(reason)z")
        #expect(await clients[2].hears().with("QUIT").first?.text == "Quit: \(reason)")
    }

    /// What a client knows of lengths.
    private func support(_ client: Client) async -> [String: Int] {
        let words = await client.send("VERSION").with("005").flatMap { $0.parameters }
        return words.reduce(into: [:]) { known, word in
            let parts = word.split(separator: "=", maxSplits: 1)
            if parts.count == 2, let number = Int(parts[1]) { known[String(parts[0])] = number }
        }
    }

    @Test(arguments: [channel, "@" + channel, nick("b")], ["PRIVMSG", "NOTICE"])
    private func `a message that is accepted comes whole, and what fits by 005 is accepted`(
        target: String,
        command: String
    ) async throws {
        let (_, clients) = try await self.people()
        _ = await clients[0].send("MODE \(Self.channel) +oo \(Self.nick("b")) \(Self.nick("c"))")
        await clients.listen()
        let known = await self.support(clients[0])
        let names = ["NICKLEN", "USERLEN", "HOSTLEN"].compactMap { known[$0] }
        #expect(names.count == 3)
        let shown = names.reduce(0, +) + ":!@ ".utf8.count
        let room = (known["LINELEN"] ?? 0) - shown - "\(command) \(target) :\r\n".utf8.count
        let fitting = String(repeating: "x", count: room)
        #expect(await clients[0].send("\(command) \(target) :\(fitting)").with("417").isEmpty)
        #expect(await clients[1].hears().with(command).map(\.text) == [fitting])
        var longest = 0
        for length in room...room + 40 {
            let text = String(repeating: "y", count: length)
            let isRefused = await clients[0].send("\(command) \(target) :\(text)").commands.contains("417")
            #expect(await clients[1].hears().with(command).map(\.text) == (isRefused ? [] : [text]))
            if !isRefused { longest = length }
        }
        #expect((room..<room + 40).contains(longest))
    }
}
