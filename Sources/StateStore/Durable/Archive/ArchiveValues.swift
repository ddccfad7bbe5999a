package import Tenant

/// Who works for a tenant's archive at the moment: what it writes counts for as long as nobody else has taken over.
package struct ArchiveLease: Hashable, Sendable {
    package let tenant: TenantID
    /// Who: unique among all workers that ever were.
    package let holder: String
    /// How often the holder has changed.
    package let term: Int64

    package init(tenant: TenantID, holder: String, term: Int64) {
        self.tenant = tenant
        self.holder = holder
        self.term = term
    }
}

/// What waits of a day until a segment is made of it.
package struct PendingDay: Hashable, Sendable {
    /// Days since the first of January 1970.
    package let day: Int64
    package let records: Int
    /// Of the lines.
    package let rawBytes: Int
    /// When the first of it was stored, by the database's clock, in milliseconds since 1970.
    package let oldest: Int64
}

/// A chunk that waits, or that a segment is being made of.
package struct PendingChunk: Hashable, Sendable {
    package let id: Int64
    package let bytes: [UInt8]
}

/// A segment as the database knows it.
package struct ArchiveSegment: Hashable, Sendable {
    /// How far it is.
    package enum State: String, Sendable {
        /// It is being made of the chunks that have its number.
        case writing
        /// It is being made of other segments, or was, and no manifest lists it yet.
        case merging
        /// It was being made of others when its worker ended, and is to be deleted; its number is never used.
        case dropping
        /// It lies in the bucket.
        case sealed
        /// Others have all of its lines by now, and it is to be deleted.
        case replaced
        /// It is gone from the bucket.
        case deleted
    }

    package let number: Int64
    package let day: Int64
    package let state: State
    /// Which manifest lists it, or says what became of it; nil for none yet.
    package let manifest: Int64?
    package var facts: ArchiveSegmentFacts

    package init(number: Int64, day: Int64, state: State, manifest: Int64?, facts: ArchiveSegmentFacts) {
        self.number = number
        self.day = day
        self.state = state
        self.manifest = manifest
        self.facts = facts
    }
}

/// What is in a segment.
package struct ArchiveSegmentFacts: Hashable, Sendable {
    package var records: Int
    package var rawBytes: Int
    /// Of the object.
    package var size: Int
    package var firstTime: Int64
    package var lastTime: Int64
    /// Of all bytes of the object.
    package var sha256: [UInt8]

    package init(records: Int, rawBytes: Int, size: Int, firstTime: Int64, lastTime: Int64, sha256: [UInt8]) {
        self.records = records
        self.rawBytes = rawBytes
        self.size = size
        self.firstTime = firstTime
        self.lastTime = lastTime
        self.sha256 = sha256
    }
}

/// A manifest as the database knows it.
package struct ArchiveManifestRow: Hashable, Sendable {
    package let sequence: Int64
    package let day: Int64
    /// `day` or `deletion`.
    package let kind: String
    package let size: Int
    /// Of all its bytes.
    package let sha256: [UInt8]

    package init(sequence: Int64, day: Int64, kind: String, size: Int, sha256: [UInt8]) {
        self.sequence = sequence
        self.day = day
        self.kind = kind
        self.size = size
        self.sha256 = sha256
    }
}

/// How a tenant's archive stands.
package struct ArchiveStanding: Hashable, Sendable {
    /// What is in the bucket, of segments and manifests that the database knows.
    package var objects = 0
    package var bytes = 0
    package var records = 0
    /// What waits.
    package var pendingRecords = 0
    package var pendingBytes = 0
    /// When the oldest that waits was stored, in milliseconds since 1970; nil if nothing waits.
    package var oldestPending: Int64?
    /// The database's clock.
    package var now: Int64 = 0
    /// The last segment's number and when it was sealed.
    package var lastSegment: Int64?
    package var sealedAt: Int64?
    /// Why nothing more goes into the bucket, since when; nil if all is well.
    package var failure: String?
    package var failureDetail: String?
    package var failedAt: Int64?
    package var verifiedAt: Int64?
    package var verifiedResult: String?
    /// How much the last verification found wrong.
    package var verifiedFindings = 0

    package init() {}

    /// For how long the oldest has waited, in milliseconds.
    package var lag: Int64 { self.oldestPending.map { max(0, self.now - $0) } ?? 0 }
}
