import Simulation
import StateStore
import Tenant
import Testing

/// What is older than the history, in memory.
private struct OlderStore: OlderHistory {
    let store: DurableStore

    init() async throws {
        self.store = DurableStore(try SQLiteDatabase())
        _ = try await self.store.migrator.up(now: 0)
    }

    func read(
        _ stretch: HistoryStretch,
        of conversation: String,
        _ tenant: TenantID,
        limit: Int,
        events: Bool
    ) async -> OlderRecords {
        let part = HistoryRepository.Part.latest(after: nil)
        let all = try? await self.store.history.read(conversation, of: tenant, part, limit: 1000, events: events)
        let wanted = (all ?? []).filter { stretch.contains($0.cursor) }
        return OlderRecords(Array(stretch.isNewestFirst ? wanted.suffix(limit) : wanted.prefix(limit)))
    }

    func search(_ search: HistorySearch, before ends: [String: Int64], of tenant: TenantID) async -> [HistoryRecord] {
        let found = (try? await self.store.history.search(search, of: tenant)) ?? []
        return found.filter { $0.id.time < ends[$0.conversation] ?? .max }
    }
}

/// CHATHISTORY and SEARCH go on where the history ends, by the rules that hold for the history.
struct ReadingOnTests {
    private struct Rig {
        let past: PastRig
        let older: OlderStore
        let ann: SimulatedClient
        let bob: SimulatedClient

        /// Three things were said in #tea, and between Ann and Bob, before the history begins; two in #tea after that.
        init(modes: String = "") async throws {
            self.older = try await OlderStore()
            self.past = try await PastRig(older: self.older)
            let harness = self.past.harness
            let (tenant, began) = (harness.tenant.id, harness.clock.now)
            for (name, target) in [("#tea", "#tea"), ("@aann abob", "ann")] {
                for number in 1...3 {
                    _ = try await self.older.store.history.store([
                        HistoryRecord(
                            tenant,
                            in: name,
                            id: Stamp(
                                position: Position(epoch: 1, sequence: UInt64(number)),
                                time: began - 10_000 + Int64(number)
                            ),
                            prefix: "bob!b@host",
                            account: "bob",
                            target: target,
                            text: "old \(number)"
                        )
                    ])
                }
            }
            let capabilities = PastRig.capabilities + " soju.im/search"
            self.ann = await self.past.logIn("ann", capabilities: capabilities)
            self.bob = await self.past.logIn("bob", capabilities: capabilities)
            _ = await harness.send(self.ann, "JOIN #tea")
            if !modes.isEmpty { _ = await harness.send(self.ann, "MODE #tea \(modes)") }
            _ = await harness.send(self.bob, "JOIN #tea")
            await harness.advance(by: 1)
            _ = await harness.send(self.ann, "PRIVMSG #tea :new 4")
            await harness.advance(by: 1)
            _ = await harness.send(self.ann, "PRIVMSG #tea :new 5")
            try await self.past.keep()
            _ = (self.ann.take(), self.bob.take())
        }

        /// What a client is told in answer to a command: the texts, and the ids.
        func ask(_ client: SimulatedClient, _ command: String) async -> (texts: [String], ids: [String]) {
            let lines = await self.past.harness.send(client, command).filter { $0.contains(" PRIVMSG ") }
            return (
                lines.map { $0.split(separator: " :").last.map(String.init) ?? "" },
                lines.compactMap { PastRig.tag("msgid", of: $0) }
            )
        }
    }

    @Test func `CHATHISTORY goes on page by page, each message once`() async throws {
        let rig = try await Rig()
        let (last, ids) = await rig.ask(rig.ann, "CHATHISTORY LATEST #tea * 3")
        #expect(last == ["old 3", "new 4", "new 5"])
        let (before, older) = await rig.ask(rig.ann, "CHATHISTORY BEFORE #tea msgid=\(ids.first ?? "") 50")
        #expect(before == ["old 1", "old 2"])
        let first = older.first ?? ""
        #expect(await rig.ask(rig.ann, "CHATHISTORY AFTER #tea msgid=\(first) 3").texts == ["old 2", "old 3", "new 4"])
        #expect(
            await rig.ask(rig.ann, "CHATHISTORY AROUND #tea msgid=\(ids.first ?? "") 4").texts
                == ["old 1", "old 2", "old 3", "new 4"]
        )
        let between = "CHATHISTORY BETWEEN #tea msgid=\(first) msgid=\(ids.last ?? "") 50"
        #expect(await rig.ask(rig.ann, between).texts == ["old 2", "old 3", "new 4"])
        #expect(await rig.ask(rig.ann, "CHATHISTORY BEFORE #tea msgid=\(first) 50").texts.isEmpty)
    }

    @Test func `SEARCH finds words there, in one conversation and in all`() async throws {
        let rig = try await Rig()
        #expect(await rig.ask(rig.ann, "SEARCH in=#tea;text=old").texts == ["old 1", "old 2", "old 3"])
        #expect(await rig.ask(rig.ann, "SEARCH text=3").texts == ["old 3"])
        #expect(await rig.ask(rig.ann, "SEARCH in=#tea;text=old;limit=1").texts == ["old 3"])
    }

    @Test
    func `in a channel of mode J who came later reads nothing older there either`()
        async throws
    {
        let rig = try await Rig(modes: "+J")
        #expect(await rig.ask(rig.bob, "CHATHISTORY LATEST #tea * 50").texts == ["new 4", "new 5"])
        #expect(await rig.ask(rig.bob, "SEARCH in=#tea;text=old").texts.isEmpty)
        #expect(await rig.ask(rig.bob, "SEARCH text=old").texts.isEmpty)
    }

    @Test func `who is not in a channel reads nothing of it, and who is silenced is left out`() async throws {
        let rig = try await Rig()
        #expect(await rig.ask(rig.ann, "CHATHISTORY LATEST bob * 50").texts == ["old 1", "old 2", "old 3"])
        _ = await rig.past.harness.send(rig.ann, "SILENCE +bob!*@*")
        #expect(await rig.ask(rig.ann, "CHATHISTORY LATEST bob * 50").texts.isEmpty)
        _ = await rig.past.harness.send(rig.ann, "PART #tea")
        #expect(await rig.ask(rig.ann, "CHATHISTORY LATEST #tea * 50").texts.isEmpty)
        #expect(await rig.ask(rig.ann, "SEARCH in=#tea;text=old").texts.isEmpty)
    }

    @Test func `who has the name of an account that is gone reads nothing that was written to that`() async throws {
        let rig = try await Rig()
        try await rig.past.renew("ann")
        #expect(await rig.ask(rig.ann, "CHATHISTORY LATEST bob * 50").texts.isEmpty)
        #expect(await rig.ask(rig.ann, "SEARCH in=bob;text=old").texts.isEmpty)
    }
}
