import Archive
import Chat
import Foundation
import NIOCore
import StateStore
import Tenant
import Testing

/// What only an archive has of a tenant, in bundles and in what is written for one person.
@Suite struct CarriedLinesTests {
    private static func header(_ tenant: TenantID) -> BundleHeader {
        BundleHeader(tenant: tenant.text, exportedAt: "", schema: Schema.version, roost: "1", secrets: true)
    }

    /// A tenant whose history has only the last of what was said, and whose archive has all.
    private func say(_ rig: ArchiveRig) async throws {
        let acme = try TenantID.acme
        let said = (1...3).map { ArchiveRig.said($0, of: acme) }
        try await rig.store(said + [ArchiveRig.said(4, of: acme, text: "regretted")])
        try await rig.store([ArchiveRig.said(5, of: acme, redacts: ArchiveRig.said(4, of: acme).stamp)])
        // What only those of a rank are told is kept by no history.
        let stamp = Stamp(position: Position(epoch: 4, sequence: 9), time: ArchiveRig.day.start + 9)
        let record = HistoryRecord(
            acme,
            in: "#tea",
            id: stamp,
            prefix: "ann!a@host",
            account: "ann",
            target: "@#tea",
            text: "to the ranks"
        )
        let told = ArchivedRecord(log: LogKey(acme, .channel, "#tea"), stamp: stamp, content: record)
        try await rig.store.history.store([], archiving: ArchiveBatch(rig.tap, records: [:], others: [told]))
        let lease = try await rig.lease(acme)
        _ = try await rig.archive(of: acme).seal(ArchiveRig.day, by: lease)
    }

    private func forget(_ sequences: String, _ rig: ArchiveRig) async throws {
        _ = try await rig.store.database.execute(
            "DELETE FROM history WHERE tenant = 'acme' AND sequence IN (\(sequences))",
            in: .tenant(try .acme)
        )
    }

    @Test func `what the history has no more comes from the archive, but for what was taken back or told to some`()
        async throws
    {
        try await ArchiveRig.with { rig in
            try await self.say(rig)
            try await self.forget("1, 2, 4", rig)
            let acme = try TenantID.acme
            let path = rig.folder.appending(path: "acme.bundle").path
            let output = try NewFile(path)
            let export = BundleExport(of: acme, in: rig.store, Self.header(acme), archive: rig.archive(of: acme))
            let end = try await export.write { try output.write($0) }
            try output.finish()
            #expect(end.archive == 5)
            let globex = try TenantID.globex
            let schema = try await BundleSchema.load(rig.store)
            let bundle = BundleImport(BundleFile(path), as: globex, into: rig.store, schema)
            let outcome = try await bundle.run(try await bundle.verify())
            #expect(outcome.unkept == 1)
            let read = try await rig.store.history.read(
                "#tea",
                of: globex,
                .latest(after: nil),
                limit: 10,
                events: true
            )
            #expect(read.map(\.text) == ["message 1", "message 2", "message 3", nil])
            #expect(read.map(\.id) == (1...4).map { ArchiveRig.said($0, of: acme).stamp })
            #expect(read.map(\.account) == ["ann", "ann", "ann", "ann"])
            #expect(read.last?.redactionReason == "it was wrong")
        }
    }

    @Test func `what the history has is in the bundle once`() async throws {
        try await ArchiveRig.with { rig in
            try await self.say(rig)
            let acme = try TenantID.acme
            let export = BundleExport(of: acme, in: rig.store, Self.header(acme), archive: rig.archive(of: acme))
            let end = try await export.write { _ in }
            // What only those of a rank were told never was in the history.
            #expect(end.archive == 1 && end.tables["history"] == 4)
        }
    }

    @Test func `a person gets what they said, with what they took back, and nothing that others said`() async throws {
        try await ArchiveRig.with { rig in
            try await self.say(rig)
            try await self.forget("1", rig)
            let acme = try TenantID.acme
            let account = try await rig.store.accounts.create(
                "Ann",
                folded: "ann",
                credentials: .init(passwordHash: "$hash", scram: "$scram"),
                of: acme,
                now: 1
            )
            var facts: [PersonFact] = []
            var lines: [ArchiveLine] = []
            try await PersonExport(of: account, in: rig.store, archive: rig.archive(of: acme)).read {
                facts.append($0)
            } said: {
                lines.append(try ArchiveLine($0))
            }
            #expect(facts.map(\.kind) == ["account"])
            #expect(facts.first?.values["hasPassword"] == .flag(true))
            #expect(!facts.contains { $0.values.values.contains { $0.text.contains("$") } })
            #expect(
                Set(lines.compactMap(\.text)) == ["message 1", "message 2", "message 3", "regretted", "to the ranks"]
            )
            #expect(Set(lines.map(\.id)).count == 5 && lines.allSatisfy { $0.account == "ann" })
        }
    }

    @Test func `what was said under a name before it was theirs is not theirs`() async throws {
        try await ArchiveRig.with { rig in
            try await self.say(rig)
            let acme = try TenantID.acme
            let account = try await rig.store.accounts.create(
                "ann",
                folded: "ann",
                credentials: .init(passwordHash: nil, scram: nil),
                of: acme,
                now: ArchiveRig.day.start + 3
            )
            var texts: Set<String> = []
            try await PersonExport(of: account, in: rig.store, archive: rig.archive(of: acme)).read { _ in
            } said: {
                texts.insert(try ArchiveLine($0).text ?? "")
            }
            #expect(texts == ["message 3", "regretted", "to the ranks"])
        }
    }
}
