package import NIOCore
import NIOHTTP1

/// Putting objects whole.
extension S3Store {
    package func put(
        _ key: ObjectKey,
        _ bytes: ByteBuffer,
        _ options: PutOptions
    ) async throws(ObjectStoreError) -> ObjectAttributes {
        if let wanted = options.sha256, S3Signer.digest(bytes.readableBytesView) != wanted.hex {
            throw .corrupt("\(key) has another SHA-256 than was said")
        }
        let mark = Self.mark()
        var request = S3Request("PUT", key)
        request.headers = try self.headers(for: options)
        var checksum = CRC32C()
        checksum.update(bytes)
        request.headers += self.dialect.headers(for: checksum)
        request.body = bytes
        if options.ifAbsent {
            request.headers.append(self.dialect.ifAbsent)
            request.add(self.dialect.markHeader, mark)
        }
        do throws(S3Failure) {
            let answer = try await self.client.send(request)
            return self.dialect.attributes(answer.headers, size: bytes.readableBytes)
        } catch {
            return try await self.settled(error, key, options, mark: mark)
        }
    }

    package func put(
        _ key: ObjectKey,
        _ options: PutOptions,
        from body: @escaping @Sendable (any ObjectWriter) async throws -> Void
    ) async throws(ObjectStoreError) -> ObjectAttributes {
        // What cannot be is told before anything is sent.
        _ = try self.headers(for: options)
        let upload = S3Upload(self, key, options, mark: Self.mark())
        let partSize = self.client.settings.partSize
        let writer = PartWriter(partSize: partSize, wantsDigest: options.sha256 != nil) {
            part throws(ObjectStoreError) in
            try await upload.send(part)
        }
        do {
            try await body(writer)
            let whole = try writer.finish()
            if let wanted = options.sha256, let digest = whole.sha256, wanted != digest {
                throw ObjectStoreError.corrupt("\(key) has another SHA-256 than was said")
            }
            // What fits into one part goes as one.
            guard upload.hasBegun else { return try await self.put(key, whole.rest, options) }
            if whole.rest.readableBytes > 0 { try await upload.send(whole.rest) }
            return try await upload.finish(whole)
        } catch {
            await upload.abort()
            throw (error as? ObjectStoreError) ?? .bodyFailed("\(error)")
        }
    }

    /// A text that no other call has.
    private static func mark() -> String { String(UInt64.random(in: 0...UInt64.max), radix: 36) }

    /// What to make of a put that did not go well: if an attempt before may have been carried out, it may be our own
    /// object that is there already.
    func settled(
        _ failure: S3Failure,
        _ key: ObjectKey,
        _ options: PutOptions,
        mark: String
    ) async throws(ObjectStoreError) -> ObjectAttributes {
        let error = failure.error(key, bucket: self.bucket)
        guard failure.isAmbiguous else { throw error }
        switch error {
        case .exists, .notFound: break
        // The upload is not there any more: it may have become the object.
        case .rejected(_, "NoSuchUpload", _): break
        default: throw error
        }
        var request = S3Request("HEAD", key)
        self.addReadingKey(to: &request)
        let answer: S3Answer
        do throws(S3Failure) { answer = try await self.client.send(request) } catch _ { throw error }
        guard answer.headers.first(name: self.dialect.markHeader) == mark else { throw error }
        return self.dialect.attributes(answer.headers)
    }
}
