// What is known of a tenant's archive, and how its status tells of it.

import KubeClient
package import StateStore
import Tenant

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension TenantView {
    /// What is known of a tenant's archive.
    package enum Archive: Sendable, Hashable {
        /// Its cell's database was not asked yet.
        case unknown
        /// Its cell has no archives.
        case notConfigured
        /// Nothing of it was ever to be archived.
        case empty
        case standing(ArchiveStanding)
    }
}

extension TenantView {
    /// Why nothing of the tenant's archive is to be deleted, if that is so: as the object says it, whatever else in it cannot be read.
    var hold: String? {
        let hold = self.object.spec["archive"]["hold"]
        guard hold.fields != nil else { return nil }
        let by = hold["by"].string.map { " (\($0))" } ?? ""
        return (hold["reason"].string ?? "no reason is given") + by
    }
}

extension TenantView.Archive {
    /// How it stands, if that is known and there is anything of it.
    var standing: ArchiveStanding? {
        if case .standing(let standing) = self { standing } else { nil }
    }

    /// As the status has it.
    ///
    /// - Parameter known: What the status has now: what is not known is as it was.
    /// - Returns: `status.archive`.
    func json(known: JSON) -> JSON {
        switch self {
        case .unknown: known
        case .notConfigured, .empty: .null
        case .standing(let standing): standing.status(requested: known["verifyRequested"])
        }
    }
}

extension ArchiveStanding {
    /// As the status has it.
    ///
    /// - Parameter requested: For which verification it was asked last.
    /// - Returns: `status.archive`.
    fileprivate func status(requested: JSON) -> JSON {
        [
            "lastSegment": self.lastSegment.map(JSON.integer) ?? .null,
            "lastSealedAt": Self.time(self.sealedAt),
            "lastVerified": Self.time(self.verifiedAt),
            "verification": JSON(self.verifiedResult),
            "verifyRequested": requested,
            "findings": self.verifiedAt == nil ? .null : .integer(Int64(clamping: self.verifiedFindings)),
            "bytes": .integer(Int64(self.bytes)),
            "objects": .integer(Int64(self.objects)),
            "pendingRecords": .integer(Int64(self.pendingRecords)),
            "lagSeconds": .integer(self.lag / 1000),
        ]
    }

    private static func time(_ milliseconds: Int64?) -> JSON {
        milliseconds.map { .string(KubeTime.text(Date(timeIntervalSince1970: Double($0) / 1000))) } ?? .null
    }
}
