// What people with accounts and guests wrote to each other.

import Simulation
import Testing

@Suite struct GuestHistoryTests {
    /// The words of messages that an answer holds, in order.
    private func words(_ lines: [String]) -> [String] {
        lines.map { Line($0) }.filter { $0.command == "PRIVMSG" }.map(\.text)
    }

    private func latest(_ client: SimulatedClient, _ rig: PastRig, with nick: String) async -> [String] {
        self.words(await rig.harness.send(client, "CHATHISTORY LATEST \(nick) * 10"))
    }

    private func targets(_ client: SimulatedClient, _ rig: PastRig) async -> [String] {
        let all = "timestamp=1970-01-01T00:00:00.000Z timestamp=2100-01-01T00:00:00.000Z"
        let lines = await rig.harness.send(client, "CHATHISTORY TARGETS \(all) 10")
        return lines.dropFirst().dropLast().compactMap { $0.split(separator: " ").dropLast().last.map(String.init) }
    }

    @Test(arguments: [0, 1], [false, true])
    func `who has an account and a guest both find both sides at once and later`(
        shard: Int,
        isKept: Bool
    ) async throws {
        let rig = try await PastRig(shards: 2)
        let ann = await rig.logIn("ann")
        let bob = await rig.logIn("bob", shard: shard)
        let guest = await rig.harness.join("Cid", shard: shard, capabilities: PastRig.capabilities)
        for (client, line) in [
            (ann, "PRIVMSG bob :one"), (bob, "PRIVMSG ann :two"), (ann, "PRIVMSG Cid :three"),
            (guest, "PRIVMSG ann :four"),
        ] {
            _ = await rig.harness.send(client, line)
            await rig.harness.advance(by: 1)
        }
        if isKept { try await rig.keep() }
        for client in [ann, bob, guest] { _ = client.take() }
        for (client, nick, expected) in [
            (ann, "cid", ["three", "four"]), (guest, "ann", ["three", "four"]), (ann, "bob", ["one", "two"]),
        ] {
            let words = await self.latest(client, rig, with: nick)
            #expect(words == expected, "\(nick): \(words)")
        }
    }

    @Test(arguments: [0, 1], [false, true])
    func `whom one wrote to and who said nothing is a target, at once and later`(
        shard: Int,
        isKept: Bool
    ) async throws {
        let rig = try await PastRig(shards: 2)
        let ann = await rig.logIn("ann")
        let bob = await rig.logIn("bob", as: "Robert", shard: shard)
        let guest = await rig.harness.join("Cid", shard: shard, capabilities: PastRig.capabilities)
        _ = await rig.harness.send(ann, "PRIVMSG Robert :one")
        await rig.harness.advance(by: 1)
        _ = await rig.harness.send(ann, "PRIVMSG Cid :two")
        if isKept { try await rig.keep() }
        for client in [ann, bob, guest] { _ = client.take() }
        for (client, expected) in [(ann, ["Robert", "Cid"]), (guest, ["ann"])] {
            let targets = await self.targets(client, rig)
            #expect(targets == expected, "\(targets)")
        }
    }

    @Test(arguments: [false, true])
    func `who takes a guest's nickname next reads nothing of the guest's`(isKept: Bool) async throws {
        let rig = try await PastRig(shards: 2)
        let ann = await rig.logIn("ann")
        let guest = await rig.harness.join("Cid", capabilities: PastRig.capabilities)
        _ = await rig.harness.send(ann, "PRIVMSG Cid :for you")
        _ = await rig.harness.send(guest, "PRIVMSG ann :for me", "QUIT")
        if isKept { try await rig.keep() }
        _ = ann.take()
        rig.harness.accounts.add("cid", password: "sesame")
        let nexts = [
            await rig.harness.join("Cid", shard: 1, capabilities: PastRig.capabilities),
            await rig.logIn("cid", as: "Cid2", shard: 1),
        ]
        for next in nexts {
            #expect(await self.latest(next, rig, with: "ann").isEmpty)
            #expect(await self.targets(next, rig).isEmpty)
        }
        // Nor does who wrote to the one find it under the name of the other.
        #expect(await self.latest(ann, rig, with: "Cid").isEmpty)
    }
}
