// A day is closed by its manifest. Whoever is killed on the way leaves segments that no manifest lists: those that were made of others are
// deleted by who comes next and made anew, unless the manifest lies in the bucket already, which then counts.

import NIOCore
import ObjectStore
package import StateStore
import Tenant

extension TenantArchive {
    /// Closes a day: its segments become one order of lines, and a manifest lists them.
    ///
    /// A day may be closed again, for lines that came late; both manifests say what it has then.
    ///
    /// - Parameters:
    ///   - day: Which; nothing of it waits any more.
    ///   - lease: Under which.
    ///   - now: What the manifest says of when it was made, in milliseconds since 1970.
    ///   - limit: How many bytes of lines a segment has.
    /// - Returns: Whether there was anything to close.
    /// - Throws: ``ArchiveError``; what was begun is gone on with next time.
    package func close(
        _ day: ArchiveDay,
        by lease: ArchiveLease,
        now: Int64,
        limit: Int = TenantArchive.segmentBytes
    ) async throws(ArchiveError) -> Bool {
        guard let repository else { throw .configuration("no database") }
        if try await self.adoptManifest(by: lease) { return true }
        try await self.dropUnlisted(by: lease)
        let all = try await ArchiveError.noting { () throws(DurableStoreError) in
            try await repository.segments(of: self.tenant, days: day.number...day.number)
        }
        let parts = all.filter { $0.state == .sealed && $0.manifest == nil }.prefix(Self.mergeWidth)
        if parts.isEmpty { return false }
        let isMerged = parts.count > 1
        let listed =
            isMerged ? try await self.merge(Array(parts), of: day, by: lease, limit: limit) : parts.map(\.number)
        let end = try await ArchiveError.noting { () throws(DurableStoreError) in
            try await repository.chainEnd(of: self.tenant)
        }
        let unused = try await self.unusedNumbers()
        let manifest = try await self.manifest(
            of: day,
            listed,
            replacing: isMerged ? parts.map(\.number) : [],
            unused: unused,
            after: end,
            now: now,
            by: lease
        )
        let signed = try SignedManifest(manifest, self.cellKeys)
        try await self.put(signed)
        try await self.note(signed, by: lease)
        return true
    }

    /// Deletes segments whose lines others have, or that came to nothing; what the bucket locks is left for later.
    package func deleteReplaced(by lease: ArchiveLease) async throws(ArchiveError) {
        guard let repository else { return }
        let replaced = try await ArchiveError.noting { () throws(DurableStoreError) in
            try await repository.segments(of: self.tenant, .replaced)
                + repository.segments(of: self.tenant, .dropping)
        }
        var numbers: [Int64] = []
        for segment in replaced {
            do throws(ArchiveError) {
                try await self.delete([segment])
                numbers.append(segment.number)
            } catch .store(.locked) { continue }
        }
        let gone = numbers
        if gone.isEmpty { return }
        let isNoted = try await ArchiveError.noting { () throws(DurableStoreError) in
            try await repository.deleted(gone, by: lease)
        }
        guard isNoted else { throw .leaseLost }
    }

    /// Deletes the objects of segments, and all versions of them.
    func delete(_ segments: [ArchiveSegment]) async throws(ArchiveError) {
        for segment in segments {
            let name = SegmentName(tenant: self.tenant, day: ArchiveDay(number: segment.day), number: segment.number)
            try await self.deleteAll(below: try self.paths.segment(name).text)
        }
    }

    /// Deletes every version of every object whose key begins so.
    func deleteAll(below prefix: String) async throws(ArchiveError) {
        for _ in 0..<1000 {
            let failures = try await ArchiveError.storing {
                () throws(ObjectStoreError) -> [ObjectVersion: ObjectStoreError]? in
                let versions = try await self.objects.listVersions(prefix, after: nil, limit: 1000)
                if versions.items.isEmpty { return nil }
                return try await self.objects.delete(versions.items.map(\.object))
            }
            guard let failures else { return }
            if let failure = failures.values.first { throw .store(failure) }
        }
    }

