// A tenant as one file. Rows come in pages, each of one moment; what changes meanwhile may be in the bundle or not.

package import StateStore
package import Tenant

/// Makes a tenant's bundle.
package struct BundleExport: Sendable {
    /// How many lines of the archive are looked up in the history at a time.
    private static let batch = 500

    private let tenant: TenantID
    private let store: DurableStore
    private let header: BundleHeader
    private let archive: TenantArchive?

    /// - Parameters:
    ///   - tenant: Whose.
    ///   - store: Where the rows are.
    ///   - header: What the bundle says of itself.
    ///   - archive: Where the lines are that the history does not have any more; nil leaves them out.
    package init(of tenant: TenantID, in store: DurableStore, _ header: BundleHeader, archive: TenantArchive? = nil) {
        (self.tenant, self.store, self.header, self.archive) = (tenant, store, header, archive)
    }

    /// Makes it.
    ///
    /// - Parameters:
    ///   - progress: Is told how many rows of a table there are by now.
    ///   - sink: Gets the bytes, in order.
    /// - Returns: What is in it.
    /// - Throws: ``BundleError``, ``ArchiveError``, and what the sink throws.
    package func write(
        progress: (_ table: String, _ rows: Int) -> Void = { _, _ in },
        to sink: ([UInt8]) async throws -> Void
    ) async throws -> BundleEnd {
        let encoder = try BundleEncoder(self.header)
        let rows = BundleRows(of: self.tenant, in: self.store, withSecrets: self.header.secrets)
        for table in BundleTable.all {
            try await rows.read(table) { page in
                for row in page { try encoder.add(row, of: table) }
                progress(table.name, encoder.end.tables[table.name] ?? 0)
                let bytes = try encoder.take()
                if !bytes.isEmpty { try await sink(bytes) }
            }
        }
        if let archive {
            try await Self.each(of: archive, lackingIn: self.store.history) { line in
                encoder.add(archived: line)
                progress("archive", encoder.end.archive)
                let bytes = try encoder.take()
                if !bytes.isEmpty { try await sink(bytes) }
            }
        }
        try await sink(try encoder.finish())
        return encoder.end
    }

    /// Calls for each line of an archive that a history does not have.
    ///
    /// - Parameters:
    ///   - archive: The archive.
    ///   - history: The tenant's history.
    ///   - orTakenBack: Whether the history has what was taken back, of which it keeps no text.
    ///   - isWanted: Which lines are looked at.
    ///   - body: Gets a line with its line feed.
    /// - Throws: ``ArchiveError``, ``DurableStoreError``, and what the body throws.
    static func each(
        of archive: TenantArchive,
        lackingIn history: HistoryRepository,
        orTakenBack: Bool = true,
        where isWanted: (ArchiveLine) -> Bool = { _ in true },
        _ body: (ArraySlice<UInt8>) async throws -> Void
    ) async throws {
        var waiting: [(line: [UInt8], place: (conversation: String, id: Stamp))] = []
        func flush() async throws {
            let known = try await history.has(waiting.map(\.place), of: archive.tenant, orTakenBack: orTakenBack)
            for (line, isKnown) in zip(waiting, known) where !isKnown { try await body(line.line[...]) }
            waiting.removeAll(keepingCapacity: true)
        }
        try await ArchiveReader(archive).read(ArchiveQuery()) { bytes in
            let line = try ArchiveLine(bytes)
            guard isWanted(line), let place = line.place else { return true }
            waiting.append((Array(bytes), place))
            if waiting.count >= Self.batch { try await flush() }
            return true
        }
        try await flush()
    }
}
