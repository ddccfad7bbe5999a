// A folder as a bucket: for one machine, for tests, for a network's disk. Each object is one file, and comes to be in
// one step.

package import NIOCore
import NIOPosix

/// Keeps objects in a folder, which several processes may share.
///
/// There are no versions, no locks, no storage classes and no URLs here; whoever asks for one is refused.
package final class FolderStore: ObjectStore {
    /// How much of the disk's work is done at once.
    private static let threads = 4
    /// How many calls may wait for that.
    private static let queue = 1024
    /// How long each waits at most.
    private static let longestWait: Duration = .seconds(30)

    private let tree: FolderTree
    private let pool: NIOThreadPool
    private let gate: Gate

    /// Opens a folder, makes it if its parent is there, and takes away what other processes left half-written.
    ///
    /// - Parameter path: The folder.
    /// - Returns: The store.
    /// - Throws: ``ObjectStoreError`` that says what cannot be done with the folder.
    package static func open(_ path: String) async throws(ObjectStoreError) -> FolderStore {
        let pool = NIOThreadPool(numberOfThreads: Self.threads)
        pool.start()
        do throws(ObjectStoreError) {
            let tree = try await Self.run(on: pool) { () throws(ObjectStoreError) in
                let tree = try FolderTree(path)
                try tree.sweep()
                return tree
            }
            return FolderStore(tree, pool)
        } catch {
            try? await pool.shutdownGracefully()
            throw error
        }
    }

    private init(_ tree: FolderTree, _ pool: NIOThreadPool) {
        self.tree = tree
        self.pool = pool
        self.gate = Gate(Self.threads, queue: Self.queue, longest: Self.longestWait)
    }

    package func shutdown() async { try? await self.pool.shutdownGracefully() }

    // MARK: Threads

    /// Does something that waits for the disk, on a thread that may wait.
    func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws(ObjectStoreError) -> Value
    ) async throws(ObjectStoreError) -> Value {
        let pool = self.pool
        return try await self.gate.with { () throws(ObjectStoreError) in try await Self.run(on: pool, body) }
    }

    private static func run<Value: Sendable>(
        on pool: NIOThreadPool,
        _ body: @escaping @Sendable () throws(ObjectStoreError) -> Value
    ) async throws(ObjectStoreError) -> Value {
        do { return try await pool.runIfActive(body) } catch let error as ObjectStoreError {
            throw error
        } catch is CancellationError { throw .timedOut } catch {
            throw .unavailable("the folder's store was shut down")
        }
    }

    // MARK: Putting

    package func put(
        _ key: ObjectKey,
        _ bytes: ByteBuffer,
        _ options: PutOptions
    ) async throws(ObjectStoreError) -> ObjectAttributes {
        try Self.check(options)
        let tree = self.tree
        return try await self.run { () throws(ObjectStoreError) in
            let file = try PartialFile(in: tree)
            try file.write(bytes)
            return try file.finish(as: key, options)
        }
    }

    package func put(
        _ key: ObjectKey,
        _ options: PutOptions,
        from body: @escaping @Sendable (any ObjectWriter) async throws -> Void
    ) async throws(ObjectStoreError) -> ObjectAttributes {
        try Self.check(options)
        let tree = self.tree
        let file = try await self.run { () throws(ObjectStoreError) in try PartialFile(in: tree) }
        do {
            try await body(FolderWriter(file: file, store: self))
            return try await self.run { () throws(ObjectStoreError) in try file.finish(as: key, options) }
        } catch {
            // Also where the caller was cancelled.
            await Task { try? await self.run { () throws(ObjectStoreError) in file.discard() } }.value
            throw (error as? ObjectStoreError) ?? .bodyFailed("\(error)")
        }
    }

    private struct FolderWriter: ObjectWriter {
        let file: PartialFile
        let store: FolderStore

        func write(_ bytes: ByteBuffer) async throws {
            let file = self.file
            try await self.store.run { () throws(ObjectStoreError) in try file.write(bytes) }
        }
    }

    private static func check(_ options: PutOptions) throws(ObjectStoreError) {
        guard options.storageClass == nil else { throw .unsupported("a folder has no storage classes") }
        guard options.encryption == nil else { throw .unsupported("a folder encrypts nothing") }
        guard options.lockedUntil == nil, !options.legalHold else { throw .unsupported("a folder locks no objects") }
        guard ObjectHeader.canHold(options.contentType) else {
            throw .rejected(
                status: 400,
                code: "InvalidArgument",
                message: "the content type is too long, or no line of text"
            )
        }
    }

    package func copy(
        _ source: ObjectKey,
        to key: ObjectKey,
        _ options: PutOptions
    ) async throws(ObjectStoreError) -> ObjectAttributes {
        try Self.check(options)
        let reading = try await self.get(source, nil, version: nil)
        return try await self.put(key, options) { writer in
            for try await piece in reading.body { try await writer.write(piece) }
        }
    }

    // MARK: Reading

    package func get(
        _ key: ObjectKey,
        _ range: ObjectRange?,
        version: String?
    ) async throws(ObjectStoreError) -> ObjectReading {
        guard version == nil else { throw .notFound(key) }
        let tree = self.tree
        let (file, header, attributes) = try await self.run { () throws(ObjectStoreError) in
            guard let object = try tree.object(key) else { throw ObjectStoreError.notFound(key) }
            return object
        }
        var bounds = 0..<header.size
        if let range {
            guard let wanted = range.bounds(in: header.size) else { throw .invalidRange(key) }
            bounds = wanted
        }
        let body = FolderBytes(key: key, file: file, header: header, range: bounds, store: self)
        return ObjectReading(attributes, bounds, body)
    }

    package func head(_ key: ObjectKey, version: String?) async throws(ObjectStoreError) -> ObjectAttributes {
        guard version == nil else { throw .notFound(key) }
        let tree = self.tree
        return try await self.run { () throws(ObjectStoreError) in
            guard let (_, _, attributes) = try tree.object(key) else { throw ObjectStoreError.notFound(key) }
            return attributes
        }
    }

    package func list(
        _ prefix: String,
        after: String?,
        delimiter: String?,
        limit: Int
    ) async throws(ObjectStoreError) -> ObjectPage {
        let tree = self.tree
        let limit = min(max(limit, 1), 1000)
        return try await self.run { () throws(ObjectStoreError) in
            var walk = FolderWalk(tree, prefix, after: after, delimiter: delimiter, limit: limit)
            try walk.run()
            var page = ObjectPage()
            for key in walk.keys {
                // What was deleted meanwhile, or is damaged, is not there; who reads it is told which.
                guard case .some((_, _, let attributes)) = try? tree.object(key) else { continue }
                page.items.append(ObjectPage.Item(key, attributes))
            }
            page.commonPrefixes = walk.commonPrefixes
            page.next = walk.next
            return page
        }
    }

    package func listVersions(
        _ prefix: String,
        after: VersionPlace?,
        limit: Int
    ) async throws(ObjectStoreError) -> VersionPage {
        let objects = try await self.list(prefix, after: after?.key, delimiter: nil, limit: limit)
        var page = VersionPage()
        page.items = objects.items.map { item in
            let object = ObjectVersion(item.key)
            return VersionPage.Item(object, size: item.attributes.size, isLatest: true, isDeleteMarker: false)
        }
        page.next = objects.next.map { VersionPlace($0, nil) }
        return page
    }

    // MARK: The rest

    package func delete(
        _ objects: [ObjectVersion]
    ) async throws(ObjectStoreError) -> [ObjectVersion: ObjectStoreError] {
        let tree = self.tree
        return try await self.run { () throws(ObjectStoreError) in
            var failures: [ObjectVersion: ObjectStoreError] = [:]
            // There are no versions that could be there.
            for object in objects where object.version == nil {
                do throws(ObjectStoreError) { try tree.delete(object.key) } catch { failures[object] = error }
            }
            return failures
        }
    }

    package func presign(
        _ method: PresignedMethod,
        _ key: ObjectKey,
        for time: Duration
    ) async throws(ObjectStoreError) -> String {
        throw .unsupported("a folder has no URLs")
    }

    package func facts() async throws(ObjectStoreError) -> BucketFacts {
        let tree = self.tree
        return try await self.run { () throws(ObjectStoreError) in
            try tree.check()
            return BucketFacts()
        }
    }
}