    // MARK: Steps

    /// Deletes what was made of other segments and is in no manifest.
    func dropUnlisted(by lease: ArchiveLease) async throws(ArchiveError) {
        guard let repository else { return }
        let unlisted = try await ArchiveError.noting { () throws(DurableStoreError) in
            try await repository.drop(by: lease)
        }
        guard let unlisted else { throw .leaseLost }
        if !unlisted.isEmpty { try await self.deleteReplaced(by: lease) }
    }

    func unusedNumbers() async throws(ArchiveError) -> [Int64] {
        guard let repository else { return [] }
        let deleted = try await ArchiveError.noting { () throws(DurableStoreError) in
            try await repository.segments(of: self.tenant, .deleted)
        }
        return deleted.filter { $0.manifest == nil }.map(\.number)
    }

    func manifest(
        of day: ArchiveDay,
        _ numbers: [Int64],
        replacing replaced: [Int64],
        unused: [Int64],
        after end: (next: Int64, last: ArchiveManifestRow?),
        now: Int64,
        by lease: ArchiveLease
    ) async throws(ArchiveError) -> Manifest {
        guard let repository else { throw .configuration("no database") }
        let key = try await self.currentKey(lease)
        let rows = try await ArchiveError.noting { () throws(DurableStoreError) in
            try await repository.segments(of: self.tenant, days: day.number...day.number)
        }
        var segments: [Manifest.Segment] = []
        var logs: [String: Manifest.Log] = [:]
        for number in numbers.sorted() {
            guard let row = rows.first(where: { $0.number == number }) else {
                throw .damaged("segment \(number) of \(self.tenant) is not known")
            }
            let name = SegmentName(tenant: self.tenant, day: day, number: number)
            let reader = try await self.segment(name)
            segments.append(
                Manifest.Segment(
                    number: number,
                    object: try self.paths.segment(name).text,
                    bytes: reader.size,
                    sha256: row.facts.sha256.hex,
                    records: reader.footer.records,
                    rawBytes: reader.footer.rawBytes,
                    lines: reader.footer.lines,
                    conversations: reader.index.conversations.map { Manifest.code($0.name, key) }.sorted()
                )
            )
            for log in reader.index.logs { Manifest.add(log, as: Manifest.code(log.name, key), to: &logs) }
        }
        return Manifest(
            segments,
            of: day,
            self.tenant,
            after: end,
            replacing: replaced,
            unused: unused,
            Array(logs.values),
            now: now,
            key
        )
    }

    func put(_ signed: SignedManifest) async throws(ArchiveError) {
        let object = try self.paths.manifest(signed.manifest.sequence)
        var options = self.options
        // It is small, and read by each verification.
        options.storageClass = nil
        options.ifAbsent = true
        options.contentType = "application/jsonl"
        options.sha256 = signed.sha256
        let put = options
        _ = try await ArchiveError.storing { () throws(ObjectStoreError) in
            try await self.objects.put(object, ByteBuffer(bytes: signed.bytes), put)
        }
    }

    /// Notes that a manifest lies in the bucket.
    func note(_ signed: SignedManifest, by lease: ArchiveLease) async throws(ArchiveError) {
        guard let repository, let day = ArchiveDay(signed.manifest.day) else { return }
        let manifest = signed.manifest
        let row = ArchiveManifestRow(
            sequence: manifest.sequence,
            day: day.number,
            kind: manifest.kind.rawValue,
            size: signed.bytes.count,
            sha256: signed.sha256
        )
        let numbers = manifest.segments.map(\.number)
        let isNoted = try await ArchiveError.noting { () throws(DurableStoreError) in
            switch manifest.kind {
            case .day:
                try await repository.close(
                    row,
                    listing: numbers,
                    replacing: manifest.replaced,
                    unused: manifest.unused,
                    by: lease
                )
            case .deletion: try await repository.deleted(numbers, noting: row, by: lease)
            }
        }
        guard isNoted else { throw .leaseLost }
    }
}
