import Archive
import Foundation
import StateStore
import Tenant
import Testing

/// What a person is told of what there is of them.
@Suite struct PersonTests {
    @Test(arguments: Driver.allCases)
    func `a person gets everything that is kept with the account, and no secret of it`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            try await store.fill(.acme, history: 3)
            for name in ["bob", "mallory"] {
                _ = try await store.accounts.create(name, folded: name, credentials: .other, of: .acme, now: 1)
            }
            for (number, name) in [(100, "alice"), (101, "bob"), (102, "Alice")] {
                let record = HistoryRecord.said(UInt64(number), in: "#art", of: try .acme, by: name)
                _ = try await store.history.store([record])
            }
            let alice = try #require(try await store.accounts.find("alice", of: .acme))
            var facts: [PersonFact] = []
            var said: [ArchiveLine] = []
            var text = ""
            var lines = Transcript(.jsonl, title: "")
            var page = Transcript(.html, title: "")
            try await PersonExport(of: alice, in: store).read { fact in
                facts.append(fact)
                text += try lines.text(of: fact) + page.text(of: fact)
            } said: { line in
                said.append(try ArchiveLine(line))
                text += try lines.text(said: line) + page.text(said: line)
            }
            #expect(
                facts.map(\.kind) == [
                    "account", "nickname", "host", "certificate", "channel", "readMarker", "memo", "ignored", "push",
                    "report",
                ]
            )
            #expect(said.map(\.text) == ["message 100", "message 102"])
            #expect(said.map(\.log) == ["c:#art", "c:#art"])
            for secret in ["$scrypt", "SCRAM", "push.example/a", "mallory!", "message 101"] {
                #expect(!text.contains(secret), "\(secret)")
            }
            #expect(text.contains(#"{"push":{"expiresAt":9223372036854775807,"host":"push.example""#))
            #expect(text.contains(#"{"said":{"id":"#) && text.contains("&lt;alice&gt; message 100"))
        }
    }
}
