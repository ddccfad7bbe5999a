// The bytes of an object as they come. Where the connection breaks in between, the rest is asked for by range, of the
// very same object; nobody who reads notices.

import AsyncHTTPClient
import Crypto
import NIOCore
import NIOHTTP1

/// An object's bytes, or some of them.
struct S3Body: AsyncSequence, Sendable {
    typealias Element = ByteBuffer
    typealias Failure = any Error

    let store: S3Store
    let key: ObjectKey
    let version: String?
    let etag: String
    let range: Range<Int>
    let first: HTTPClientResponse.Body
    /// What the whole must have, in Base64; nil where these bytes are not all, or nobody says.
    let checksums: (crc32c: String?, sha256: String?)

    func makeAsyncIterator() -> Iterator { Iterator(self) }

    struct Iterator: AsyncIteratorProtocol {
        /// How often in a row it is taken up again without a byte in between.
        private static let resumptions = 4

        private let body: S3Body
        private var current: HTTPClientResponse.Body.AsyncIterator
        private var offset: Int
        private var fruitless = 0
        private var isOver = false
        private var crc32c: CRC32C?
        private var sha256: SHA256?

        init(_ body: S3Body) {
            self.body = body
            self.current = body.first.makeAsyncIterator()
            self.offset = body.range.lowerBound
            self.crc32c = body.checksums.crc32c == nil ? nil : CRC32C()
            self.sha256 = body.checksums.sha256 == nil ? nil : SHA256()
        }

        mutating func next() async throws -> ByteBuffer? {
            if self.isOver { return nil }
            let end = self.body.range.upperBound
            while self.offset < end {
                do {
                    // The library's iterator is no more to be shared than this one, of which it is a part.
                    nonisolated(unsafe) var current = self.current
                    let piece = try await current.next()
                    self.current = current
                    if let piece {
                        if piece.readableBytes == 0 { continue }
                        return try self.took(piece)
                    }
                    if Task.isCancelled { throw ObjectStoreError.timedOut }
                } catch let error as ObjectStoreError { throw error } catch {
                    if Task.isCancelled { throw ObjectStoreError.timedOut }
                }
                // It broke, or it ended before its end.
                try await self.resume()
            }
            self.isOver = true
            try self.check()
            return nil
        }

        private mutating func took(_ piece: ByteBuffer) throws(ObjectStoreError) -> ByteBuffer {
            guard piece.readableBytes <= self.body.range.upperBound - self.offset else {
                throw .corrupt("more of \(self.body.key) came than it has")
            }
            self.offset += piece.readableBytes
            self.fruitless = 0
            self.crc32c?.update(piece)
            piece.withUnsafeReadableBytes { self.sha256?.update(bufferPointer: $0) }
            return piece
        }

        private mutating func resume() async throws(ObjectStoreError) {
            self.fruitless += 1
            guard self.fruitless <= Self.resumptions else {
                throw .unavailable("the reading of \(self.body.key) breaks off again and again")
            }
            let rest = self.offset..<self.body.range.upperBound
            self.current = try await self.body.store.resume(self.body, rest).makeAsyncIterator()
        }

        private func check() throws(ObjectStoreError) {
            let sums = self.body.checksums
            if let crc32c = self.crc32c, crc32c.bytes.base64 != sums.crc32c {
                throw .corrupt("\(self.body.key) is not what was put: its checksum does not fit")
            }
            if let digest = self.sha256?.finalize(), Array(digest).base64 != sums.sha256 {
                throw .corrupt("\(self.body.key) is not what was put: its checksum does not fit")
            }
        }
    }
}

extension S3Store {
    /// Asks for the rest of an object that is being read.
    func resume(_ body: S3Body, _ rest: Range<Int>) async throws(ObjectStoreError) -> HTTPClientResponse.Body {
        var request = S3Request("GET", body.key)
        self.add(version: body.version, to: &request)
        self.addReadingKey(to: &request)
        request.add("range", "bytes=\(rest.lowerBound)-\(rest.upperBound - 1)")
        request.add("if-match", "\"\(body.etag)\"")
        let replaced = ObjectStoreError.unavailable("\(body.key) was replaced while it was read")
        let response: HTTPClientResponse
        do throws(S3Failure) { response = try await self.client.open(request) } catch {
            let error = error.error(body.key, bucket: self.bucket)
            if case .exists = error { throw replaced }
            throw error
        }
        guard let text = response.headers.first(name: "Content-Range"), Self.contentRange(text)?.bounds == rest,
            S3Dialect.unquoted(response.headers.first(name: "ETag") ?? "") == body.etag
        else { throw replaced }
        return response.body
    }
}
