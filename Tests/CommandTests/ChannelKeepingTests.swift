// What the people of a registered channel have hold in it, over shards and when the live store was lost.

import Simulation
import Testing

@Suite struct ChannelKeepingTests {
    private func notices(_ lines: [Line]) -> [String] { lines.with("NOTICE").map(\.text) }

    @Test(arguments: [1, 2])
    func `who is kept out goes and does not come back, on any shard and after the live store was lost`(
        shards: Int
    ) async throws {
        let rig = try await OwnershipRig(shards: shards)
        let ann = await rig.member("ann", in: "#a")
        _ = await ann.send("CS REGISTER #a", "CS ACCESS #a ADD bob host", "CS ACCESS #a ADD cid voice")
        let bob = await rig.member("bob", in: "#a")
        let eve = await rig.harness.client("eve", shard: shards - 1, in: "#a")
        let kept = await rig.harness.client("dora", shard: shards - 1, in: "#a")
        await [ann, bob, eve, kept].listen()
        let told = await bob.send("CS AKICK #a ADD EVE go away")
        #expect(self.notices(told) == ["#a keeps EVE!*@* out from now on"])
        for one in [ann, eve, kept] { #expect(await one.hears().map(\.short) == ["bob KICK #a eve go away"]) }
        #expect(await eve.send("JOIN #a").map(\.short) == ["474 #a You are kept out of this channel: go away"])
        // Neither an invitation nor an exception of bans helps.
        _ = await ann.send("MODE #a +o dora")
        _ = await kept.send("INVITE eve #a", "MODE #a +e eve!*@*")
        #expect(await eve.send("JOIN #a").with("474").count == 1)
        #expect(
            self.notices(await kept.send("CS AKICK #a DEL eve!*@*")) == [
                "Only accounts that are host or owner of the channel do this"
            ]
        )
        // Whom an account means is meant under each nickname; not one that has a level.
        _ = await ann.send("CS AKICK #a ADD a:* 30d")
        #expect(await ann.hears().with("KICK").isEmpty)
        #expect(try await rig.kept("#a") != nil)

        let next = try rig.withAnotherLiveStore()
        let back = await next.harness.client("eve", shard: shards - 1)
        #expect(await back.send("JOIN #a").map(\.text) == ["You are kept out of this channel: go away"])
        let boss = await next.member("boss", shard: shards - 1)
        #expect(await boss.send("JOIN #a").map(\.text) == ["You are kept out of this channel: no reason was given"])
        #expect(await next.member("cid").send("JOIN #a").with("353").count == 1)
        let host = await next.member("bob", shard: shards - 1)
        let list = self.notices(await host.send("CS AKICK #a LIST"))
        #expect(list.count == 3 && list.last == "Kept out of #a: 2")
        #expect(list.first?.hasPrefix("EVE!*@* (bob, ") == true && list.first?.hasSuffix(", *) go away") == true)
        #expect(self.notices(await host.send("CS AKICK #a DEL eve")) == ["#a does not keep EVE!*@* out any more"])
        #expect(await back.send("JOIN #a").with("353").count == 1)
    }

    @Test func `who is meant goes, however many they are`() async throws {
        let rig = try await OwnershipRig(shards: 2)
        let ann = await rig.member("ann", in: "#a")
        _ = await ann.send("CS REGISTER #a")
        var many: [Client] = []
        for number in 0..<45 {
            many.append(await rig.harness.client("x\(number)", shard: number % 2, in: "#a"))
        }
        _ = await ann.hears()
        let told = await ann.send("CS AKICK #a ADD x* 2m")
        #expect(told.with("KICK").count == 45)
        #expect(self.notices(told).first?.hasPrefix("#a keeps x*!*@* out until 2023-") == true)
        #expect(await ann.send("NAMES #a").with("353").map(\.text) == ["@ann"])
        #expect(await many[44].send("JOIN #a").with("474").count == 1)
        await rig.pass(130, with: [ann, many[44]])
        #expect(await many[44].send("JOIN #a").with("353").count == 1)
    }

