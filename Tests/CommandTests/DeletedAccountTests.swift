// Direct messages of an account that was deleted are not for who has its name later.

import Simulation
import Testing

@Suite struct DeletedAccountTests {
    private static let (start, end) = ("timestamp=1970-01-01T00:00:00.000Z", "timestamp=2100-01-01T00:00:00.000Z")

    /// Ann wrote with bob and is gone for good; somebody else is ann now, and has written to bob.
    private struct Rig {
        let past: PastRig
        let ann: SimulatedClient
        let bob: SimulatedClient

        init(isWritingAgain: Bool) async throws {
            self.past = try await PastRig(shards: 2)
            let harness = self.past.harness
            for account in ["ann", "bob"] { try await self.past.renew(account) }
            let before = await self.past.logIn("ann", shard: 1)
            self.bob = await self.past.logIn("bob")
            _ = await harness.send(before, "PRIVMSG bob :secret")
            await harness.advance(by: 1)
            _ = await harness.send(self.bob, "PRIVMSG ann :secret too", "JOIN #tea", "PRIVMSG #tea :secret tea")
            await harness.advance(by: 10)
            _ = await harness.send(before, "MARKREAD bob timestamp=2023-11-14T22:13:21.000Z", "QUIT")
            await harness.advance(by: 10)
            try await self.past.renew("ann")
            await harness.advance(by: 10)
            self.ann = await self.past.logIn("ann")
            if isWritingAgain { _ = await harness.send(self.ann, "PRIVMSG bob :secret of my own") }
            _ = await harness.send(self.ann, "JOIN #tea")
            try await self.past.keep()
            _ = (self.ann.take(), self.bob.take())
        }

        func reads(_ client: SimulatedClient, _ line: String) async -> [String] {
            await self.past.harness.send(client, line).filter { $0.contains(" PRIVMSG ") }.map { Line($0).text }
        }
    }

    @Test(
        arguments: [
            "CHATHISTORY LATEST bob * 50", "CHATHISTORY AFTER bob timestamp=1970-01-01T00:00:00.000Z 1",
            "CHATHISTORY BEFORE bob timestamp=2100-01-01T00:00:00.000Z 50",
            "CHATHISTORY AROUND bob timestamp=1970-01-01T00:00:00.000Z 2",
            "CHATHISTORY BETWEEN bob timestamp=1970-01-01T00:00:00.000Z timestamp=2100-01-01T00:00:00.000Z 1",
            "SEARCH in=bob;text=secret",
        ]
    )
    func `who has the name later reads its own messages only`(question: String) async throws {
        let rig = try await Rig(isWritingAgain: true)
        #expect(await rig.reads(rig.ann, question) == ["secret of my own"])
    }

    @Test func `a search through everything finds what the account may read, as many as are asked for`() async throws {
        let rig = try await Rig(isWritingAgain: true)
        #expect(await rig.reads(rig.ann, "SEARCH text=secret") == ["secret tea", "secret of my own"])
        #expect(await rig.reads(rig.ann, "SEARCH text=secret;limit=2") == ["secret tea", "secret of my own"])
    }

    @Test func `whom the one before wrote with is not told, nor what it had read`() async throws {
        let rig = try await Rig(isWritingAgain: false)
        let targets = await rig.past.harness.send(rig.ann, "CHATHISTORY TARGETS \(Self.start) \(Self.end) 50")
        #expect(targets.contains { $0.contains(" #tea ") } && !targets.contains { $0.contains(" bob ") }, "\(targets)")
        let marker = await rig.past.harness.send(rig.ann, "MARKREAD bob")
        #expect(marker.count == 1 && marker[0].hasSuffix(" MARKREAD bob *"), "\(marker)")
    }

    @Test func `who wrote with the one before keeps what it has`() async throws {
        let rig = try await Rig(isWritingAgain: true)
        let all = ["secret", "secret too", "secret of my own"]
        let read = await rig.reads(rig.bob, "CHATHISTORY LATEST ann * 50")
        #expect(read == all)
    }
}
