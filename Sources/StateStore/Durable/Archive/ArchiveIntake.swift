// What the history's writer hands to the archive. Both are stored in one transaction, so that the archive has exactly what the history
// was given, once, whoever is killed when.

package import Tenant

/// A record of the feed for the archive: what happened, and where in the feed's logs it stands.
package struct ArchivedRecord: Sendable {
    /// Whose log it stands in: a channel's, or the inbox that a direct message went to.
    package let log: LogKey
    /// Where in the log, and when.
    package let stamp: Stamp
    /// What the history keeps of it; a redaction's id is that of what it takes back.
    package let content: HistoryRecord
    /// Whether only members of a rank got it: the history does not keep that.
    package let isForRanks: Bool

    package init(log: LogKey, stamp: Stamp, content: HistoryRecord, isForRanks: Bool = false) {
        self.log = log
        self.stamp = stamp
        self.content = content
        self.isForRanks = isForRanks
    }
}

/// Records of one tenant and one day as bytes, until a segment is made of them.
package struct ArchiveChunk: Hashable, Sendable {
    package let bytes: [UInt8]
    /// How many bytes of lines that is.
    package let rawBytes: Int

    package init(bytes: [UInt8], rawBytes: Int) {
        self.bytes = bytes
        self.rawBytes = rawBytes
    }
}

/// Makes chunks; the history's writer stores them.
package protocol ArchiveIntake: Sendable {
    /// Whether what a tenant says is archived.
    func isArchived(_ tenant: TenantID) -> Bool

    /// Makes a chunk of records.
    ///
    /// - Parameter records: Of one tenant and one day.
    /// - Returns: The chunk.
    /// - Throws: ``DurableStoreError/rejected(code:message:)`` if they cannot be written.
    func chunk(of records: [ArchivedRecord]) throws(DurableStoreError) -> ArchiveChunk
}
