import Archive
import Chat
import Crypto
import NIOCore
import ObjectStore
import StateStore
import Tenant
import TestSupport
import Testing

/// What is missing, was changed or stands twice is found from the bucket alone.
@Suite struct VerificationTests {
    /// An archive of three days, the last of which is open.
    private func with(_ body: (ArchiveRig, TenantArchive) async throws -> Void) async throws {
        try await ArchiveRig.with { rig in
            let acme = try TenantID.acme
            let lease = try await rig.lease(acme)
            let archive = rig.archive(of: acme)
            for offset in 0..<3 {
                let day = ArchiveDay(number: ArchiveRig.day.number + Int64(offset))
                for part in 0..<2 {
                    try await rig.store(
                        (1...20).map { ArchiveRig.said(offset * 1000 + part * 100 + $0, of: acme, day: day) }
                    )
                    _ = try await archive.seal(day, by: lease)
                }
                if offset < 2 { _ = try await archive.close(day, by: lease, now: day.end) }
            }
            try await archive.deleteReplaced(by: lease)
            let alone = rig.archive(of: acme, withDatabase: false)
            let report = try await ArchiveVerifier(alone).verify()
            #expect(report.findings == [])
            #expect(report.manifests == 2)
            #expect(report.records == 120)
            #expect(report.open == 2)
            try await body(rig, alone)
        }
    }

    private func objects(_ archive: TenantArchive, _ prefix: String) async throws -> [ObjectKey] {
        var keys: [ObjectKey] = []
        try await archive.list(prefix) { keys.append($0.key) }
        return keys
    }

    @Test func `any object that is missing is named`() async throws {
        try await self.with { rig, archive in
            let objects =
                try await self.objects(archive, archive.paths.manifests)
                + self.objects(archive, archive.paths.segments)
            // But for the last segment of the open day, of which nothing in the bucket knows.
            for key in objects.dropLast() where key != objects[1] {
                let bytes = try await rig.bucket.get(key, limit: 1 << 20)
                _ = try await rig.bucket.delete([ObjectVersion(key)])
                let report = try await ArchiveVerifier(archive).verify()
                #expect(!report.isWell, "\(key) is gone")
                #expect(try await ArchiveVerifier(archive, .presence).verify().isWell == false, "\(key) is gone")
                _ = try await rig.bucket.put(key, bytes, PutOptions())
                #expect(try await ArchiveVerifier(archive).verify().findings == [])
            }
        }
    }

    @Test func `any object that was changed or is another's is named`() async throws {
        try await self.with { rig, archive in
            let objects =
                try await self.objects(archive, archive.paths.manifests)
                + self.objects(archive, archive.paths.segments)
            for key in objects {
                let bytes = Array(try await rig.bucket.get(key, limit: 1 << 20).readableBytesView)
                for place in [0, bytes.count / 3, bytes.count / 2, bytes.count - 20] {
                    var changed = bytes
                    changed[place] ^= 1
                    _ = try await rig.bucket.put(key, ByteBuffer(bytes: changed), PutOptions())
                    let report = try await ArchiveVerifier(archive).verify()
                    #expect(!report.isWell, "byte \(place) of \(bytes.count) of \(key)")
                }
                for other in objects where other != key {
                    let theirs = try await rig.bucket.get(other, limit: 1 << 20)
                    _ = try await rig.bucket.put(key, theirs, PutOptions())
                    #expect(try await ArchiveVerifier(archive).verify().isWell == false, "\(other) as \(key)")
                }
                _ = try await rig.bucket.put(key, ByteBuffer(bytes: bytes), PutOptions())
            }
        }
    }

    @Test func `a segment that stands twice, or that nobody knows, is named`() async throws {
        try await self.with { rig, archive in
            let segments = try await self.objects(archive, archive.paths.segments)
            let first = try #require(segments.first)
            let bytes = try await rig.bucket.get(first, limit: 1 << 20)
            let name = SegmentName(tenant: archive.tenant, day: ArchiveRig.day, number: 99)
            _ = try await rig.bucket.put(try archive.paths.segment(name), bytes, PutOptions())
            let report = try await ArchiveVerifier(archive).verify()
            #expect(report.findings.contains { $0.object.hasSuffix("99.rsg") })
            #expect(report.findings.contains { $0.problem.contains("no manifest says why") })
        }
    }

    @Test func `a manifest that somebody else signed is none`() async throws {
        try await self.with { rig, archive in
            let others = try CellKeys(["1": SymmetricKey(size: .bits256)])
            let signed = try #require(try await archive.manifest(2))
            let forged = try SignedManifest(signed.manifest, others)
            _ = try await rig.bucket.put(try archive.paths.manifest(2), ByteBuffer(bytes: forged.bytes), PutOptions())
            let report = try await ArchiveVerifier(archive).verify()
            #expect(report.findings.contains { $0.problem.contains("signature") })
        }
    }

    @Test func `a store that is away is no finding`() async throws {
        try await self.with { rig, archive in
            rig.bucket.fail(.unavailable("gone"))
            await #expect(throws: ArchiveError.store(.unavailable("gone"))) {
                _ = try await ArchiveVerifier(archive).verify()
            }
        }
    }

    @Test func `the cell's key may be replaced, and the former is needed for what it signed`() async throws {
        try await self.with { rig, archive in
            let acme = try TenantID.acme
            let old = SymmetricKey(data: [UInt8](repeating: 7, count: 32))
            let new = SymmetricKey(size: .bits256)
            let both = try CellKeys(["1": old, "2": new])
            let day = ArchiveDay(number: ArchiveRig.day.number + 2)
            let lease = try await rig.lease(acme)
            #expect(try await rig.archive(of: acme, keys: both).close(day, by: lease, now: 0))
            let alone = rig.archive(of: acme, keys: both, withDatabase: false)
            #expect(try await ArchiveVerifier(alone).verify().findings == [])
            let last = rig.archive(of: acme, keys: try CellKeys(["2": new]), withDatabase: false)
            // What lies there is opened by the new key alone; only the former signatures need the former.
            #expect(try await last.segment(SegmentName(tenant: acme, day: day, number: 9)).footer.records == 40)
            let report = try await ArchiveVerifier(last).verify()
            #expect(
                report.findings.map(\.problem)
                    == Array(
                        repeating: "the key 1 is missing: add the file with it to the folder of keys",
                        count: 2
                    )
            )
        }
    }
}