    @Test(arguments: [1, 2])
    func `modes that are locked stay, whoever changes them, and come back`(shards: Int) async throws {
        let rig = try await OwnershipRig(shards: shards)
        let ann = await rig.member("ann", in: "#a")
        let bob = await rig.member("bob", shard: shards - 1, in: "#a")
        _ = await ann.send("CS REGISTER #a", "MODE #a +s", "CS ACCESS #a ADD bob owner")
        await [ann, bob].listen()
        let founder = "Only the founder of the channel does this"
        #expect(self.notices(await bob.send("CS SET #a MLOCK +i")) == [founder])
        let told = await ann.send("CS SET #a MLOCK +ntl-sk 30")
        #expect(self.notices(told) == ["The modes of #a are locked now"])
        #expect(await bob.hears().map(\.short) == ["ann MODE #a +l-s 30"])
        let policy = "MODE cannot be set due to channel having an active MLOCK restriction policy"
        let refused = await bob.send("MODE #a +sm-n")
        #expect(refused.with("742").map(\.short) == ["742 #a s +ntl-ks \(policy)", "742 #a n +ntl-ks \(policy)"])
        #expect(refused.with("MODE").map(\.short) == ["bob MODE #a +m"])
        #expect(await ann.send("MODE #a +k x").with("742").count == 1)
        #expect(self.notices(await ann.send("CS INFO #a")).last == "Of those are locked: +ntl-ks 30")
        #expect(try await rig.kept("#a") != nil)

        let next = try rig.withAnotherLiveStore()
        let back = await next.member("bob", shard: shards - 1, in: "#a")
        #expect(await back.send("MODE #a -t").with("742").count == 1)
        let again = await next.member("ann", in: "#a")
        #expect(self.notices(await again.send("CS SET #a MLOCK *")) == ["No modes of #a are locked now"])
        #expect(await back.send("MODE #a -t").with("742").isEmpty)
        #expect(self.notices(await again.send("CS SET #a MLOCK +k x")) == ["Mode k can only be locked off"])
    }

