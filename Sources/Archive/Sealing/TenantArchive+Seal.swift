// From chunks that wait to a segment that lies in the bucket, in steps each of which may be done again by somebody else.

import NIOCore
import ObjectStore
package import StateStore
import Tenant

extension TenantArchive {
    /// The lines of a segment, in bytes: as much as is sorted at once in memory.
    package static let segmentBytes = 64 << 20
    /// The most that the object of a segment has: lines that cannot be compressed, and its index.
    static let objectBytes = 160 << 20

    /// Makes segments of what waits of a day until nothing waits, or as many as were asked for.
    ///
    /// - Parameters:
    ///   - day: Which.
    ///   - lease: Under which.
    ///   - limit: How many bytes of lines a segment has.
    ///   - count: How many segments at most.
    /// - Returns: How many were made.
    /// - Throws: ``ArchiveError``; what was begun is gone on with next time.
    package func seal(
        _ day: ArchiveDay,
        by lease: ArchiveLease,
        limit: Int = TenantArchive.segmentBytes,
        count: Int = .max
    ) async throws(ArchiveError) -> Int {
        guard let repository else { throw .configuration("no database") }
        var made = 0
        while made < count {
            let number = try await ArchiveError.noting { () throws(DurableStoreError) in
                try await repository.begin(day.number, rawBytes: limit, by: lease)
            }
            guard let number else { return made }
            try await self.finish(SegmentName(tenant: self.tenant, day: day, number: number), by: lease)
            made += 1
        }
        return made
    }

    /// Finishes the segments that were begun and not noted as there, by whoever it was.
    package func resume(by lease: ArchiveLease) async throws(ArchiveError) {
        guard let repository else { return }
        let begun = try await ArchiveError.noting { () throws(DurableStoreError) in
            try await repository.segments(of: self.tenant, .writing)
        }
        for segment in begun {
            let name = SegmentName(tenant: self.tenant, day: ArchiveDay(number: segment.day), number: segment.number)
            try await self.finish(name, by: lease)
        }
    }

    /// Makes a segment of the chunks that have its number, puts it and notes that it is there.
    private func finish(_ name: SegmentName, by lease: ArchiveLease) async throws(ArchiveError) {
        guard let repository else { return }
        let key = try await self.currentKey(lease)
        var builder = SegmentBuilder()
        let zstd = try Zstd()
        var after: Int64 = 0
        while true {
            let last = after
            let chunks = try await ArchiveError.noting { () throws(DurableStoreError) in
                try await repository.chunks(of: name.number, self.tenant, after: last)
            }
            guard let end = chunks.last else { break }
            for chunk in chunks { try builder.add(chunk.bytes, zstd) }
            after = end.id
        }
        guard !builder.isEmpty else {
            // Its chunks went with a tenant's data, or were never there.
            return try await ArchiveError.noting { () throws(DurableStoreError) in
                try await repository.abandon(name.number, by: lease)
            }
        }
        let (bytes, summary) = try builder.build(name, key)
        guard let facts = try await self.put(name, bytes, summary, by: lease) else {
            // The chunks wait for another number.
            return
        }
        let conversations = summary.conversations.compactMap(\.archived)
        let isNoted = try await ArchiveError.noting { () throws(DurableStoreError) in
            try await repository.seal(name.number, facts, of: conversations, by: lease)
        }
        guard isNoted else { throw .leaseLost }
    }

    /// Puts a segment; one that is there already, and has the same lines, is taken for it.
    ///
    /// So whoever was frozen before putting it, and wakes when others have done so, changes nothing. What is put so late that others have
    /// deleted it already is in no manifest, and goes with its day.
    ///
    /// - Returns: What is there; nil if it was another one, which is taken over: this one needs another number.
    func put(
        _ name: SegmentName,
        _ bytes: [UInt8],
        _ summary: SegmentWriter.Summary,
        by lease: ArchiveLease
    ) async throws(ArchiveError) -> ArchiveSegmentFacts? {
        let object = try self.paths.segment(name)
        var options = self.options
        options.ifAbsent = true
        options.sha256 = summary.sha256
        do throws(ObjectStoreError) {
            _ = try await self.objects.put(object, ByteBuffer(bytes: bytes), options)
            return ArchiveSegmentFacts(summary.footer, size: bytes.count, sha256: summary.sha256)
        } catch .exists {
            let (there, facts) = try await self.facts(of: name)
            if there.footer.lines == summary.footer.lines, there.footer.records == summary.footer.records {
                return facts
            }
            try await self.adopt(name, there, facts, by: lease)
            return nil
        } catch { throw .store(error) }
    }
}

extension SegmentIndex.Conversation {
    fileprivate var archived: ArchivedConversation? {
        self.times.map { ArchivedConversation(name: self.name, firstTime: $0.lowerBound, lastTime: $0.upperBound) }
    }
}

extension ArchiveSegmentFacts {
    init(_ footer: SegmentFooter, size: Int, sha256: [UInt8]) {
        self.init(
            records: footer.records,
            rawBytes: footer.rawBytes,
            size: size,
            firstTime: footer.firstTime,
            lastTime: footer.lastTime,
            sha256: sha256
        )
    }
}
