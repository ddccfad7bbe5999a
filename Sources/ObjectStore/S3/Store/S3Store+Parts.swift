import Logging
import NIOCore
import NIOHTTP1

/// Putting objects in parts.
extension S3Store {
    /// Begins.
    ///
    /// - Returns: The upload's name, and whether the store checks the whole by one checksum of all its bytes.
    func beginParts(
        _ key: ObjectKey,
        _ options: PutOptions,
        mark: String
    ) async throws(ObjectStoreError) -> (id: String, hasWholeChecksum: Bool) {
        var request = S3Request("POST", key)
        request.ask("uploads")
        request.headers = try self.headers(for: options)
        request.add(self.dialect.markHeader, mark)
        if self.dialect.prefix == S3Dialect.aws.prefix {
            request.add("x-amz-checksum-algorithm", "CRC32C")
            request.add("x-amz-checksum-type", "FULL_OBJECT")
        }
        let answer = try await self.send(request)
        guard let id = XMLReader.read(answer.body.readableBytesView)?.text("UploadId"), !id.isEmpty else {
            throw .unavailable("the store began an upload and did not say which")
        }
        return (id, answer.headers.first(name: "x-amz-checksum-type") == "FULL_OBJECT")
    }

    /// Sends one part.
    func putPart(
        _ key: ObjectKey,
        _ options: PutOptions,
        _ bytes: ByteBuffer,
        number: Int,
        of upload: String
    ) async throws(ObjectStoreError) -> S3Part {
        var request = S3Request("PUT", key)
        request.ask("partNumber", String(number))
        request.ask("uploadId", upload)
        var checksum = CRC32C()
        checksum.update(bytes)
        request.headers += self.dialect.headers(for: checksum)
        if case .customer(let customerKey) = options.encryption ?? self.client.settings.encryption {
            request.headers += self.dialect.headers(for: customerKey)
        }
        request.body = bytes
        let answer = try await self.send(request)
        let etag = S3Dialect.unquoted(answer.headers.first(name: "ETag") ?? "")
        return S3Part(number: number, etag: etag, checksum: checksum.bytes.base64)
    }

    /// Makes an object of its parts.
    func completeParts(
        _ key: ObjectKey,
        _ options: PutOptions,
        _ parts: [S3Part],
        of upload: String,
        size: Int,
        checksum: CRC32C?,
        mark: String
    ) async throws(ObjectStoreError) -> ObjectAttributes {
        var request = S3Request("POST", key)
        request.ask("uploadId", upload)
        request.mayFailInside = true
        let isChecked = self.dialect.prefix == S3Dialect.aws.prefix
        request.body = S3Documents.complete(parts, withChecksums: isChecked)
        request.add("content-type", "application/xml")
        if let checksum {
            request.add("x-amz-checksum-type", "FULL_OBJECT")
            request.headers += self.dialect.headers(for: checksum)
        }
        if options.ifAbsent { request.headers.append(self.dialect.ifAbsent) }
        if case .customer(let customerKey) = options.encryption ?? self.client.settings.encryption {
            request.headers += self.dialect.headers(for: customerKey)
        }
        do throws(S3Failure) {
            let answer = try await self.client.send(request)
            var attributes = self.dialect.attributes(answer.headers, size: size)
            let etag = XMLReader.read(answer.body.readableBytesView)?.text("ETag")
            attributes.etag = etag.map(S3Dialect.unquoted) ?? attributes.etag
            return attributes
        } catch {
            return try await self.settled(error, key, options, mark: mark)
        }
    }

    /// Takes an upload back; one that cannot be is left to the bucket's rules.
    func abortParts(_ key: ObjectKey, of upload: String) async {
        var request = S3Request("DELETE", key)
        request.ask("uploadId", upload)
        do throws(S3Failure) { _ = try await self.client.send(request) } catch {
            self.client.logger.info(
                "an upload that failed could not be taken back: have the bucket end those that are days old",
                metadata: ["bucket": "\(self.bucket)", "key": "\(key)"]
            )
        }
    }
}
