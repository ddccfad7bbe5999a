// What the past has of those whom one silences.

import Simulation
import Testing

@Suite struct SilencedPastTests {
    private func words(_ lines: [String]) -> [String] {
        lines.map { Line($0) }.filter { $0.command == "PRIVMSG" }.map(\.text)
    }

    private static let all = "timestamp=1970-01-01T00:00:00.000Z timestamp=2100-01-01T00:00:00.000Z"
    private static let back = "timestamp=2100-01-01T00:00:00.000Z timestamp=1970-01-01T00:00:00.000Z"

    @Test(arguments: [false, true])
    func `what an account said that is silenced nobody is told later`(isKept: Bool) async throws {
        let rig = try await PastRig(shards: 2)
        let (ann, bob) = (await rig.logIn("ann"), await rig.logIn("bob", shard: 1))
        _ = await rig.harness.send(ann, "SILENCE +account:bob")
        for (client, line) in [(ann, "PRIVMSG bob :mine"), (bob, "PRIVMSG ann :yours")] {
            _ = await rig.harness.send(client, line)
        }
        if isKept { try await rig.keep() }
        for client in [ann, bob] { _ = client.take() }
        #expect(self.words(await rig.harness.send(ann, "CHATHISTORY LATEST bob * 10")) == ["mine"])
        #expect(self.words(await rig.harness.send(bob, "CHATHISTORY LATEST ann * 10")) == ["mine", "yours"])
    }

    @Test(arguments: [false, true], [false, true])
    func `nobody is told later what was silenced, and its sender has it`(isGuest: Bool, isKept: Bool) async throws {
        let rig = try await PastRig(shards: 2)
        let ann = await rig.logIn("ann", capabilities: PastRig.capabilities + " soju.im/search")
        let bob =
            isGuest
            ? await rig.harness.join("bob", shard: 1, capabilities: PastRig.capabilities)
            : await rig.logIn("bob", shard: 1)
        // A mask that fits oneself, too.
        _ = await rig.harness.send(ann, "SILENCE +*!*@*")
        for (client, line) in [
            (ann, "PRIVMSG bob :mine 1"), (bob, "PRIVMSG ann :yours 2"), (bob, "PRIVMSG ann :yours 3"),
            (ann, "PRIVMSG bob :mine 4"), (bob, "PRIVMSG ann :yours 5"),
        ] {
            _ = await rig.harness.send(client, line)
            await rig.harness.advance(by: 1)
        }
        if isKept { try await rig.keep() }
        for client in [ann, bob] { _ = client.take() }
        for (asked, expected) in [
            ("LATEST bob * 10", ["mine 1", "mine 4"]), ("LATEST bob * 1", ["mine 4"]),
            ("LATEST bob * 2", ["mine 1", "mine 4"]),
            ("BEFORE bob timestamp=2100-01-01T00:00:00.000Z 1", ["mine 4"]),
            ("AFTER bob timestamp=1970-01-01T00:00:00.000Z 2", ["mine 1", "mine 4"]),
            ("BETWEEN bob \(Self.all) 2", ["mine 1", "mine 4"]), ("BETWEEN bob \(Self.back) 1", ["mine 4"]),
        ] {
            let told = self.words(await rig.harness.send(ann, "CHATHISTORY \(asked)"))
            #expect(told == expected, "\(asked): \(told)")
        }
        #expect(await rig.harness.send(ann, "CHATHISTORY TARGETS \(Self.all) 10").count == 2)
        #expect(self.words(await rig.harness.send(bob, "CHATHISTORY LATEST ann * 10")).count == 5)
        if isKept {
            let found = self.words(await rig.harness.send(ann, "SEARCH text=yours"))
            #expect(found.isEmpty, "\(found)")
        }
        _ = await rig.harness.send(ann, "SILENCE -*!*@*")
        #expect(self.words(await rig.harness.send(ann, "CHATHISTORY LATEST bob * 10")).count == 5)
    }
}
