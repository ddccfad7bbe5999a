import Crypto
import FoundationEssentials
import NIOCore
package import ObjectStore
package import StateStore
import Synchronization
package import Tenant

/// Where a tenant's archive lies, and the keys that open it.
package final class TenantArchive: Sendable {
    package let tenant: TenantID
    package let objects: any ObjectStore
    package let paths: ArchivePaths
    package let cellKeys: CellKeys
    /// What the database knows; nil where there is only the bucket.
    package let repository: ArchiveRepository?
    /// How segments are put: their storage class and what holds them.
    package let options: PutOptions
    private let opened = Mutex<[String: TenantKey]>([:])

    /// - Parameters:
    ///   - tenant: Whose.
    ///   - objects: The bucket.
    ///   - prefix: What all keys begin with.
    ///   - keys: The cell's keys.
    ///   - repository: What the database knows; nil has keys read from the bucket.
    ///   - options: How segments are put.
    package init(
        _ tenant: TenantID,
        in objects: any ObjectStore,
        prefix: String = "",
        keys: CellKeys,
        repository: ArchiveRepository?,
        options: PutOptions = PutOptions()
    ) {
        self.tenant = tenant
        self.objects = objects
        self.paths = ArchivePaths(tenant, prefix: prefix)
        self.cellKeys = keys
        self.repository = repository
        self.options = options
    }

    /// One of the tenant's keys.
    ///
    /// - Throws: ``ArchiveError/keyDestroyed(_:)``, ``ArchiveError/keyMissing(_:)`` and what the stores say.
    package func key(_ id: String) async throws(ArchiveError) -> TenantKey {
        if let key = self.opened.withLock({ $0[id] }) { return key }
        let bytes: [UInt8]
        let known = try await self.known()
        if let found = known?.first(where: { $0.id == id }) {
            guard let wrapped = found.wrapped else { throw .keyDestroyed("\(self.tenant)/\(id)") }
            bytes = wrapped
        } else {
            let object = try self.paths.key(of: id)
            do throws(ObjectStoreError) {
                bytes = Array(try await self.objects.get(object, limit: 64 << 10).readableBytesView)
            } catch .notFound {
                throw .keyMissing("\(self.tenant)/\(id)")
            } catch { throw .store(error) }
        }
        return try self.open(bytes, id)
    }

    /// The key that new segments are encrypted with; made and put into the bucket if there is none.
    ///
    /// It is wrapped again where the cell has a newer key.
    func currentKey(_ lease: ArchiveLease) async throws(ArchiveError) -> TenantKey {
        guard let repository else { throw .configuration("no database") }
        if let last = try await self.known()?.last(where: { $0.wrapped != nil }), let wrapped = last.wrapped {
            let key = try self.open(wrapped, last.id)
            if try self.read(wrapped).master != self.cellKeys.current { try await self.keep(key, repository, lease) }
            return key
        }
        let key = TenantKey(of: self.tenant)
        try await self.keep(key, repository, lease)
        self.opened.withLock { $0[key.id] = key }
        return key
    }

    /// Puts a key into the bucket and the database, wrapped with the cell's current key.
    private func keep(
        _ key: TenantKey,
        _ repository: ArchiveRepository,
        _ lease: ArchiveLease
    ) async throws(ArchiveError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let wrapped = try key.wrapped(with: self.cellKeys)
        guard let bytes = try? Array(encoder.encode(wrapped)) else { throw .damaged("a key cannot be written") }
        let object = try self.paths.key(of: key.id)
        var options = PutOptions()
        options.contentType = "application/json"
        // In the bucket first: a key that only the database has would be lost with it, and with it what it encrypts.
        let put = options
        _ = try await ArchiveError.storing { () throws(ObjectStoreError) in
            try await self.objects.put(object, ByteBuffer(bytes: bytes), put)
        }
        let isKept = try await ArchiveError.noting { () throws(DurableStoreError) in
            try await repository.keep(key: key.id, wrapped: bytes, by: lease)
        }
        guard isKept else { throw .leaseLost }
    }

    private func known() async throws(ArchiveError) -> [(id: String, wrapped: [UInt8]?)]? {
        guard let repository else { return nil }
        do throws(DurableStoreError) { return try await repository.keys(of: self.tenant) } catch {
            throw .database(error)
        }
    }

    private func read(_ bytes: [UInt8]) throws(ArchiveError) -> TenantKey.Wrapped {
        do { return try JSONDecoder().decode(TenantKey.Wrapped.self, from: Data(bytes)) } catch {
            throw .damaged("a key of \(self.tenant) cannot be read")
        }
    }

    private func open(_ bytes: [UInt8], _ id: String) throws(ArchiveError) -> TenantKey {
        let key = try TenantKey(try self.read(bytes), with: self.cellKeys)
        guard key.tenant == self.tenant, key.id == id else {
            throw .damaged("the key \(self.tenant)/\(id) is another's")
        }
        self.opened.withLock { $0[id] = key }
        return key
    }

    /// Opens a segment.
    package func segment(
        _ name: SegmentName,
        indexLimit: Int = SegmentReader.indexLimit
    ) async throws(ArchiveError) -> SegmentReader {
        try await SegmentReader(name, in: self.objects, self.paths, indexLimit: indexLimit) {
            id throws(ArchiveError) in try await self.key(id)
        }
    }

    /// Reads a manifest and checks its signature.
    ///
    /// - Returns: nil if there is none.
    /// - Throws: ``ArchiveError``
    package func manifest(_ sequence: Int64) async throws(ArchiveError) -> SignedManifest? {
        let object = try self.paths.manifest(sequence)
        let bytes: [UInt8]
        do throws(ObjectStoreError) {
            bytes = Array(try await self.objects.get(object, limit: Manifest.limit).readableBytesView)
        } catch .notFound {
            return nil
        } catch { throw .store(error) }
        let signed = try SignedManifest(bytes, self.cellKeys)
        guard signed.manifest.tenant == self.tenant.text, signed.manifest.sequence == sequence else {
            throw .damaged("\(object): is the manifest \(signed.manifest.tenant)/\(signed.manifest.sequence)")
        }
        return signed
    }
}
