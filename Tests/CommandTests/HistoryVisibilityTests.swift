// Channels whose past is for those who were there: mode J.

import IRC
import Simulation
import Testing

@Suite struct HistoryVisibilityTests {
    /// Ann, who runs `#tea` and was there from the beginning, and bob, who came between "old" and "new".
    private struct Rig {
        let past: PastRig
        let ann: SimulatedClient
        let bob: SimulatedClient

        init(modes: String = "+J") async throws {
            self.past = try await PastRig(shards: 2)
            let harness = self.past.harness
            self.ann = await self.past.logIn("ann")
            self.bob = await self.past.logIn("bob", shard: 1)
            _ = await harness.send(self.ann, "JOIN #tea", "MODE #tea \(modes)")
            for number in 1...3 { _ = await harness.send(self.ann, "PRIVMSG #tea :old leaves \(number)") }
            await harness.advance(by: 10)
            _ = await harness.send(self.bob, "JOIN #tea")
            await harness.advance(by: 10)
            for number in 1...3 { _ = await harness.send(self.ann, "PRIVMSG #tea :new leaves \(number)") }
            try await self.past.keep()
            _ = (self.ann.take(), self.bob.take())
        }

        /// The texts of what somebody is answered.
        func reads(_ client: SimulatedClient, _ line: String) async -> [String] {
            await self.past.harness.send(client, line).filter { $0.contains(" PRIVMSG ") }.map { Line($0).text }
        }
    }

    private static let old = (1...3).map { "old leaves \($0)" }
    private static let new = (1...3).map { "new leaves \($0)" }

    @Test(
        arguments: [
            "CHATHISTORY LATEST #tea * 50", "CHATHISTORY LATEST #tea timestamp=1970-01-01T00:00:00.000Z 50",
            "CHATHISTORY AFTER #tea timestamp=1970-01-01T00:00:00.000Z 3",
            "CHATHISTORY BEFORE #tea timestamp=2100-01-01T00:00:00.000Z 50",
            "CHATHISTORY AROUND #tea timestamp=1970-01-01T00:00:00.000Z 6",
            "CHATHISTORY BETWEEN #tea timestamp=1970-01-01T00:00:00.000Z timestamp=2100-01-01T00:00:00.000Z 3",
            "CHATHISTORY BETWEEN #tea timestamp=2100-01-01T00:00:00.000Z timestamp=1970-01-01T00:00:00.000Z 50",
            "SEARCH text=leaves", "SEARCH in=#tea;text=leaves", "SEARCH in=#tea", "SEARCH text=leaves;limit=3",
        ]
    )
    func `who came later reads nothing from before, however it asks`(question: String) async throws {
        let rig = try await Rig()
        #expect(await rig.reads(rig.bob, question) == Self.new)
        // Who was there reads what there is.
        #expect(await rig.reads(rig.ann, "CHATHISTORY LATEST #tea * 50") == Self.old + Self.new)
        #expect(await rig.reads(rig.ann, "SEARCH text=leaves") == Self.old + Self.new)
    }

    @Test func `who has it played back hears no more of it`() async throws {
        let rig = try await Rig()
        let other = await rig.past.logIn("bob", capabilities: PastRig.capabilities + " znc.in/playback")
        for request in ["PLAY #tea", "PLAY *"] {
            #expect(await rig.reads(other, "PRIVMSG *playback :\(request)") == Self.new)
        }
    }

    @Test func `without the mode members read all of it, and it comes and goes with the mode`() async throws {
        let rig = try await Rig(modes: "-J")
        #expect(await rig.reads(rig.bob, "CHATHISTORY LATEST #tea * 50") == Self.old + Self.new)
        _ = await rig.past.harness.send(rig.ann, "MODE #tea +J")
        #expect(rig.bob.take().contains { $0.hasSuffix(" MODE #tea +J") })
        #expect(await rig.reads(rig.bob, "CHATHISTORY LATEST #tea * 50") == Self.new)
    }

    @Test func `only who runs the channel sets it`() async throws {
        let rig = try await Rig(modes: "-J")
        let lines = await rig.past.harness.send(rig.bob, "MODE #tea +J")
        #expect(lines.count == 1 && lines[0].contains(" 482 bob #tea "), "\(lines)")
    }

    @Test func `who leaves and comes again reads from then on`() async throws {
        let rig = try await Rig()
        let harness = rig.past.harness
        _ = await harness.send(rig.bob, "PART #tea")
        await harness.advance(by: 1)
        _ = await harness.send(rig.bob, "JOIN #tea")
        #expect(await rig.reads(rig.bob, "CHATHISTORY LATEST #tea * 50").isEmpty)
        let targets = "CHATHISTORY TARGETS timestamp=1970-01-01T00:00:00.000Z timestamp=2100-01-01T00:00:00.000Z 50"
        #expect(await harness.send(rig.bob, targets).allSatisfy { !$0.contains("#tea") })
        #expect(await harness.send(rig.ann, targets).contains { $0.contains("#tea") })
    }

    @Test(arguments: 0..<2)
    func `whose client comes back, on any shard, was there all the time`(shard: Int) async throws {
        let rig = try await Rig()
        rig.bob.disconnect()
        await rig.past.harness.advance(by: 10)
        let back = await rig.past.logIn("bob", shard: shard)
        #expect(await rig.reads(back, "CHATHISTORY LATEST #tea * 50") == Self.new)
        _ = await rig.past.harness.send(back, "NICK bobby", "AWAY :tea")
        #expect(await rig.reads(back, "CHATHISTORY LATEST #tea * 50") == Self.new)
    }
}