    @Test func `a topic that is locked few change`() async throws {
        let rig = try await OwnershipRig(shards: 2)
        let ann = await rig.member("ann", in: "#a")
        let bob = await rig.member("bob", shard: 1, in: "#a")
        let eve = await rig.harness.client("eve", shard: 1, in: "#a")
        _ = await ann.send("CS REGISTER #a", "CS ACCESS #a ADD bob host", "MODE #a +o eve", "CS SET #a TOPICLOCK ON")
        await [ann, bob, eve].listen()
        #expect(
            await eve.send("TOPIC #a :mine").map(\.short) == [
                "482 #a The topic is locked: accounts change it that are host or owner of the channel"
            ]
        )
        #expect(await bob.send("TOPIC #a :ours").with("TOPIC").count == 1)
        #expect(self.notices(await eve.send("CS INFO #a")).contains("Its topic is locked"))
        _ = await ann.send("CS SET #a TOPICLOCK off")
        #expect(await eve.send("TOPIC #a :mine").with("TOPIC").count == 1)
    }

    @Test func `a private channel is described to its people`() async throws {
        let rig = try await OwnershipRig()
        let ann = await rig.member("ann", in: "#a")
        let eve = await rig.harness.client("eve")
        _ = await ann.send("CS REGISTER #a", "CS SET #a DESCRIPTION All about  leaves", "CS ACCESS #a ADD bob voice")
        #expect(self.notices(await eve.send("CS INFO #a")).contains("It is about All about leaves"))
        _ = await ann.send("CS SET #a PRIVATE ON")
        #expect(self.notices(await eve.send("CS INFO #a")) == ["#a is private: only its people are told of it"])
        let bob = await rig.member("bob")
        #expect(self.notices(await bob.send("CS INFO #a")).contains("It is about All about leaves"))
        _ = await ann.send("CS SET #a DESCRIPTION *", "CS SET #a PRIVATE OFF")
        #expect(!self.notices(await eve.send("CS INFO #a")).contains { $0.hasPrefix("It is about") })
        let usage = "Write SET <channel> FOUNDER|SUCCESSOR|MLOCK|TOPICLOCK|DESCRIPTION|PRIVATE [<value>]"
        #expect(self.notices(await ann.send("CS SET #a PRIVATE maybe", "CS SET #a COLOUR red")) == [usage, usage])
    }

    @Test func `registered channels are listed to those who may know of them`() async throws {
        let rig = try await OwnershipRig()
        let ann = await rig.member("ann", in: "#Tea", "#coffee", "#hidden", "#own", "#open")
        for name in ["#Tea", "#coffee", "#hidden", "#own"] { _ = await ann.send("CS REGISTER \(name)") }
        _ = await ann.send("CS SET #tea DESCRIPTION leaves", "MODE #hidden +s", "CS SET #own PRIVATE ON")
        _ = await ann.send("CS ACCESS #own ADD bob voice")
        #expect(try await rig.kept("#own") != nil)
        let eve = await rig.harness.client("eve")
        #expect(
            self.notices(await eve.send("CS LIST")) == [
                "#coffee (ann)", "#Tea (ann): leaves", "Registered channels: 2",
            ]
        )
        #expect(self.notices(await eve.send("CS LIST *TEA")) == ["#Tea (ann): leaves", "Registered channels: 1"])
        let bob = await rig.member("bob")
        #expect(self.notices(await bob.send("CS LIST #o*")) == ["#own (ann)", "Registered channels: 1"])
        let boss = await rig.member("boss")
        _ = await boss.send("OPER boss sesame")
        #expect(self.notices(await boss.send("CS LIST")).last == "Registered channels: 4")
    }

    @Test func `people come in by their level`() async throws {
        let rig = try await OwnershipRig(shards: 2)
        let ann = await rig.member("ann", in: "#a")
        _ = await ann.send("CS REGISTER #a", "CS ACCESS #a ADD bob host", "CS ACCESS #a ADD cid voice")
        _ = await ann.send("MODE #a +isk secret", "MODE #a +b bob!*@*", "MODE #a +b *!*@*")
        let cid = await rig.member("cid", shard: 1)
        let bob = await rig.member("bob", shard: 1)
        let eve = await rig.harness.client("eve")
        let level = "Only accounts that are host or owner of the channel do this"
        #expect(await cid.send("JOIN #a").with("474").count == 1)
        let invited = await cid.send("CS INVITE #a")
        #expect(invited.with("INVITE").map { $0.parameters } == [["cid", "#a"]])
        #expect(self.notices(invited) == ["cid is invited to #a"])
        #expect(await cid.send("JOIN #a").with("353").count == 1)
        #expect(
            self.notices(await cid.send("CS INVITE #a eve", "CS GETKEY #a", "CS UNBAN #a")) == [level, level, level]
        )
        #expect(self.notices(await eve.send("CS INVITE #a")).count == 1)
        #expect(await eve.send("JOIN #a").with("353").isEmpty)
        #expect(self.notices(await bob.send("CS GETKEY #a")) == ["The key of #a is secret"])
        #expect(self.notices(await bob.send("CS UNBAN #a")) == ["The bans of #a that mean bob are lifted"])
        #expect(self.notices(await bob.send("CS UNBAN #a eve")) == ["No ban of #a means eve"])
        #expect(self.notices(await bob.send("CS INVITE #a eve")) == ["eve is invited to #a"])
        #expect(await eve.hears().with("INVITE").map(\.nick) == ["bob"])
        #expect(await eve.send("JOIN #a").with("353").count == 1)
        #expect(self.notices(await bob.send("CS INVITE #a nobody")) == ["nobody is not on the network"])
    }

    @Test func `the founder clears a channel`() async throws {
        let rig = try await OwnershipRig(shards: 2)
        let ann = await rig.member("ann", in: "#a")
        _ = await ann.send("CS REGISTER #a", "CS ACCESS #a ADD bob host", "MODE #a +bb x y")
        let bob = await rig.member("bob", shard: 1, in: "#a")
        let eve = await rig.harness.client("eve", shard: 1, in: "#a")
        _ = await ann.send("MODE #a +o eve")
        await [ann, bob, eve].listen()
        let founder = "Only the founder of the channel does this"
        for what in ["BANS", "OPS", "USERS"] {
            #expect(self.notices(await bob.send("CS CLEAR #a \(what)")) == [founder])
        }
        #expect(self.notices(await ann.send("CS CLEAR #a BANS")) == ["#a has no bans now"])
        #expect(await ann.send("MODE #a b").commands == ["368"])
        _ = await ann.send("CS CLEAR #a OPS")
        #expect(await eve.hears().last?.short == "ann MODE #a -o eve")
        #expect(self.notices(await ann.send("CS CLEAR #a USERS")) == ["Members taken out of #a: 1"])
        #expect(await eve.hears().map(\.short) == ["ann KICK #a eve Cleared by ann"])
        #expect(await ann.send("NAMES #a").with("353").flatMap { $0.text.split(separator: " ") }.count == 2)
        #expect(self.notices(await ann.send("CS CLEAR #a ALL")) == ["Write CLEAR <channel> BANS | USERS | OPS"])
    }
}
