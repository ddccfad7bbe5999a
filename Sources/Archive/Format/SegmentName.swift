package import ObjectStore
package import Tenant

/// Which segment: its tenant, its day, and a number that a tenant gives once, from 1 on.
package struct SegmentName: Hashable, Sendable {
    package let tenant: TenantID
    package let day: ArchiveDay
    package let number: Int64

    package init(tenant: TenantID, day: ArchiveDay, number: Int64) {
        self.tenant = tenant
        self.day = day
        self.number = number
    }

    /// What is authenticated with each of its frames, so that none opens in another's place.
    var place: [UInt8] { Array(self.text.utf8) }

    /// `acme/2026-11-30/17`.
    package var text: String { "\(self.tenant.text)/\(self.day)/\(self.number)" }
}

/// Where everything of a tenant's archive lies in the bucket.
package struct ArchivePaths: Hashable, Sendable {
    /// What all keys begin with: empty, or with a slash at its end.
    package let prefix: String
    package let tenant: TenantID

    package init(_ tenant: TenantID, prefix: String = "") {
        self.tenant = tenant
        self.prefix = prefix
    }

    /// All of the tenant.
    package var root: String { "\(self.prefix)\(self.tenant.text)/" }
    package var segments: String { self.root + "segments/" }
    package var manifests: String { self.root + "manifests/" }
    package var keys: String { self.root + "keys/" }

    /// `acme/segments/2026/11/30/000000000017.rsg`.
    package func segment(_ name: SegmentName) throws(ArchiveError) -> ObjectKey {
        try self.key("\(self.segments)\(name.day.path)/\(Self.padded(name.number)).rsg")
    }

    /// `acme/manifests/000000000012.jsonl`: in the order of the chain, which need not be that of days.
    package func manifest(_ sequence: Int64) throws(ArchiveError) -> ObjectKey {
        try self.key("\(self.manifests)\(Self.padded(sequence)).jsonl")
    }

    /// `acme/keys/0123456789abcdef.json`.
    package func key(of id: String) throws(ArchiveError) -> ObjectKey { try self.key("\(self.keys)\(id).json") }

    /// The segment's name that a key of the bucket means.
    package func segment(_ key: ObjectKey) -> SegmentName? {
        guard key.text.hasPrefix(self.segments), key.text.hasSuffix(".rsg") else { return nil }
        let parts = key.text.dropFirst(self.segments.count).dropLast(".rsg".count).split(separator: "/")
        guard parts.count == 4, let day = ArchiveDay("\(parts[0])-\(parts[1])-\(parts[2])"),
            let number = Int64(parts[3]), Self.numbers.contains(number)
        else { return nil }
        let name = SegmentName(tenant: self.tenant, day: day, number: number)
        // One object has one name.
        return (try? self.segment(name)) == key ? name : nil
    }

    /// The number of a manifest that a key of the bucket means.
    package func manifest(_ key: ObjectKey) -> Int64? {
        guard key.text.hasPrefix(self.manifests), key.text.hasSuffix(".jsonl") else { return nil }
        guard let number = Int64(key.text.dropFirst(self.manifests.count).dropLast(".jsonl".count)),
            Self.numbers.contains(number)
        else { return nil }
        return (try? self.manifest(number)) == key ? number : nil
    }

    private static let numbers: ClosedRange<Int64> = 1...999_999_999_999

    private static func padded(_ number: Int64) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, 12 - text.count)) + text
    }

    private func key(_ text: String) throws(ArchiveError) -> ObjectKey {
        guard let key = ObjectKey(text) else { throw .configuration("the prefix `\(self.prefix)` makes no keys") }
        return key
    }
}
