// What others in a channel are told, each as it asked to be.

import Simulation
import Testing

@Suite struct NotificationTests {
    /// One who does things, and members with one capability each, on both shards.
    private struct World {
        let harness: CommandHarness
        let actor: Client
        let members: [String: Client]

        /// What each is told of some lines of the actor.
        func told(_ lines: String...) async -> [String: [String]] {
            for line in lines { _ = await self.actor.send(line) }
            var told: [String: [String]] = [:]
            for (name, member) in self.members { told[name] = await member.hears().shorts }
            return told
        }
    }

    private static let capabilities = [
        "", "extended-join", "away-notify", "account-notify", "account-tag", "chghost", "setname", "invite-notify",
        "multi-prefix", "userhost-in-names", "server-time", "message-tags", "echo-message", everyCapability,
    ]

    private func world() async throws -> World {
        let harness = try CommandHarness(shards: 2)
        harness.accounts.add("ann", password: "sesame")
        let actor = await harness.client("ann", "sasl", in: "#a")
        var members: [String: Client] = [:]
        for (index, capability) in Self.capabilities.enumerated() {
            let member = await harness.client("m\(index)", shard: index % 2, capability, in: "#a")
            _ = await actor.send("MODE #a +o m\(index)")
            members[capability == everyCapability ? "every" : capability.isEmpty ? "none" : capability] = member
        }
        await (Array(members.values) + [actor]).listen()
        return World(harness: harness, actor: actor, members: members)
    }

    @Test(arguments: [
        ("AWAY :out", "ann AWAY out", "away-notify"), ("SETNAME :A. N.", "ann SETNAME A. N.", "setname"),
        ("INVITE out #a", "ann INVITE out #a", "invite-notify"),
    ])
    func `only who asked is told`(line: String, expected: String, capability: String) async throws {
        let world = try await self.world()
        _ = await world.harness.client("out")
        for (name, told) in await world.told(line) {
            #expect(told == (name == capability || name == "every" ? [expected] : []), "\(name)")
        }
    }

    @Test func `a log-in is told to who asked about accounts and about hosts`() async throws {
        let world = try await self.world()
        let told = await world.told("AUTHENTICATE PLAIN", "AUTHENTICATE \(plain("ann", "sesame"))")
        for (name, lines) in told {
            let commands = lines.map { $0.hasPrefix("MODE ") ? "MODE" : $0.split(separator: " ")[1] }
            switch name {
            case "account-notify": #expect(commands == ["ACCOUNT", "QUIT", "JOIN", "MODE"])
            case "chghost": #expect(commands == ["CHGHOST"])
            case "every": #expect(commands == ["ACCOUNT", "CHGHOST"])
            // Without CHGHOST it comes in again as another.
            default: #expect(commands == ["QUIT", "JOIN", "MODE"], "\(name)")
            }
        }
    }

    @Test(arguments: [
        ("NICK anna", "ann NICK anna"), ("PART #a :bye", "ann PART #a bye"), ("TOPIC #a :new", "ann TOPIC #a new"),
        ("MODE #a +m", "ann MODE #a +m"), ("QUIT :bye", "ann QUIT Quit: bye"), ("PRIVMSG #a :hi", "ann PRIVMSG #a hi"),
        ("NOTICE #a :hi", "ann NOTICE #a hi"),
    ])
    func `what everybody is told looks the same but for its tags`(line: String, expected: String) async throws {
        let world = try await self.world()
        _ = await world.actor.send(line)
        for (name, member) in world.members {
            let lines = await member.hears()
            #expect(lines.shorts == [expected], "\(name)")
            let tags = Set(lines.flatMap(\.tags.keys))
            // A NICK or QUIT is told once for all channels, in each of which it has another id.
            let hasID = !line.hasPrefix("NICK") && !line.hasPrefix("QUIT")
            switch name {
            case "server-time": #expect(tags == ["time"])
            case "message-tags": #expect(tags == (hasID ? ["msgid"] : []))
            case "every": #expect(tags == (hasID ? ["time", "msgid"] : ["time"]))
            default: #expect(tags.isEmpty, "\(name): \(tags)")
            }
        }
    }

    @Test func `JOIN has account and real name for who asked`() async throws {
        let world = try await self.world()
        let told = await world.told("PART #a", "AWAY :out", "JOIN #a")
        for (name, lines) in told {
            let join = name == "extended-join" || name == "every" ? "ann JOIN #a * Real ann" : "ann JOIN #a"
            let away = name == "away-notify" || name == "every" ? ["ann AWAY out"] : []
            #expect(lines == ["ann PART #a", join] + away, "\(name)")
        }
    }

    @Test func `NAMES shows all ranks and hosts to who asked for both`() async throws {
        let harness = try CommandHarness(shards: 2)
        let room = await harness.room("#a", "ann", "bob", shard: { $0 })
        _ = await room[0].send("MODE #a +ov bob bob")
        let late = await harness.client("late", "extended-join userhost-in-names multi-prefix")
        let names = await late.send("JOIN #a").with("353").flatMap { $0.text.split(separator: " ") }
        #expect(names.contains { $0.hasPrefix("@+bob!~bob@") }, "\(names)")
    }

    @Test func `accounts stand on what is said for who asked`() async throws {
        let world = try await self.world()
        _ = await world.told("AUTHENTICATE PLAIN", "AUTHENTICATE \(plain("ann", "sesame"))")
        _ = await world.actor.send("PRIVMSG #a :hi", "TOPIC #a :x")
        for (name, member) in world.members {
            let accounts = await member.hears().map { $0.tags["account"] }
            #expect(accounts == (name == "account-tag" || name == "every" ? ["ann", "ann"] : [nil, nil]), "\(name)")
        }
    }
}
