// Somebody's host changes (ircv3.net/specs/extensions/chghost, with its fallback for those who do not know it).

import Simulation
import Testing

@Suite struct HostChangeTests {
    private func logIn(_ client: Client, as account: String) async -> [Line] {
        await client.send("AUTHENTICATE PLAIN", "AUTHENTICATE \(plain(account, "sesame"))")
    }

    @Test func `who does not know CHGHOST sees one QUIT, and a JOIN with its ranks in each channel`() async throws {
        let harness = try CommandHarness(shards: 2)
        harness.accounts.add("ann", password: "sesame")
        let owner = await harness.client("owner", shard: 1, in: "#a", "#b", "#c")
        let ann = await harness.client("ann", "sasl", in: "#a", "#b")
        _ = await owner.send("MODE #a +v ann", "MODE #b +ov ann ann")
        _ = await ann.send("AWAY :out")
        var others: [Client] = []
        for shard in 0..<2 {
            others.append(await harness.client("both\(shard)", shard: shard, "extended-join", in: "#a", "#b", "#c"))
            others.append(await harness.client("one\(shard)", shard: shard, "away-notify", in: "#b"))
        }
        let knowing = await harness.client("knowing", shard: 1, "chghost", in: "#a", "#b")
        await (others + [owner, ann, knowing]).listen()
        let own = await self.logIn(ann, as: "ann")
        #expect(Set(own.commands).isDisjoint(with: ["QUIT", "JOIN", "MODE"]), "\(own)")
        for shard in 0..<2 {
            let both = await others[2 * shard].hears()
            #expect(
                both.shorts.sorted() == [
                    "MODE #a +v ann", "MODE #b +ov ann ann", "ann JOIN #a ann Real ann", "ann JOIN #b ann Real ann",
                    "ann QUIT Changing host",
                ]
            )
            #expect(both[0].command == "QUIT" && both[0].source != both[1].source)
            #expect(both.with("MODE").allSatisfy { $0.source == "acme.localhost" })
            let one = await others[2 * shard + 1].hears()
            #expect(one.shorts == ["ann QUIT Changing host", "ann JOIN #b", "MODE #b +ov ann ann", "ann AWAY out"])
            #expect(one[1].source == both[1].source)
        }
        #expect(await knowing.hears().commands == ["CHGHOST"])
        #expect(await owner.send("NAMES #b").with("353").first?.text.contains("@ann") == true)
    }
}
