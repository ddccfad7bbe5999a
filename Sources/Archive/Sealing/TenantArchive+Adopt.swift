// The bucket may have more than the database knows of: who put a manifest ended before noting it, or the database was restored to what it
// was some time ago. What is proved to be of this tenant's keys and to go on from what is known is taken over.

import Crypto
import NIOCore
import ObjectStore
package import StateStore
import Tenant

extension TenantArchive {
    /// Takes over all that lies in the bucket and that the database does not know of, before anything new is given a number.
    ///
    /// - Parameter lease: Under which.
    /// - Throws: ``ArchiveError/damaged(_:)`` for what is not this tenant's.
    package func reconcile(by lease: ArchiveLease) async throws(ArchiveError) {
        guard let repository else { return }
        while try await self.adoptManifest(by: lease) {}
        let known = try await ArchiveError.noting { () throws(DurableStoreError) in
            Set(try await repository.segments(of: self.tenant).map(\.number))
        }
        var unknown: [SegmentName] = []
        try await self.list(self.paths.segments) { item in
            if let name = self.paths.segment(item.key), !known.contains(name.number) { unknown.append(name) }
        }
        for name in unknown.sorted(by: { $0.number < $1.number }) {
            let (there, facts) = try await self.facts(of: name)
            try await self.adopt(name, there, facts, by: lease)
        }
    }

    /// What lies in the bucket under a name.
    func facts(of name: SegmentName) async throws(ArchiveError) -> (SegmentReader, ArchiveSegmentFacts) {
        let object = try self.paths.segment(name)
        let there = try await self.segment(name)
        let whole = try await ArchiveError.storing { () throws(ObjectStoreError) in
            Array(try await self.objects.get(object, limit: Self.objectBytes).readableBytesView)
        }
        let sha256 = Array(SHA256.hash(data: whole))
        return (there, ArchiveSegmentFacts(there.footer, size: whole.count, sha256: sha256))
    }

    /// Takes the next manifest for noted if it lies in the bucket.
    ///
    /// One that lists what was given up since is deleted: somebody who was frozen put it late.
    ///
    /// - Returns: Whether one was noted.
    /// - Throws: ``ArchiveError/damaged(_:)`` for one that does not go on from what this database knows.
    func adoptManifest(by lease: ArchiveLease) async throws(ArchiveError) -> Bool {
        guard let repository else { return false }
        let end = try await ArchiveError.noting { () throws(DurableStoreError) in
            try await repository.chainEnd(of: self.tenant)
        }
        guard let signed = try await self.manifest(end.next) else { return false }
        let manifest = signed.manifest
        guard manifest.previous == (end.last?.sha256 ?? []).hex, let day = ArchiveDay(manifest.day) else {
            throw self.unknown("the manifest \(end.next)")
        }
        let rows = try await ArchiveError.noting { () throws(DurableStoreError) in
            try await repository.segments(of: self.tenant)
        }
        let byNumber = Dictionary(rows.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
        let listed = manifest.segments.compactMap { byNumber[$0.number] }
        if manifest.kind == .day, listed.contains(where: { $0.state == .deleted || $0.state == .dropping }) {
            try await self.deleteAll(below: try self.paths.manifest(end.next).text)
            return false
        }
        for segment in manifest.segments where !Self.isSame(segment, day, byNumber[segment.number]) {
            try await self.adopt(segment, day, byNumber[segment.number], manifest, by: lease)
        }
        // What they were made of was never known here, and is gone.
        for number in manifest.replaced + manifest.unused where byNumber[number] == nil {
            let state: ArchiveSegmentFacts? = manifest.unused.contains(number) ? nil : Self.nothing
            try await self.adopt(number, day.number, state, by: lease)
        }
        try await self.note(signed, by: lease)
        return true
    }

    /// Takes a segment that lies under a number that this database gave to another one.
    ///
    /// - Parameters:
    ///   - name: Which; what was to become of that number waits again.
    ///   - there: What lies there.
    ///   - facts: What is in it.
    ///   - lease: Under which.
    /// - Throws: ``ArchiveError/damaged(_:)`` if its key is none that this database knows.
    func adopt(
        _ name: SegmentName,
        _ there: SegmentReader,
        _ facts: ArchiveSegmentFacts,
        by lease: ArchiveLease
    ) async throws(ArchiveError) {
        try await self.requireKnown(there.footer.key, "the segment \(name.text)")
        try await self.adopt(name.number, name.day.number, facts, by: lease)
    }

    // MARK: Steps

    private static let nothing = ArchiveSegmentFacts(
        records: 0,
        rawBytes: 0,
        size: 0,
        firstTime: 0,
        lastTime: 0,
        sha256: []
    )

    private static func isSame(_ segment: Manifest.Segment, _ day: ArchiveDay, _ row: ArchiveSegment?) -> Bool {
        guard let row else { return false }
        return row.day == day.number && row.facts.sha256.hex == segment.sha256
    }

    private func adopt(
        _ segment: Manifest.Segment,
        _ day: ArchiveDay,
        _ row: ArchiveSegment?,
        _ manifest: Manifest,
        by lease: ArchiveLease
    ) async throws(ArchiveError) {
        // Of what is known otherwise nothing is believed.
        if let row, ![.writing, .merging].contains(row.state) || row.day != day.number {
            throw self.unknown("the manifest \(manifest.sequence)")
        }
        try await self.requireKnown(manifest.codeKey, "the manifest \(manifest.sequence)")
        guard manifest.kind == .day, let sha256 = [UInt8](hex: segment.sha256) else {
            return try await self.adopt(segment.number, day.number, nil, by: lease)
        }
        let facts = ArchiveSegmentFacts(
            records: segment.records,
            rawBytes: segment.rawBytes,
            size: segment.bytes,
            firstTime: day.start,
            lastTime: day.end - 1,
            sha256: sha256
        )
        try await self.adopt(segment.number, day.number, facts, by: lease)
    }

    private func adopt(
        _ number: Int64,
        _ day: Int64,
        _ facts: ArchiveSegmentFacts?,
        by lease: ArchiveLease
    ) async throws(ArchiveError) {
        guard let repository else { throw .configuration("no database") }
        let isTaken = try await ArchiveError.noting { () throws(DurableStoreError) in
            try await repository.adopt(number, day, facts, by: lease)
        }
        guard isTaken else { throw .leaseLost }
    }

    /// A name may be another tenant's than it was: only what the keys made that are known here is this one's.
    private func requireKnown(_ key: String, _ what: String) async throws(ArchiveError) {
        guard let repository else { throw .configuration("no database") }
        let keys = try await ArchiveError.noting { () throws(DurableStoreError) in
            try await repository.keys(of: self.tenant)
        }
        guard keys.contains(where: { $0.id == key && $0.wrapped != nil }) else { throw self.unknown(what) }
    }

    private func unknown(_ what: String) -> ArchiveError {
        .damaged(
            "the bucket has \(what) of \(self.tenant), which is none of this database's: somebody else had the name, or two "
                + "databases use one prefix; keep the objects below \(self.paths.root) aside under another prefix"
        )
    }
}
