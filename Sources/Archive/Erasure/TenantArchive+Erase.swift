// A tenant's end: what is to go is written down, then its keys go, then everything else, and what was written down is signed once it is
// seen that nothing is left. Whoever is killed on the way has written down more than was deleted, and the next goes on.

import Crypto
import FoundationEssentials
import NIOCore
import Numbers
import ObjectStore
import Observability
package import StateStore
import Tenant

extension TenantArchive {
    /// How many versions a list has.
    private static let listed = 10_000

    /// Destroys everything that the bucket has of the tenant, and its keys, and puts the certificate of that.
    ///
    /// - Parameters:
    ///   - erasure: Whose, and for which object's end.
    ///   - lease: Under which.
    ///   - now: What the certificate says of when it was made, in milliseconds since 1970.
    /// - Returns: The certificate.
    /// - Throws: ``ArchiveError``; ``ObjectStoreError/locked(_:)`` where the bucket keeps the tenant's keys. What was begun is gone on
    ///   with next time.
    @discardableResult
    package func erase(
        _ erasure: ArchiveErasure,
        by lease: ArchiveLease,
        now: Int64
    ) async throws(ArchiveError) -> ErasureCertificate {
        guard let repository, erasure.tenant == self.tenant else { throw .configuration("no database") }
        let keys = try await self.keysToDestroy()
        // Without keys nobody reads what a lock keeps, or what somebody puts late.
        let lockedKeys = try await self.destroy(self.paths.keys, erasure, lease)
        guard lockedKeys.isEmpty else {
            throw .store(
                .locked(
                    "the keys of \(self.tenant), without which nothing of it is destroyed: wait until the lock ends"
                )
            )
        }
        let locked = try await self.destroy(self.paths.root, erasure, lease)
        let (lists, destroyed) = try await self.lists(of: erasure)
        let gone = destroyed.subtracting(locked)
        let certificate = ErasureCertificate(
            tenant: self.tenant.text,
            namespace: erasure.namespace,
            uid: erasure.uid,
            finished: UTCInstant(milliseconds: now).description,
            lists: lists,
            versions: gone.count,
            bytes: gone.reduce(0) { $0.plus($1.bytes) },
            keys: keys.sorted(),
            locked: Array(
                locked.sorted { ($0.key, $0.version ?? "") < ($1.key, $1.version ?? "") }.prefix(
                    ErasureCertificate.lockedNamed
                )
            ),
            lockedVersions: locked.count
        )
        let object = try ErasurePaths(prefix: self.paths.prefix).certificate(erasure)
        let bytes = try SignedLine.bytes(of: certificate, self.cellKeys)
        try await self.put(object, bytes, "application/jsonl")
        let record = ErasureRecord(
            erasure,
            objects: certificate.versions,
            bytes: certificate.bytes,
            keys: certificate.keys.count,
            locked: certificate.lockedVersions,
            object: object.text,
            sha256: Array(SHA256.hash(data: bytes))
        )
        let isNoted = try await ArchiveError.noting { () throws(DurableStoreError) in
            try await repository.erased(record, by: lease)
        }
        guard isNoted else { throw .leaseLost }
        return certificate
    }

    /// The ids of all keys that the tenant has, or had.
    private func keysToDestroy() async throws(ArchiveError) -> Set<String> {
        var ids: Set<String> = []
        if let repository {
            ids = Set(
                try await ArchiveError.noting { () throws(DurableStoreError) in
                    try await repository.keys(of: self.tenant)
                }.map(\.id)
            )
        }
        let prefix = self.paths.keys
        try await self.list(prefix) { item in
            if item.key.text.hasSuffix(".json") {
                ids.insert(String(item.key.text.dropFirst(prefix.count).dropLast(5)))
            }
        }
        return ids
    }

    /// Destroys every version of everything below a prefix, after it was written down.
    ///
    /// - Returns: What a lock keeps.
    private func destroy(
        _ prefix: String,
        _ erasure: ArchiveErasure,
        _ lease: ArchiveLease
    ) async throws(ArchiveError) -> Set<ErasureCertificate.Entry> {
        // Somebody who was frozen may put something meanwhile: it is looked again until nothing is there.
        for _ in 0..<10 {
            var locked: Set<ErasureCertificate.Entry> = []
            var isClean = true
            var place: VersionPlace?
            repeat {
                let (entries, next) = try await self.versions(below: prefix, after: place)
                place = next
                guard !entries.isEmpty else { break }
                try await self.requireLease(lease)
                try await self.write(down: entries, erasure)
                let kept = try await self.delete(entries)
                locked.formUnion(kept)
                if kept.count < entries.count { isClean = false }
            } while place != nil
            if isClean { return locked }
        }
        throw .store(.unavailable("objects below \(prefix) come back as often as they are deleted"))
    }

