// A log-in that was proved, and is not done yet when the account's log-ins end, is over: nobody slips in behind a log-out.

import Chat
import Edge
import Realm
import Simulation
import StateStore
import Tenant
import Testing

@Suite struct OvertakenLogInTests {
    private static let text = "Your account was changed while you logged in: log in again"

    /// Somebody who has proved the account `ann` and says nothing more for now.
    private func underWay(_ harness: CommandHarness, shard: Int) async -> Client {
        let client = harness.stranger(shard: shard)
        _ = await client.send("CAP REQ :sasl", "NICK slow", "USER slow 0 * :S", "AUTHENTICATE PLAIN")
        #expect(await client.send("AUTHENTICATE \(plain("ann", "sesame"))").with("903").count == 1)
        await harness.advance(by: 1)
        return client
    }

    /// Something was changed of the account `ann` from outside, and all shards hear of it.
    private func hear(_ what: AccountChange.What, at time: Int64? = nil, _ harness: CommandHarness) async {
        let change = AccountChange(
            tenant: harness.tenant.id,
            account: "ann",
            what: what,
            serial: "1",
            time: time ?? harness.clock.now
        )
        let news = AccountNews(change, now: harness.accounts.known("ann"))
        for shard in harness.shards { shard.realm.network(of: harness.tenant).accountChangedHere(news) }
        await harness.settle()
    }

    @Test(arguments: [AccountChange.What.logOut, .proof])
    func `who proved an account before a change from outside does not sign on after it`(what: AccountChange.What)
        async throws
    {
        let harness = try CommandHarness()
        harness.accounts.add("ann", password: "sesame")
        let slow = await self.underWay(harness, shard: 0)
        await self.hear(what, harness)
        let told = await slow.send("CAP END")
        #expect(slow.isClosed && told.last?.text.contains(Self.text) == true, "\(told)")
        let again = await self.underWay(harness, shard: 0)
        _ = await again.send("CAP END")
        #expect(!again.isClosed)
    }

    @Test(arguments: ["NS CLIENTS LOGOUT all", "NS SET PASSWORD sesame battery-staple"])
    func `who proved an account before its owner did that elsewhere does not sign on after it`(line: String)
        async throws
    {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.member("ann").client
        let slow = await self.underWay(harness, shard: 1)
        _ = await ann.send(line)
        await harness.advance(by: 2)
        let told = await slow.send("CAP END")
        #expect(slow.isClosed && told.last?.text.contains(Self.text) == true, "\(told)")
    }

    @Test func `who came into a later session before the log-out was heard of goes, and its owner stays`() async throws
    {
        let harness = try CommandHarness(shards: 2)
        harness.accounts.add("ann", password: "sesame")
        let slow = await self.underWay(harness, shard: 1)
        let time = harness.clock.now
        await harness.advance(by: 1)
        let ann = await harness.member("ann").client
        _ = await slow.send("CAP END")
        #expect(!slow.isClosed)
        await self.hear(.logOut, at: time, harness)
        #expect(slow.isClosed && !ann.isClosed)
    }

    @Test func `another password leaves who is connected, and who comes back to that by a token`() async throws {
        let harness = try CommandHarness(shards: 2)
        let (ann, _) = await harness.member("ann", "roost.chat/resume")
        let phone = await harness.member("ann", shard: 1).client
        await harness.advance(by: 1)
        _ = await ann.send("NS SET PASSWORD sesame battery-staple")
        await harness.advance(by: 2)
        #expect(!ann.isClosed && !phone.isClosed)
        harness.accounts.add("ann", password: "battery-staple")
        let third = harness.stranger(shard: 1)
        _ = await third.send("PASS ann:battery-staple", "NICK third", "USER third 0 * :T")
        await harness.settle()
        #expect(!third.isClosed && !phone.isClosed && !ann.isClosed)
    }

    @Test func `IDENTIFY that a log-out overtakes logs nobody in`() async throws {
        let harness = try CommandHarness(shards: 2)
        harness.accounts.add("ann", password: "sesame")
        let guest = await harness.client("guest")
        harness.gates[0].shut()
        guest.begin("NS IDENTIFY ann sesame")
        await harness.settle()
        await harness.advance(by: 1)
        await self.hear(.logOut, harness)
        harness.gates[0].open()
        await harness.settle()
        #expect(await guest.hears().with("NOTICE").map(\.text) == [Self.text])
        #expect(await guest.send("WHOIS guest").with("330").isEmpty)
        #expect(await guest.asks("NS IDENTIFY ann sesame") == ["You are now logged in as ann"])
    }

    /// What an account is by then is not heard of for so long.
    @Test func `a proof that is kept is worth nothing after a while`() async throws {
        let harness = try CommandHarness()
        harness.accounts.add("ann", password: "pencil")
        let guest = await harness.client("guest", "sasl")
        let told = try await guest.proves("ann", "pencil") {
            for _ in 0..<4 {
                _ = await guest.send("PING x")
                await harness.advance(by: 30)
            }
        }
        #expect(!told.commands.contains("900") && !told.commands.contains("903"), "\(told)")
        #expect(await guest.send("WHOIS guest").with("330").isEmpty)
        #expect(try await guest.proves("ann", "pencil").commands == ["900", "903"])
    }

    @Test func `rights that a stolen password gave end with another password`() async throws {
        let rig = try await OwnershipRig(shards: 2)
        let thief = await rig.harness.client("thief", shard: 1)
        #expect(await thief.send("OPER admin sesame").commands.contains("381"))
        let owner = await rig.operator(.admin)
        await rig.harness.advance(by: 1)
        _ = await owner.send("NS SET PASSWORD sesame battery-staple")
        await rig.harness.advance(by: 2)
        #expect(await thief.hears().with("MODE").map(\.text) == ["-o"])
        #expect(await owner.send("AUDIT").with("FAIL").isEmpty)
    }
}
