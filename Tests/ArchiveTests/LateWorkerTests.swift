import Archive
import Chat
import Foundation
import NIOCore
import ObjectStore
import StateStore
import Tenant
import TestSupport
import Testing

/// What somebody does who was frozen for longer than a lease, or whose database was restored: nothing that others made goes for it.
@Suite struct LateWorkerTests {
    /// Two segments of a day that are to be merged.
    private func with(_ body: (ArchiveRig, TenantArchive, ArchiveLease) async throws -> Void) async throws {
        try await ArchiveRig.with { rig in
            let acme = try TenantID.acme
            let lease = try await rig.lease(acme)
            let archive = rig.archive(of: acme)
            for part in 0..<2 {
                try await rig.store((1...5).map { ArchiveRig.said(part * 10 + $0, of: acme) })
                _ = try await archive.seal(ArchiveRig.day, by: lease)
            }
            try await body(rig, archive, lease)
        }
    }

    @Test func `what another is making is not given up for who lost the lease`() async throws {
        try await self.with { rig, archive, former in
            // The former's lease lapsed, and another began to merge.
            _ = try #require(try await rig.store.archives.lease(archive.tenant, as: "one", for: 0))
            let lease = try await rig.lease(archive.tenant, as: "two")
            let number = try #require(try await rig.store.archives.beginMerged(ArchiveRig.day.number, by: lease))
            #expect(try await rig.store.archives.drop(by: former) == nil)
            let merging = try await rig.store.archives.segments(of: archive.tenant, .merging)
            #expect(merging.map(\.number) == [number])
        }
    }

    @Test func `a manifest that was put late, of what was given up since, is deleted and the day is closed anew`()
        async throws
    {
        try await self.with { rig, archive, lease in
            // The first attempt merged and made its manifest; before it put that, another gave up what it had merged.
            rig.bucket.failNext(.after)
            _ = try? await archive.close(ArchiveRig.day, by: lease, now: 0)
            let dropped = try #require(try await rig.store.archives.drop(by: lease)).map(\.number)
            #expect(dropped == [3])
            let template = try SignedManifest(
                JSONDecoder().decode(Manifest.self, from: Self.manifest(listing: 3, replacing: [1, 2])),
                rig.keys
            )
            let object = try archive.paths.manifest(1)
            _ = try await rig.bucket.put(object, ByteBuffer(bytes: template.bytes), PutOptions())
            while try await archive.close(ArchiveRig.day, by: lease, now: 0) {}
            try await archive.deleteReplaced(by: lease)
            let texts = try await rig.texts(of: archive.tenant)
            #expect(texts == ((1...5).map { "message \($0)" } + (11...15).map { "message \($0)" }))
            let report = try await ArchiveVerifier(rig.archive(of: archive.tenant, withDatabase: false)).verify()
            #expect(report.findings == [])
        }
    }

    @Test func `a manifest that the database knows nothing of stops the archive and deletes nothing`() async throws {
        try await self.with { rig, archive, lease in
            // Somebody had the name before, or the database was restored.
            let foreign = try SignedManifest(
                JSONDecoder().decode(Manifest.self, from: Self.manifest(listing: 2, replacing: [1])),
                rig.keys
            )
            let object = try archive.paths.manifest(1)
            _ = try await rig.bucket.put(object, ByteBuffer(bytes: foreign.bytes), PutOptions())
            await #expect(throws: ArchiveError.self) {
                _ = try await archive.close(ArchiveRig.day, by: lease, now: 0)
            }
            try await archive.deleteReplaced(by: lease)
            #expect(try await rig.texts(of: archive.tenant).count == 10)
            #expect(try await archive.manifest(1)?.manifest == foreign.manifest)
        }
    }

    /// A manifest of the rig's day.
    private static func manifest(listing number: Int, replacing replaced: [Int]) -> Data {
        Data(
            """
            {"format":"roost-manifest/1","tenant":"acme","sequence":1,"previous":"","kind":"day","day":"\(ArchiveRig.day)",
            "made":"2026-11-30T00:00:00Z","segments":[{"number":\(number),"object":"x","bytes":1,"sha256":"00","records":1,
            "rawBytes":1,"lines":"","conversations":[]}],"replaced":\(replaced),"unused":[],"logs":[],"codeKey":"k"}
            """.utf8
        )
    }

    @Test func `a footer that says what cannot be is refused`() async throws {
        try await self.with { rig, archive, lease in
            let name = SegmentName(tenant: archive.tenant, day: ArchiveRig.day, number: 1)
            let object = try archive.paths.segment(name)
            let bytes = Array(try await rig.bucket.get(object, limit: 1 << 20).readableBytesView)
            let length = bytes.suffix(12).prefix(4).reduce(0) { $0 << 8 | Int($1) }
            let footer = String(decoding: bytes.dropLast(12).suffix(length), as: UTF8.self)
            for frames in [
                "[[0,9223372036854775807,9223372036854775807],[1,2,9223372036854775807]]", "[[-1,2,3]]", "[]",
            ] {
                let range = try #require(footer.firstRange(of: /"frames":\[\[.*?\]\]/))
                let changed = Array(footer.replacingCharacters(in: range, with: "\"frames\":\(frames)").utf8)
                let tail = withUnsafeBytes(of: UInt32(changed.count).bigEndian) { Array($0) } + Array("ROOSTSEG".utf8)
                let segment = Array(bytes.dropLast(12 + length)) + changed + tail
                await #expect(throws: ArchiveError.self) {
                    _ = try await SegmentReader(name, bytes: segment, archive.paths) {
                        id throws(ArchiveError) in try await archive.key(id)
                    }
                }
            }
        }
    }

    @Test(arguments: Driver.allCases)
    func `what the history does not keep is archived once, however often it comes`(driver: Driver) async throws {
        try await ArchiveRig.with(driver) { rig in
            let acme = try TenantID.acme
            for _ in 0..<3 {
                let batch = ArchiveBatch(rig.tap, records: [:], others: [ArchiveRig.said(1, of: acme, text: "for ops")])
                try await rig.store.history.store([], archiving: batch)
            }
            try await rig.service().look()
            #expect(try await rig.texts(of: acme) == ["for ops"])
            #expect(try await rig.store.history.size(of: acme).records == 0)
        }
    }
}
