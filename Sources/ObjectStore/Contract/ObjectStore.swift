// The contract of everything that keeps blobs: a bucket of S3 or of what speaks it, of Google's Cloud Storage, or a
// folder. It is as narrow as what all of them can; what one cannot, its bucket's facts say, and asking for it all the
// same is refused, never left out.

package import NIOCore

/// One bucket, or one folder, that objects are kept in.
///
/// Every call has a deadline, is tried again where that does no harm, and holds no more of an object in memory than a
/// few pieces. What was put is there for every reader once the call has returned, and as a whole: nobody ever sees half
/// of an object.
package protocol ObjectStore: Sendable {
    /// Puts an object that fits into memory, in place of what is there under its key.
    ///
    /// - Parameters:
    ///   - key: What it is called.
    ///   - bytes: All of it.
    ///   - options: How it is put.
    /// - Returns: What is there now.
    /// - Throws: ``ObjectStoreError/exists(_:)`` where `options.ifAbsent` does not hold.
    func put(
        _ key: ObjectKey,
        _ bytes: ByteBuffer,
        _ options: PutOptions
    ) async throws(ObjectStoreError) -> ObjectAttributes

    /// Puts an object piece by piece, at most some of which are in memory.
    ///
    /// - Parameters:
    ///   - key: What it is called.
    ///   - options: As for one piece; its checksum is of the whole object, or is nil.
    ///   - body: Writes the pieces, in order; what it throws ends the upload, and nothing is there of it then.
    /// - Returns: What is there now.
    /// - Throws: ``ObjectStoreError/bodyFailed(_:)`` where the body throws, and as for one piece.
    func put(
        _ key: ObjectKey,
        _ options: PutOptions,
        from body: @escaping @Sendable (any ObjectWriter) async throws -> Void
    ) async throws(ObjectStoreError) -> ObjectAttributes

    /// Reads an object or a range of it.
    ///
    /// - Parameters:
    ///   - key: Which.
    ///   - range: Which bytes; nil is all. One that ends behind the object's end is cut; one that begins there is an
    ///     error.
    ///   - version: Which version; nil is the current one.
    /// - Returns: What it is, and its bytes as they come.
    /// - Throws: ``ObjectStoreError/notFound(_:)``, ``ObjectStoreError/invalidRange(_:)``
    func get(
        _ key: ObjectKey,
        _ range: ObjectRange?,
        version: String?
    ) async throws(ObjectStoreError) -> ObjectReading

    /// What an object is, without its bytes.
    ///
    /// - Parameters:
    ///   - key: Which.
    ///   - version: Which version; nil is the current one.
    /// - Returns: What is known of it.
    /// - Throws: ``ObjectStoreError/notFound(_:)``
    func head(_ key: ObjectKey, version: String?) async throws(ObjectStoreError) -> ObjectAttributes

    /// What there is under a prefix, in the order of the keys' bytes, a page at a time.
    ///
    /// - Parameters:
    ///   - prefix: What the keys begin with; empty is everything.
    ///   - after: Only keys behind this one, or what the page before said; nil is from the beginning.
    ///   - delimiter: Keys that have it behind the prefix are told as one common prefix up to it; nil tells every key.
    ///   - limit: How many keys and prefixes at most, 1 to 1000.
    /// - Returns: The page, and where the next one begins.
    /// - Throws: What the store says.
    func list(
        _ prefix: String,
        after: String?,
        delimiter: String?,
        limit: Int
    ) async throws(ObjectStoreError) -> ObjectPage

    /// All versions and delete markers under a prefix, a page at a time; where there are no versions, the objects.
    ///
    /// - Parameters:
    ///   - prefix: What the keys begin with; empty is everything.
    ///   - after: What the page before said; nil is from the beginning.
    ///   - limit: How many versions and markers at most, 1 to 1000.
    /// - Returns: The page, and where the next one begins.
    /// - Throws: What the store says.
    func listVersions(
        _ prefix: String,
        after: VersionPlace?,
        limit: Int
    ) async throws(ObjectStoreError) -> VersionPage

    /// Deletes up to a thousand objects, or versions of them.
    ///
    /// What is not there counts as deleted. Without a version a versioned bucket keeps what was there and hides it.
    ///
    /// - Parameter objects: Which; a version nil is the current one.
    /// - Returns: What could not be deleted, and why.
    /// - Throws: What kept all of them from being deleted.
    func delete(_ objects: [ObjectVersion]) async throws(ObjectStoreError) -> [ObjectVersion: ObjectStoreError]

    /// Copies an object within the bucket, by the store itself where that is elsewhere.
    ///
    /// - Parameters:
    ///   - source: The current version of this one.
    ///   - key: What the copy is called.
    ///   - options: How it is put; its checksum is that of the source's bytes, or is nil.
    /// - Returns: What is there now.
    /// - Throws: ``ObjectStoreError/notFound(_:)``, and as for what is put.
    func copy(
        _ source: ObjectKey,
        to key: ObjectKey,
        _ options: PutOptions
    ) async throws(ObjectStoreError) -> ObjectAttributes

    /// A URL with which anybody may do one thing with one object until it expires.
    ///
    /// - Parameters:
    ///   - method: What it allows.
    ///   - key: Which object.
    ///   - time: For how long, at most seven days.
    /// - Returns: The URL, which is a secret until then.
    /// - Throws: ``ObjectStoreError/unsupported(_:)`` where there are no URLs, as in a folder.
    func presign(_ method: PresignedMethod, _ key: ObjectKey, for time: Duration) async throws(ObjectStoreError)
        -> String

    /// What the bucket can and does: whether it is there, versions, locks, encryption.
    ///
    /// - Returns: As far as the store says it to us.
    /// - Throws: ``ObjectStoreError/noBucket(_:)``, ``ObjectStoreError/accessDenied(_:)`` and the like, which say what
    ///   is wrong with it.
    func facts() async throws(ObjectStoreError) -> BucketFacts

    /// Ends connections.
    func shutdown() async
}

/// Takes the pieces of an object that is put.
package protocol ObjectWriter: Sendable {
    /// Adds bytes; returns when there is room for more.
    ///
    /// - Parameter bytes: The next of the object, as many as there are.
    /// - Throws: What keeps the object from being put; it is to be passed on.
    func write(_ bytes: ByteBuffer) async throws
}

extension ObjectStore {
    /// Reads an object, or a range of it, into memory.
    ///
    /// - Parameters:
    ///   - key: Which.
    ///   - range: Which bytes; nil is all.
    ///   - limit: How many bytes at most.
    /// - Returns: The bytes.
    /// - Throws: ``ObjectStoreError/tooLarge(_:)`` if it has more than `limit` bytes.
    package func get(
        _ key: ObjectKey,
        _ range: ObjectRange? = nil,
        limit: Int
    ) async throws(ObjectStoreError) -> ByteBuffer {
        let reading = try await self.get(key, range, version: nil)
        return try await reading.collect(upTo: limit)
    }
}