    private func requireLease(_ lease: ArchiveLease) async throws(ArchiveError) {
        guard let repository else { return }
        let isHeld = try await ArchiveError.noting { () throws(DurableStoreError) in try await repository.isHeld(lease)
        }
        guard isHeld else { throw .leaseLost }
    }

    /// Some versions, and where to go on.
    func versions(
        below prefix: String,
        after place: VersionPlace?
    ) async throws(ArchiveError) -> (entries: [ErasureCertificate.Entry], next: VersionPlace?) {
        var entries: [ErasureCertificate.Entry] = []
        var place = place
        repeat {
            let from = place
            let page = try await ArchiveError.storing { () throws(ObjectStoreError) in
                try await self.objects.listVersions(prefix, after: from, limit: 1000)
            }
            entries += page.items.map {
                .init(key: $0.object.key.text, version: $0.object.version, bytes: $0.size)
            }
            place = page.next
        } while place != nil && entries.count < Self.listed
        return (entries, place)
    }

    /// Puts a list of what is to be deleted now.
    private func write(down entries: [ErasureCertificate.Entry], _ erasure: ArchiveErasure) async throws(ArchiveError) {
        let paths = ErasurePaths(prefix: self.paths.prefix)
        var count = 0
        try await self.list(paths.folder(erasure.tenant.text, erasure.uid)) { item in
            if ErasurePaths.isList(item.key) { count += 1 }
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var bytes: [UInt8] = []
        do {
            for entry in entries {
                bytes += try encoder.encode(entry)
                bytes.append(0x0A)
            }
        } catch { throw .damaged("a list cannot be written: \(error)") }
        try await self.put(try paths.list(erasure, count + 1), bytes, "application/jsonl")
    }

    private func put(_ object: ObjectKey, _ bytes: [UInt8], _ type: String) async throws(ArchiveError) {
        var options = PutOptions()
        options.contentType = type
        let put = options
        _ = try await ArchiveError.storing { () throws(ObjectStoreError) in
            try await self.objects.put(object, ByteBuffer(bytes: bytes), put)
        }
    }

    /// Deletes versions.
    ///
    /// - Returns: Those that a lock keeps.
    private func delete(
        _ entries: [ErasureCertificate.Entry]
    ) async throws(ArchiveError) -> [ErasureCertificate.Entry] {
        var locked: [ErasureCertificate.Entry] = []
        for start in stride(from: 0, to: entries.count, by: 1000) {
            let some = entries[start..<min(start + 1000, entries.count)]
            var byVersion: [ObjectVersion: ErasureCertificate.Entry] = [:]
            for entry in some {
                if let key = ObjectKey(entry.key) { byVersion[ObjectVersion(key, version: entry.version)] = entry }
            }
            let versions = Array(byVersion.keys)
            let failures = try await ArchiveError.storing { () throws(ObjectStoreError) in
                try await self.objects.delete(versions)
            }
            for (version, failure) in failures {
                guard case .locked = failure, let entry = byVersion[version] else { throw .store(failure) }
                locked.append(entry)
            }
        }
        return locked
    }

    /// The lists that this and earlier attempts put, and everything that is in them.
    private func lists(
        of erasure: ArchiveErasure
    ) async throws(ArchiveError) -> (lists: [ErasureCertificate.List], entries: Set<ErasureCertificate.Entry>) {
        var keys: [ObjectKey] = []
        let folder = ErasurePaths(prefix: self.paths.prefix).folder(erasure.tenant.text, erasure.uid)
        try await self.list(folder) { item in if ErasurePaths.isList(item.key) { keys.append(item.key) } }
        var lists: [ErasureCertificate.List] = []
        var entries: Set<ErasureCertificate.Entry> = []
        for key in keys {
            let bytes = try await ArchiveError.storing { () throws(ObjectStoreError) in
                Array(try await self.objects.get(key, limit: ErasureCertificate.limit).readableBytesView)
            }
            lists.append(.init(object: key.text, sha256: SHA256.hash(data: bytes).hex))
            entries.formUnion(try ErasureCertificate.Entry.read(bytes, of: key.text))
        }
        return (lists, entries)
    }
}

extension ErasureCertificate.Entry {
    /// Reads a list.
    ///
    /// - Throws: ``ArchiveError/damaged(_:)``
    static func read(_ bytes: [UInt8], of object: String) throws(ArchiveError) -> [Self] {
        var entries: [Self] = []
        do {
            for line in bytes.split(separator: 0x0A) {
                entries.append(try JSONDecoder().decode(Self.self, from: Data(line)))
            }
        } catch { throw .damaged("\(object): line \(entries.count + 1) cannot be read") }
        return entries
    }
}
