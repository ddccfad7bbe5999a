// The bytes of an object in a folder, read as they are asked for.

import Crypto
import NIOCore

/// A part of a file, in pieces; where it is all of it, its checksum is checked at the end.
struct FolderBytes: AsyncSequence, Sendable {
    typealias Element = ByteBuffer
    typealias Failure = any Error

    private static let piece = 256 << 10

    let key: ObjectKey
    let file: Descriptor
    let header: ObjectHeader
    let range: Range<Int>
    let store: FolderStore

    func makeAsyncIterator() -> Iterator { Iterator(of: self) }

    struct Iterator: AsyncIteratorProtocol {
        private let bytes: FolderBytes
        private var next: Int
        /// Only of a whole object.
        private var digest: SHA256?

        init(of bytes: FolderBytes) {
            self.bytes = bytes
            self.next = bytes.range.lowerBound
            self.digest = bytes.range == 0..<bytes.header.size ? SHA256() : nil
        }

        mutating func next() async throws -> ByteBuffer? {
            let (bytes, start) = (self.bytes, self.next)
            guard start < bytes.range.upperBound else {
                if let digest = self.digest?.finalize(), Array(digest).hex != bytes.header.sha256 {
                    throw ObjectStoreError.corrupt("\(bytes.key) is not what was put: its checksum does not fit")
                }
                self.digest = nil
                return nil
            }
            let count = Swift.min(FolderBytes.piece, bytes.range.upperBound - start)
            let piece = try await bytes.store.run { () throws(ObjectStoreError) in
                try bytes.file.read(count, at: ObjectHeader.length + start, bytes.key.text)
            }
            guard piece.count == count else { throw ObjectStoreError.corrupt("the file of \(bytes.key) was cut") }
            self.next += count
            self.digest?.update(data: piece)
            return ByteBuffer(bytes: piece)
        }
    }
}
