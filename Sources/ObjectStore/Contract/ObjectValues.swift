// What the contract of object stores speaks of.

package import NIOCore

/// What an object is called: 1 to 1,024 bytes of UTF-8 without control characters, in which no part between slashes is
/// empty, `.` or `..`.
package struct ObjectKey: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let text: String

    /// Takes a text for a key: nil for what is none in one of the stores.
    package init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let isUsable = parts.allSatisfy { !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8) }
        guard isUsable, text.utf8.count <= 1024, !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            return nil
        }
        self.text = text
    }

    /// In the order of the bytes, which is that of all lists.
    package static func < (left: Self, right: Self) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    package var description: String { self.text }
}

/// Which bytes of an object.
package enum ObjectRange: Hashable, Sendable {
    /// From the first to the last, both included; nil is up to the end.
    case bytes(Int, through: Int?)
    /// The last ones; all of an object that has fewer.
    case last(Int)
}

/// How an object is put.
package struct PutOptions: Hashable, Sendable {
    /// Only where nothing is there under the key.
    ///
    /// Of several who put at the same moment one does, in folders, S3 and Google's Cloud Storage; some that speak as S3
    /// does look only once, before the bytes come.
    package var ifAbsent = false
    package var contentType = "application/octet-stream"
    /// In which storage class, as the store calls it; nil is the bucket's own.
    package var storageClass: String?
    /// How the store encrypts it; nil is as the bucket says.
    package var encryption: ServerEncryption?
    /// Until when nobody may delete it, in seconds since 1970 (object lock in compliance mode); nil is for no time.
    package var lockedUntil: Int64?
    /// Whether it may not be deleted until somebody takes that back.
    package var legalHold = false
    /// The SHA-256 of its bytes, which the store checks; nil has the driver compute one of its own choice.
    package var sha256: [UInt8]?

    package init() {}

    /// Only where nothing is there.
    package static let new = {
        var options = PutOptions()
        options.ifAbsent = true
        return options
    }()
}

/// How a store encrypts what it is given.
package enum ServerEncryption: Hashable, Sendable {
    /// With a key of the store's own (SSE-S3).
    case store
    /// With a key of a key service (SSE-KMS); nil is the account's default key.
    case keyService(key: String?)
    /// With a key that the store is given with every request and does not keep (SSE-C).
    case customer(CustomerKey)
}

/// What is known of an object without its bytes.
package struct ObjectAttributes: Hashable, Sendable {
    package var size: Int
    /// As the store says it, without quotes.
    package var etag: String
    /// In milliseconds since 1970, as far as the store says it: many round to seconds.
    package var modified: Int64
    /// Nil where the bucket has no versions.
    package var version: String?
    package var storageClass: String?
    package var lockedUntil: Int64?
    package var legalHold: Bool

    package init(
        size: Int,
        etag: String,
        modified: Int64,
        version: String? = nil,
        storageClass: String? = nil,
        lockedUntil: Int64? = nil,
        legalHold: Bool = false
    ) {
        self.size = size
        self.etag = etag
        self.modified = modified
        self.version = version
        self.storageClass = storageClass
        self.lockedUntil = lockedUntil
        self.legalHold = legalHold
    }
}

/// An object, or one version of it.
package struct ObjectVersion: Hashable, Sendable {
    package let key: ObjectKey
    package let version: String?

    package init(_ key: ObjectKey, version: String? = nil) {
        self.key = key
        self.version = version
    }
}

/// A page of a list.
package struct ObjectPage: Hashable, Sendable {
    package struct Item: Hashable, Sendable {
        package let key: ObjectKey
        package let attributes: ObjectAttributes

        package init(_ key: ObjectKey, _ attributes: ObjectAttributes) {
            self.key = key
            self.attributes = attributes
        }
    }

    package var items: [Item] = []
    package var commonPrefixes: [String] = []
    /// What to give as `after` for the next page, which need be no key; nil if this was the last.
    package var next: String?

    package init() {}
}

/// Where a page of versions begins.
package struct VersionPlace: Hashable, Sendable {
    package let key: String
    package let version: String?

    package init(_ key: String, _ version: String?) {
        self.key = key
        self.version = version
    }
}

/// A page of versions.
package struct VersionPage: Hashable, Sendable {
    package struct Item: Hashable, Sendable {
        package let object: ObjectVersion
        package let size: Int
        package let isLatest: Bool
        /// Whether it says that the object was deleted, and has no bytes.
        package let isDeleteMarker: Bool

        package init(_ object: ObjectVersion, size: Int, isLatest: Bool, isDeleteMarker: Bool) {
            self.object = object
            self.size = size
            self.isLatest = isLatest
            self.isDeleteMarker = isDeleteMarker
        }
    }

    package var items: [Item] = []
    package var next: VersionPlace?

    package init() {}
}

/// What a presigned URL allows.
package enum PresignedMethod: String, Hashable, Sendable {
    case get = "GET"
    case put = "PUT"
}

/// What a bucket can and does.
package struct BucketFacts: Hashable, Sendable {
    /// Whether it keeps versions of what is put again or deleted.
    package var isVersioned = false
    /// Whether objects can be locked in it.
    package var hasObjectLock = false
    /// For how many days what is put is locked without anybody saying so; nil for no time.
    package var defaultLockDays: Int?
    /// How it encrypts what is put without anybody saying so; nil if it does not, or does not say.
    package var encryption: ServerEncryption?
    package var region: String?

    package init() {}
}

/// An object as it comes.
package struct ObjectReading: Sendable {
    package let attributes: ObjectAttributes
    /// Which bytes these are: the range that was asked for, cut to what there is.
    package let range: Range<Int>
    /// The bytes, in order; each is asked for when the one before was taken.
    package let body: any AsyncSequence<ByteBuffer, any Error> & Sendable

    package init(
        _ attributes: ObjectAttributes,
        _ range: Range<Int>,
        _ body: any AsyncSequence<ByteBuffer, any Error> & Sendable
    ) {
        self.attributes = attributes
        self.range = range
        self.body = body
    }

    /// All of it in memory.
    ///
    /// - Parameter limit: How many bytes at most.
    /// - Returns: The bytes.
    /// - Throws: ``ObjectStoreError/tooLarge(_:)`` if it has more than `limit` bytes, before any is read.
    package func collect(upTo limit: Int) async throws(ObjectStoreError) -> ByteBuffer {
        guard self.range.count <= limit else { throw .tooLarge(self.range.count) }
        var all = ByteBufferAllocator().buffer(capacity: self.range.count)
        do {
            for try await piece in self.body { all.writeImmutableBuffer(piece) }
        } catch let error as ObjectStoreError { throw error } catch {
            throw .unavailable("\(error)")
        }
        guard all.readableBytes == self.range.count else {
            throw .corrupt("\(all.readableBytes) of \(self.range.count) bytes came")
        }
        return all
    }
}
