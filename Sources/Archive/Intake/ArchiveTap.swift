package import StateStore
package import Tenant

/// Makes chunks of what the history's writer stores, for the tenants that archive.
package struct ArchiveTap: ArchiveIntake {
    private let tenants: @Sendable (TenantID) -> Bool

    /// - Parameter tenants: Whether a tenant archives, asked for each of a batch.
    package init(tenants: @escaping @Sendable (TenantID) -> Bool) { self.tenants = tenants }

    package func isArchived(_ tenant: TenantID) -> Bool { self.tenants(tenant) }

    package func chunk(of records: [ArchivedRecord]) throws(DurableStoreError) -> ArchiveChunk {
        var writer = LineWriter()
        var bytes: [UInt8] = []
        bytes.reserveCapacity(records.count * 384)
        var line: [UInt8] = []
        var rawBytes = 0
        for record in records {
            line.removeAll(keepingCapacity: true)
            writer.write(record, to: &line)
            rawBytes += line.count
            ChunkCodec.add(record, line: line, to: &bytes)
        }
        do throws(ArchiveError) {
            // It lies in a database for some minutes: quick is better than small.
            return ArchiveChunk(bytes: try ChunkCodec.encode(bytes, try Zstd(level: 1)), rawBytes: rawBytes)
        } catch {
            throw .rejected(code: "", message: "\(error)")
        }
    }
}
