// What is changed of accounts from outside of chat holds for who is logged in.

import Chat
import Edge
import Realm
import Simulation
import StateStore
import Tenant
import Testing

extension CommandHarness {
    /// Something was changed of an account from outside, and all shards hear of it.
    fileprivate func changed(_ name: String, _ what: AccountChange.What?, to account: Account?) async {
        let change = AccountChange(
            tenant: self.tenant.id,
            account: name,
            what: what,
            serial: "1",
            time: self.clock.now
        )
        let news = AccountNews(change, now: account)
        for (index, shard) in self.shards.enumerated() {
            let network = shard.realm.network(of: self.tenant)
            if index == 0 { network.accountChanged(news) }
            network.accountChangedHere(news)
        }
        await self.settle()
    }
}

@Suite struct AccountNewsTests {
    @Test func `who is logged in to an account that was deleted is disconnected, on every shard`() async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", in: "#a")
        let ann = await harness.member("ann", in: "#a").client
        let phone = await harness.member("ann", shard: 1).client
        let account = try #require(harness.accounts.known("ann"))
        await harness.changed("ann", .proof, to: account)
        #expect(!ann.isClosed && !phone.isClosed)
        _ = await bob.hears()
        harness.accounts.remove("ann")
        await harness.changed("ann", .deleted, to: nil)
        for client in [ann, phone] {
            #expect(await client.hears().last?.text == "Closing Link: ann (Your account is no more)")
        }
        #expect(await bob.hears().shorts == ["ann QUIT Your account is no more"])
    }

    @Test func `a session that waits ends with its account, and stays if that is another's by now`() async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", in: "#a")
        let ann = await harness.member("ann", shard: 1, in: "#a").client
        _ = await ann.send("PERSISTENCE SET ON")
        ann.wire.disconnect()
        _ = await bob.hears()
        let account = try #require(harness.accounts.known("ann"))
        await harness.changed("ann", .role, to: account)
        #expect(await bob.hears().isEmpty)
        // Somebody else has registered the name.
        harness.accounts.remove("ann")
        harness.accounts.add("ann", password: "other")
        await harness.changed("ann", .deleted, to: harness.accounts.known("ann"))
        #expect(await bob.hears().with("QUIT").count == 1)
    }

    @Test func `another role gives and takes the rights of who is an operator at once`() async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob")
        harness.accounts.add("boss", password: "sesame", role: .moderator)
        let boss = await harness.client("boss", shard: 1)
        _ = await boss.send("OPER boss sesame")
        #expect(await boss.send("REHASH").with("481").count == 1)
        harness.accounts.add("boss", password: "sesame", role: .admin)
        await harness.changed("boss", .role, to: harness.accounts.known("boss"))
        #expect(await boss.send("REHASH").with("382").count == 1)
        harness.accounts.add("boss", password: "sesame")
        await harness.changed("boss", .role, to: harness.accounts.known("boss"))
        #expect(await boss.hears().with("MODE").map(\.short) == ["MODE boss -o"])
        #expect(await boss.send("KILL bob :x").with("481").count == 1)
        #expect(!bob.isClosed)
    }

    @Test(arguments: [AccountChange.What.proof, .logOut])
    func `rights that another account gave end with its log-out and its password`(what: AccountChange.What) async throws
    {
        let harness = try CommandHarness(shards: 2)
        harness.accounts.add("boss", password: "sesame", role: .moderator)
        let ann = await harness.client("ann", shard: 1)
        _ = await ann.send("OPER boss sesame")
        await harness.advance(by: 1)
        await harness.changed("boss", what, to: harness.accounts.known("boss"))
        #expect(await ann.hears().with("MODE").map(\.short) == ["MODE ann -o"])
        #expect(await ann.send("REHASH").with("481").count == 1)
        #expect(!ann.isClosed)
    }

    @Test func `who logged in before its account was deleted does not stay that signs on after it`() async throws {
        let harness = try CommandHarness()
        harness.accounts.add("ann", password: "sesame")
        _ = await harness.client("bob")
        let ann = harness.stranger()
        _ = await ann.send("CAP REQ :sasl", "NICK ann", "USER ann 0 * :A", "AUTHENTICATE PLAIN")
        #expect(await ann.send("AUTHENTICATE \(plain("ann", "sesame"))").with("903").count == 1)
        harness.accounts.remove("ann")
        await harness.changed("ann", .deleted, to: nil)
        _ = await ann.send("CAP END")
        await harness.settle()
        #expect(ann.isClosed)
    }

    @Test func `no token leads back to an account that is no more`() async throws {
        let harness = try CommandHarness()
        let (ann, welcome) = await harness.member("ann", "roost.chat/resume")
        let token = try #require(welcome.token)
        ann.wire.disconnect()
        await harness.settle()
        harness.accounts.remove("ann")
        #expect(await harness.stranger().registers("x", resuming: token).with("904").count == 1)
    }

    @Test func `who is logged out from outside is disconnected, and who logs in again stays`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.member("ann").client
        await harness.advance(by: 1)
        let account = try #require(harness.accounts.known("ann"))
        await harness.changed("ann", .logOut, to: account)
        #expect(await ann.hears().last?.text == "Closing Link: ann (Logged out by an administrator)")
        let again = await harness.member("ann", shard: 1).client
        // Told once more, of what was before.
        let change = AccountChange(
            tenant: harness.tenant.id,
            account: "ann",
            what: .logOut,
            serial: "1",
            time: harness.clock.now - 1000
        )
        harness.shards[1].realm.network(of: harness.tenant).accountChangedHere(AccountNews(change, now: account))
        await harness.settle()
        #expect(!again.isClosed)
    }

    @Test func `a password that was changed from outside ends tokens that were given before`() async throws {
        let harness = try CommandHarness(shards: 2)
        let (ann, welcome) = await harness.member("ann", "roost.chat/resume")
        let token = try #require(welcome.token)
        ann.wire.disconnect()
        await harness.advance(by: 1)
        await harness.changed("ann", .proof, to: harness.accounts.known("ann"))
        #expect(await harness.stranger().registers("x", resuming: token).with("904").count == 1)
    }
}
