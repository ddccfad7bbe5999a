// How often a tenant lets a command be sent.

import Chat
import Simulation
import Tenant
import Testing

@Suite struct CommandRateTests {
    private func harness(_ rates: CommandRate...) async throws -> CommandHarness {
        let harness = try CommandHarness()
        // Settings reach networks that there are.
        _ = await harness.stranger(address: "192.0.2.200").send("QUIT")
        var tenant = harness.tenant
        tenant.settings.limits.rates = rates
        await harness.apply(tenant)
        return harness
    }

    @Test func `JOIN past its rate is refused with 263, each channel counted, until time has passed`() async throws {
        let harness = try await self.harness(CommandRate(.join, 3, per: .seconds(30)))
        let ann = await harness.client("ann")
        let joined = await ann.send("JOIN #a,#b,#c,#d,#e")
        #expect(joined.with("JOIN").map { $0.parameters[0] } == ["#a", "#b", "#c"])
        #expect(joined.with("263").map { $0.parameters.dropFirst().first } == ["JOIN", "JOIN"])
        #expect(joined.with("263").first?.text == "Please wait a while and try again")
        await harness.advance(by: 9)
        #expect(await ann.send("JOIN #d").commands == ["263"])
        await harness.advance(by: 1)
        #expect(await ann.send("JOIN #d").with("JOIN").count == 1)
        #expect(await ann.send("JOIN #e").commands == ["263"])
        // Another one has its own.
        #expect(await harness.client("bob").send("JOIN #e").with("JOIN").count == 1)
        // What is not limited goes on.
        #expect(await ann.send("PART #a", "TOPIC #b :x", "NICK anna").with("263").isEmpty)
    }

    @Test(arguments: ["NICK", "INVITE", "KNOCK", "WHO", "TOPIC", "LIST"])
    func `others are limited alike`(name: String) async throws {
        let command = try #require(CommandRate.Command(rawValue: name))
        let harness = try await self.harness(CommandRate(command, 1, per: .seconds(60)))
        let ann = await harness.client("ann", in: "#a")
        let line = [
            "INVITE": "INVITE bob #a", "KNOCK": "KNOCK #b", "WHO": "WHO #a", "TOPIC": "TOPIC #a :x", "LIST": "LIST",
        ]
        for (number, isRefused) in [false, true].enumerated() {
            let told = await ann.send(line[name] ?? "NICK ann\(number)")
            #expect(told.with("263").isEmpty != isRefused, "\(told)")
        }
        await harness.advance(by: 60)
        #expect(await ann.send(line[name] ?? "NICK other").with("263").isEmpty)
    }

    @Test func `REGISTER is refused with FAIL, also before registration, and a NOTICE without a word`() async throws {
        let harness = try await self.harness(
            CommandRate(.register, 1, per: .seconds(60)),
            CommandRate(.notice, 1, per: .seconds(60))
        )
        let client = harness.stranger()
        _ = await client.send("NICK x", "REGISTER * * short")
        let told = await client.send("REGISTER * * short")
        #expect(told.with("FAIL").map { $0.parameters.prefix(2) } == [["REGISTER", "RATE_LIMITED"]])
        let (ann, bob) = (await harness.client("ann"), await harness.client("bob"))
        #expect(await ann.send("NOTICE bob :one", "NOTICE bob :two").isEmpty)
        #expect(await bob.hears().with("NOTICE").map(\.text) == ["one"])
    }

    @Test func `what is said in several lines counts as a message, and NickServ REGISTER as REGISTER`() async throws {
        let harness = try await self.harness(
            CommandRate(.privmsg, 1, per: .seconds(60)),
            CommandRate(.register, 1, per: .seconds(60))
        )
        let ann = await harness.client("ann", "batch message-tags draft/multiline", in: "#a")
        let batch = ["BATCH +1 draft/multiline #a", "@batch=1 PRIVMSG #a :one", "@batch=1 PRIVMSG #a :two", "BATCH -1"]
        for (number, isRefused) in [false, true].enumerated() {
            for line in batch { ann.begin(line) }
            let told = await ann.hears().with("263").map { $0.parameters.dropFirst().first }
            #expect(told == (isRefused ? ["PRIVMSG"] : []), "\(number)")
        }
        let bob = await harness.client("bob")
        _ = await bob.asks("NS REGISTER short")
        #expect(await bob.asks("NS REGISTER short") == ["Please wait a while and try again"])
    }
}
