// A manifest says what a day's archive consists of, and goes on from the one before: what is missing, was changed or stands twice does not
// fit. It names nobody: logs and conversations stand in it under codes that only the tenant's key makes from their names.

import Crypto
import FoundationEssentials
import ObjectStore
import Observability
import StateStore
import Tenant

/// What is signed of a day, or of what was deleted.
package struct Manifest: Codable, Hashable, Sendable {
    package static let format = "roost-manifest/1"
    /// The most that one may have.
    package static let limit = 64 << 20

    /// What it says.
    package enum Kind: String, Codable, Sendable {
        /// Which segments have a day's lines.
        case day
        /// Which segments were destroyed, and why.
        case deletion
    }

    package struct Segment: Codable, Hashable, Sendable {
        package var number: Int64
        package var object: String
        package var bytes: Int
        /// Of the object, in hexadecimal digits.
        package var sha256: String
        package var records: Int
        package var rawBytes: Int
        /// SHA-256 of all lines together.
        package var lines: String
        /// Codes of the conversations in it.
        package var conversations: [String]
    }

    package struct Log: Codable, Hashable, Sendable {
        /// The log's code.
        package var log: String
        package var records: Int
        /// Ids of the entries with the lowest and the highest position.
        package var first: String
        package var last: String
    }

    package var format = Self.format
    package var tenant: String
    /// 1, 2, 3, … without gaps.
    package var sequence: Int64
    /// SHA-256 of the manifest before, all its bytes, in hexadecimal digits; empty for the first.
    package var previous: String
    package var kind: Kind
    package var day: String
    /// When it was made: ISO 8601.
    package var made: String
    package var segments: [Segment]
    /// Numbers of segments whose lines are in these, and which were deleted.
    package var replaced: [Int64]
    /// Numbers that no segment has.
    package var unused: [Int64]
    package var logs: [Log]
    /// Which of the tenant's keys made the codes.
    package var codeKey: String
    /// Why, for a deletion.
    package var reason: String?

    /// What says that segments were destroyed: what they had is as their day's manifest said, but for whose it was.
    init(
        deletion segments: [Segment],
        of day: ArchiveDay,
        _ tenant: TenantID,
        after end: (next: Int64, last: ArchiveManifestRow?),
        because reason: String,
        now: Int64,
        _ key: TenantKey
    ) {
        self.tenant = tenant.text
        self.sequence = end.next
        self.previous = (end.last?.sha256 ?? []).hex
        self.kind = .deletion
        self.day = day.description
        self.made = UTCInstant(milliseconds: now).description
        self.segments = segments.map { segment in
            var segment = segment
            segment.conversations = []
            return segment
        }
        (self.replaced, self.unused, self.logs) = ([], [], [])
        self.codeKey = key.id
        self.reason = reason
    }

    /// What a day consists of.
    init(
        _ segments: [Segment],
        of day: ArchiveDay,
        _ tenant: TenantID,
        after end: (next: Int64, last: ArchiveManifestRow?),
        replacing replaced: [Int64],
        unused: [Int64],
        _ logs: [Log],
        now: Int64,
        _ key: TenantKey
    ) {
        self.tenant = tenant.text
        self.sequence = end.next
        self.previous = (end.last?.sha256 ?? []).hex
        self.kind = .day
        self.day = day.description
        self.made = UTCInstant(milliseconds: now).description
        self.segments = segments
        self.replaced = replaced.sorted()
        self.unused = unused.sorted()
        self.logs = logs.sorted { $0.log < $1.log }
        self.codeKey = key.id
    }

    package var records: Int { self.segments.reduce(0) { $0 + $1.records } }

    /// Adds a log of a segment to those of a day.
    static func add(_ log: SegmentIndex.Log, as code: String, to logs: inout [String: Log]) {
        guard var known = logs[code], let first = Stamp(messageID: log.first), let last = Stamp(messageID: log.last),
            let knownFirst = Stamp(messageID: known.first), let knownLast = Stamp(messageID: known.last)
        else {
            logs[code] = Log(log: code, records: log.records, first: log.first, last: log.last)
            return
        }
        known.records += log.records
        if first.isBefore(knownFirst) { known.first = log.first }
        if knownLast.isBefore(last) { known.last = log.last }
        logs[code] = known
    }

    /// A name's code: the first 16 bytes of HMAC-SHA256 with the tenant's key.
    package static func code(_ name: String, _ key: TenantKey) -> String {
        var input = Array("roost archive: code\n".utf8)
        input += name.utf8
        return HMAC<SHA256>.authenticationCode(for: input, using: key.key).prefix(16).hex
    }
}

/// A manifest as an object: a line of JSON, and a line with a signature of the first, line feed not included.
package struct SignedManifest: Hashable, Sendable {
    package let manifest: Manifest
    package let bytes: [UInt8]
    /// Of all bytes.
    package let sha256: [UInt8]

    /// Signs a manifest.
    ///
    /// - Throws: ``ArchiveError``
    package init(_ manifest: Manifest, _ keys: CellKeys) throws(ArchiveError) {
        self.bytes = try SignedLine.bytes(of: manifest, keys)
        self.manifest = manifest
        self.sha256 = Array(SHA256.hash(data: self.bytes))
    }

    /// Reads a manifest and checks its signature.
    ///
    /// - Throws: ``ArchiveError/damaged(_:)``, ``ArchiveError/keyMissing(_:)``, ``ArchiveError/newerFormat(_:)``
    package init(_ bytes: [UInt8], _ keys: CellKeys) throws(ArchiveError) {
        let manifest = try SignedLine.open(Manifest.self, bytes, keys, "a manifest")
        guard manifest.format == Manifest.format else { throw .newerFormat("a manifest") }
        self.manifest = manifest
        self.bytes = bytes
        self.sha256 = Array(SHA256.hash(data: bytes))
    }
}
