// What a person said is taken out of an archive by making the segments anew that have any of it: a line that says nothing stands in the
// place of each, so that positions and counts go on, and a manifest says which segments are in the place of which.

package import StateStore
import Tenant

/// Whose lines are to be taken out.
package struct LineErasure: Sendable {
    /// As it is written in lines.
    package let account: String
    /// What a line of the account has in it: a text has no quotes that are not escaped.
    private let mark: [UInt8]

    /// - Parameter account: As it is written in what was said.
    /// - Throws: ``ArchiveError/configuration(_:)`` for what is no name.
    package init(account: String) throws(ArchiveError) {
        guard !account.isEmpty, account.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }) else {
            throw .configuration("`\(account)` is no name of an account")
        }
        self.account = account
        self.mark = Array("\"account\":\"\(account)\"".utf8)
    }

    /// Whether lines have something of the account.
    func isIn(_ lines: some Collection<UInt8>) -> Bool {
        lines.withContiguousStorageIfAvailable { Self.contains($0, self.mark) }
            ?? Self.contains(Array(lines), self.mark)
    }

    /// What is left of a line.
    func erased(_ line: ArraySlice<UInt8>) throws(ArchiveError) -> ArraySlice<UInt8> {
        guard self.isIn(line) else { return line }
        let read = try ArchiveLine(line)
        return read.account == self.account ? LineWriter.erased(read)[...] : line
    }

    private static func contains(_ bytes: [UInt8], _ mark: [UInt8]) -> Bool {
        bytes.withUnsafeBufferPointer { Self.contains($0, mark) }
    }

    private static func contains(_ bytes: UnsafeBufferPointer<UInt8>, _ mark: [UInt8]) -> Bool {
        var rest = bytes[...]
        while rest.count >= mark.count, let quote = rest.firstIndex(of: mark[0]) {
            rest = rest[quote...]
            if rest.starts(with: mark) { return true }
            rest = rest.dropFirst()
        }
        return false
    }
}

/// What was done of an erasure.
package struct LineErasureCount: Hashable, Sendable {
    /// Segments that were looked at, and of how many.
    package var looked = 0
    package var segments = 0
    /// Segments that were made anew.
    package var made = 0
    package var lines = 0
    /// Former segments that a lock of the bucket keeps for now.
    package var locked = 0
}

extension TenantArchive {
    /// Takes everything out that an account said.
    ///
    /// What waits is made into segments first. It may be cut off anywhere, and done again.
    ///
    /// - Parameters:
    ///   - erasure: Whose lines.
    ///   - lease: Under which.
    ///   - now: What manifests say of when they were made, in milliseconds since 1970.
    ///   - limit: How many bytes of lines a segment has.
    ///   - progress: Told after each segment; what it throws ends it.
    /// - Returns: What was done.
    /// - Throws: ``ArchiveError``
    package func erase(
        _ erasure: LineErasure,
        by lease: ArchiveLease,
        now: Int64,
        limit: Int = TenantArchive.segmentBytes,
        progress: (LineErasureCount) async throws(ArchiveError) -> Void = { _ in }
    ) async throws(ArchiveError) -> LineErasureCount {
        guard let repository else { throw .configuration("no database") }
        while try await self.adoptManifest(by: lease) {}
        try await self.resume(by: lease)
        try await self.dropUnlisted(by: lease)
        let waiting = try await ArchiveError.noting { () throws(DurableStoreError) in
            try await repository.work().tenants[self.tenant]?.pending ?? []
        }
        for pending in waiting { _ = try await self.seal(ArchiveDay(number: pending.day), by: lease, limit: limit) }
        let segments = try await ArchiveError.noting { () throws(DurableStoreError) in
            try await repository.segments(of: self.tenant, .sealed)
        }
        var count = LineErasureCount()
        count.segments = segments.count
        for (number, ofDay) in Dictionary(grouping: segments, by: \.day).sorted(by: { $0.key < $1.key }) {
            let day = ArchiveDay(number: number)
            var found: [ArchiveSegment] = []
            for segment in ofDay {
                if try await self.has(erasure, segment) { found.append(segment) }
                count.looked += 1
                try await progress(count)
            }
            for start in stride(from: 0, to: found.count, by: Self.mergeWidth) {
                let parts = Array(found[start..<min(start + Self.mergeWidth, found.count)])
                count.lines += try await self.replace(parts, of: day, erasure, by: lease, now: now, limit: limit)
                count.made += parts.count
            }
        }
        try await self.deleteReplaced(by: lease)
        count.locked = try await ArchiveError.noting { () throws(DurableStoreError) in
            try await repository.segments(of: self.tenant, .replaced)
        }.count
        try await progress(count)
        return count
    }

    private func has(_ erasure: LineErasure, _ segment: ArchiveSegment) async throws(ArchiveError) -> Bool {
        let name = SegmentName(tenant: self.tenant, day: ArchiveDay(number: segment.day), number: segment.number)
        let reader = try await self.segment(name)
        var cursor = try reader.cursor(0..<reader.footer.frames.count)
        while let (_, frame) = try await cursor.next() {
            if erasure.isIn(frame) { return true }
        }
        return false
    }

    /// Makes segments anew, and puts the manifest that has them in the place of the former ones.
    ///
    /// - Returns: How many lines were taken out.
    private func replace(
        _ parts: [ArchiveSegment],
        of day: ArchiveDay,
        _ erasure: LineErasure,
        by lease: ArchiveLease,
        now: Int64,
        limit: Int
    ) async throws(ArchiveError) -> Int {
        guard let repository else { throw .configuration("no database") }
        var lines = 0
        let made = try await self.merge(parts, of: day, by: lease, limit: limit) { line throws(ArchiveError) in
            let kept = try erasure.erased(line)
            if kept.count != line.count || !kept.elementsEqual(line) { lines += 1 }
            return kept
        }
        let end = try await ArchiveError.noting { () throws(DurableStoreError) in
            try await repository.chainEnd(of: self.tenant)
        }
        let manifest = try await self.manifest(
            of: day,
            made,
            replacing: parts.map(\.number),
            unused: try await self.unusedNumbers(),
            after: end,
            now: now,
            by: lease
        )
        let signed = try SignedManifest(manifest, self.cellKeys)
        try await self.put(signed)
        try await self.note(signed, by: lease)
        return lines
    }
}
