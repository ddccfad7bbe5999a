import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Reading objects.
extension S3Store {
    package func head(_ key: ObjectKey, version: String?) async throws(ObjectStoreError) -> ObjectAttributes {
        var request = S3Request("HEAD", key)
        self.add(version: version, to: &request)
        self.addReadingKey(to: &request)
        do throws(ObjectStoreError) { return self.dialect.attributes(try await self.send(request).headers) } catch {
            throw self.missing(error, key, version)
        }
    }

    package func get(
        _ key: ObjectKey,
        _ range: ObjectRange?,
        version: String?
    ) async throws(ObjectStoreError) -> ObjectReading {
        var request = S3Request("GET", key)
        self.add(version: version, to: &request)
        self.addReadingKey(to: &request)
        if let range {
            guard let text = Self.text(of: range) else { throw .invalidRange(key) }
            request.add("range", text)
        } else if self.dialect.prefix == S3Dialect.aws.prefix {
            request.add("x-amz-checksum-mode", "ENABLED")
        }
        let response: HTTPClientResponse
        do throws(S3Failure) { response = try await self.client.open(request) } catch {
            throw self.missing(error.error(key, bucket: self.bucket), key, version)
        }
        let (size, bounds) = try self.bounds(of: response, range, key)
        let attributes = self.dialect.attributes(response.headers, size: size)
        let isWhole = bounds == 0..<size && range == nil
        let body = S3Body(
            store: self,
            key: key,
            version: attributes.version ?? version,
            etag: attributes.etag,
            range: bounds,
            first: response.body,
            checksums: isWhole ? self.dialect.checksums(in: response.headers) : (nil, nil)
        )
        return ObjectReading(attributes, bounds, body)
    }

    /// A version that is the mark of a deletion has no bytes, and a version that no store could have is none.
    private func missing(_ error: ObjectStoreError, _ key: ObjectKey, _ version: String?) -> ObjectStoreError {
        guard version != nil else { return error }
        switch error {
        case .unsupported: return .notFound(key)
        case .rejected(400, let code, _) where ["InvalidArgument", "NoSuchVersion", ""].contains(code):
            return .notFound(key)
        default: return error
        }
    }

    static func text(of range: ObjectRange) -> String? {
        switch range {
        case .bytes(let first, let last):
            guard first >= 0, last.map({ $0 >= first }) ?? true else { return nil }
            return "bytes=\(first)-\(last.map(String.init) ?? "")"
        case .last(let count): return count > 0 ? "bytes=-\(count)" : nil
        }
    }

    /// How large the object is, and which of its bytes come.
    private func bounds(
        of response: HTTPClientResponse,
        _ range: ObjectRange?,
        _ key: ObjectKey
    ) throws(ObjectStoreError) -> (size: Int, bounds: Range<Int>) {
        let length = response.headers.first(name: "Content-Length").flatMap { Int($0) }
        if response.status == .partialContent {
            guard let text = response.headers.first(name: "Content-Range"), let read = Self.contentRange(text) else {
                throw .unavailable("the store sent a part of \(key) and did not say which")
            }
            return (read.size, read.bounds)
        }
        guard let length, length >= 0 else { throw .unavailable("the store did not say how large \(key) is") }
        if let range {
            guard let wanted = range.bounds(in: length) else { throw .invalidRange(key) }
            guard wanted == 0..<length else { throw .unsupported("the store sends no parts of objects") }
        }
        return (length, 0..<length)
    }

    /// Reads `bytes 0-9/100`.
    static func contentRange(_ text: String) -> (bounds: Range<Int>, size: Int)? {
        guard text.hasPrefix("bytes ") else { return nil }
        let parts = text.dropFirst(6).split(whereSeparator: { $0 == "-" || $0 == "/" })
        guard parts.count == 3, let first = Int(parts[0]), let last = Int(parts[1]), let size = Int(parts[2]),
            first >= 0,
            last >= first, last < size
        else { return nil }
        return (first..<(last + 1), size)
    }
}
