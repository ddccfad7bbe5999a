// NickServ CLIENTS and LOGOUT: what is logged in to an account, on whatever shard, and its end.

import Chat
import Realm
import Simulation
import StateStore
import Tenant
import Testing

extension Client {
    /// What NickServ says to a command, for which all shards are asked.
    func asks(_ line: String) async -> [String] {
        self.begin(line)
        await self.harness.settle()
        await self.harness.advance(by: 1)
        return await self.hears().with("NOTICE").filter { $0.nick == "NickServ" }.map(\.text)
    }
}

extension [String] {
    /// The ids of clients, in the order of the list.
    var clientIDs: [String] { self.ids("Client ") }
    var sessionIDs: [String] { self.ids("Session ") }

    private func ids(_ word: String) -> [String] {
        self.filter { $0.hasPrefix(word) }.map { $0.dropFirst(word.count).prefix { $0 != "," && $0 != " " } }
            .map(String.init)
    }
}

@Suite struct ClientListTests {
    @Test func `CLIENTS LIST shows each client of the account on all shards, and no others`() async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob")
        let ann = await harness.member("ann").client
        let phone = await harness.member("ann", shard: 1).client
        _ = await phone.send("CAP REQ :draft/pre-away", "AWAY *")
        let told = await ann.asks("NS CLIENTS LIST")
        #expect(told.sessionIDs.count == 1 && told.clientIDs.count == 2, "\(told)")
        #expect(told.count { $0.contains("from 192.0.2.1, by IRC over TLS") } == 2)
        #expect(told.count { $0 == "That is the one that you write with" } == 1)
        #expect(told.last == "Clients of ann: 2")
        #expect(await phone.asks("NS SESSIONS").last == "Clients of ann: 2")
        #expect(await bob.asks("NS CLIENTS LIST") == ["Log in first: you have no account here"])
        #expect(await bob.asks("NS CLIENTS LIST ann") == ["Permission denied: you are not an operator"])
    }

    @Test(arguments: 0..<2)
    func `CLIENTS LOGOUT with an id ends that client and leaves the session to the others`(shard: Int) async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", in: "#a")
        let ann = await harness.member("ann", in: "#a").client
        let before = await ann.asks("NS CLIENTS LIST").clientIDs
        let phone = await harness.member("ann", shard: shard).client
        _ = await bob.hears()
        let id = try #require(await ann.asks("NS CLIENTS LIST").clientIDs.first { !before.contains($0) })
        #expect(await ann.asks("NS CLIENTS LOGOUT \(id)") == ["That is logged out"])
        #expect(
            await phone.hears().last?.text == "Closing Link: ann (Logged out by another client of the account)"
        )
        #expect(phone.isClosed && !ann.isClosed)
        #expect(await bob.hears().isEmpty)
        #expect(await ann.asks("NS CLIENTS LOGOUT \(id)") == ["Nothing that is logged in has the id \(id)"])
    }

    @Test func `CLIENTS LOGOUT all ends every client and session of the account, the own one too`() async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", in: "#a")
        let ann = await harness.member("ann", in: "#a").client
        let (phone, welcome) = await harness.member("ann", shard: 1, "roost.chat/resume")
        // One that is no part of the account's session.
        let guest = await harness.client("guest", shard: 1)
        _ = await guest.send("NS IDENTIFY ann sesame")
        let token = try #require(welcome.token)
        _ = await bob.hears()
        #expect(await ann.asks("NS CLIENTS LIST").last == "Clients of ann: 3")
        _ = await phone.asks("NS CLIENTS LOGOUT all")
        for client in [ann, phone, guest] {
            await harness.settle()
            #expect(client.isClosed)
        }
        #expect(await bob.hears().commands == ["QUIT"])
        #expect(await bob.send("ISON ann guest").first?.text == "")
        let thief = harness.stranger()
        #expect(await thief.registers("thief", resuming: token).with("904").count == 1)
    }

    @Test func `a session without clients is listed, and ended`() async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", in: "#a")
        let ann = await harness.member("ann", in: "#a").client
        _ = await ann.send("PERSISTENCE SET ON")
        // It is logged in, and no part of the account's session.
        let guest = await harness.client("guest", shard: 1)
        _ = await guest.send("NS IDENTIFY ann sesame")
        ann.wire.disconnect()
        _ = await bob.hears()
        let told = await guest.asks("NS CLIENTS LIST")
        #expect(told.sessionIDs.count == 2 && told.clientIDs.count == 1, "\(told)")
        #expect(told.contains("It stays when no client is there"))
        #expect(told.contains { $0.hasPrefix("No client is there since ") })
        let id = try #require(told.sessionIDs.first)
        #expect(await guest.asks("NS CLIENTS LOGOUT \(id)") == ["That is logged out"])
        #expect(await bob.hears().shorts == ["ann QUIT Logged out"])
        #expect(await guest.asks("NS CLIENTS LIST").sessionIDs.count == 1)
    }

    @Test func `moderators look after others' clients, and that is noted; not after those with more rights`()
        async throws
    {
        let rig = try await OwnershipRig(shards: 2)
        let moderator = await rig.operator(.moderator)
        let guide = await rig.operator(.guide)
        let ann = await rig.member("ann", shard: 1)
        _ = await rig.operator(.admin)
        #expect(await guide.asks("NS CLIENTS LIST ann") == ["Permission denied: you are not an operator"])
        #expect(await guide.asks("NS CLIENTS LOGOUT ann all").count == 1)
        let told = await moderator.asks("NS CLIENTS LIST ann")
        #expect(told.clientIDs.count == 1 && told.last == "Clients of ann: 1", "\(told)")
        #expect(await moderator.asks("NS CLIENTS LIST nobody") == ["There is no account nobody"])
        #expect(await moderator.asks("NS CLIENTS LOGOUT admin all") == ["admin has rights that you lack"])
        let id = try #require(told.clientIDs.first)
        #expect(await moderator.asks("NS CLIENTS LOGOUT ann \(id)") == ["That is logged out"])
        #expect(await ann.hears().last?.text == "Closing Link: ann (Logged out by moderator)")
        #expect(ann.isClosed)
        let again = await rig.member("ann", shard: 1)
        #expect(await moderator.asks("NS CLIENTS LOGOUT ann all") == ["That is logged out"])
        #expect(again.isClosed)
        let noted = try await rig.audit().filter { $0.action == "LOGOUT" }.map {
            "\($0.nick) \($0.target) \($0.detail)"
        }
        #expect(noted == ["moderator ann client \(id)", "moderator ann all"])
    }

    @Test func `another password ends the tokens of other clients, and says so`() async throws {
        let harness = try CommandHarness(shards: 2)
        let (ann, welcome) = await harness.member("ann", "roost.chat/resume")
        let own = try #require(welcome.token)
        let (phone, other) = await harness.member("ann", shard: 1, "roost.chat/resume")
        let token = try #require(other.token)
        phone.wire.disconnect()
        let listed = await ann.asks("NS CLIENTS LIST")
        #expect(listed.contains { $0.contains("is gone, and may come back without logging in until") }, "\(listed)")
        let changed = await ann.asks("NS SET PASSWORD sesame battery-staple")
        #expect(
            changed == [
                "Your account has the new password now",
                "Other clients that lose their connection have to log in again; CLIENTS LOGOUT all ends them",
            ]
        )
        #expect(await harness.stranger().registers("thief", resuming: token).with("904").count == 1)
        ann.wire.disconnect()
        #expect(await harness.stranger().registers("x", resuming: own).with("903").count == 1)
    }

    @Test func `LOGOUT goes on as a guest without the account's host, rights, ranks and nickname`() async throws {
        let rig = try await OwnershipRig(shards: 2)
        let bob = await rig.member("bob", shard: 1, "account-notify", in: "#a")
        let ann = await rig.operator(.moderator, "account-notify")
        _ = await ann.send("JOIN #b", "CS REGISTER #b")
        _ = await bob.send("JOIN #b")
        _ = await ann.send("JOIN #a", "METADATA * SET color :red")
        _ = await ann.hears()
        _ = await bob.hears()
        let lines = await ann.send("NS LOGOUT")
        #expect(lines.with("ACCOUNT").map(\.short) == ["moderator ACCOUNT *"], "\(lines)")
        let out = try #require(lines.with("901").first)
        #expect(out.parameters[1].hasPrefix("moderator!~moderator@") && !out.parameters[1].hasSuffix("user.moderator"))
        let heard = await bob.hears()
        #expect(
            heard.with("ACCOUNT").count == 1 && heard.with("MODE").map(\.short) == ["moderator MODE #b -o moderator"]
        )
        #expect(await ann.send("KILL bob :x").with("481").count == 1)
        #expect(await ann.send("NS LOGOUT").with("NOTICE").map(\.text) == ["Log in first: you have no account here"])
        #expect(await bob.send("WHOIS moderator").with("330").isEmpty)
        // Somebody else who logs in has a session of their own.
        let again = await rig.member("moderator", shard: 1)
        #expect(await again.hears().isEmpty && !ann.isClosed)
        #expect(await ann.waits(40).with("NICK").count == 1)
    }

    @Test(arguments: 0..<4)
    func `LOGOUT that the store breaks off takes ranks and account, or neither`(calls: Int) async throws {
        let rig = try await OwnershipRig(shards: 2)
        let ann = await rig.operator(.moderator)
        _ = await ann.send("JOIN #b", "CS REGISTER #b")
        let bob = await rig.member("bob", shard: 1, in: "#b")
        let gate = rig.harness.gates[0]
        gate.shut()
        ann.begin("NS LOGOUT")
        await rig.harness.settle()
        for _ in 0..<calls {
            gate.letOneThrough()
            await rig.harness.settle()
        }
        gate.cut()
        await rig.harness.settle()
        gate.open()
        await rig.harness.settle()
        let isLoggedIn = await bob.send("WHOIS moderator").with("330").count == 1
        let names = await bob.send("NAMES #b").with("353").map(\.text).joined(separator: " ").split(separator: " ")
        #expect(names.contains("moderator") != isLoggedIn, "\(names)")
        #expect(calls > 0 || isLoggedIn)
    }

    @Test func `CLIENTS LIST says that there are more than it shows`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.member("ann").client
        for number in 1..<60 { _ = await harness.member("ann", shard: number % 2).client }
        #expect(await ann.asks("NS CLIENTS LIST").last == "Clients of ann: 60")
        for _ in 60..<202 { _ = await harness.member("ann", shard: 1).client }
        #expect(await ann.asks("NS CLIENTS LIST").last == "Clients of ann: more than 200")
    }

    @Test func `CLIENTS LIST says how many sessions it leaves out`() async throws {
        let harness = try CommandHarness()
        harness.accounts.add("ann", password: "sesame")
        let ann = await harness.client("first")
        _ = await ann.asks("NS IDENTIFY ann sesame")
        for number in 1..<23 {
            let other = await harness.client("n\(number)", address: "192.0.2.\(number)")
            #expect(await other.asks("NS IDENTIFY ann sesame").count == 1)
        }
        let told = await ann.asks("NS CLIENTS LIST")
        #expect(told.sessionIDs.count == 20 && told.last == "Clients of ann: 23")
        #expect(
            told.contains("At least 3 more sessions are not shown: CLIENTS LOGOUT ann all ends them, too"),
            "\(told)"
        )
    }

    @Test func `LOGOUT of a session that others take part in is refused`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.member("ann").client
        let phone = await harness.member("ann", shard: 1).client
        let told = await ann.asks("NS LOGOUT")
        #expect(told.first?.hasPrefix("Other clients take part in your session") == true, "\(told)")
        _ = await phone.send("QUIT")
        #expect(await ann.send("NS LOGOUT").with("901").count == 1)
        // Nobody comes back to it who has no token.
        ann.wire.disconnect()
        await harness.settle()
        let bob = await harness.client("bob")
        #expect(await bob.send("ISON ann").first?.text == "")
    }
}
