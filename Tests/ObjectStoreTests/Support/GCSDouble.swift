import AsyncHTTPClient
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import TestSupport

@testable import ObjectStore

/// Google's Cloud Storage as far as its XML interface differs from S3's, which is a translator before the S3 of the
/// tests.
///
/// It takes Google's words and no others, checks its own checksums, deletes one object a request, and asks for a token
/// or a signature, which it does not check but for its form.
enum GCSDouble {
    static let token = "ya29.test"

    /// What a request becomes for S3; nil if Google would refuse it.
    static func translated(_ request: S3Proxy.Request) -> Result<S3Request, S3Fault> {
        func refusal(_ status: Int, _ code: String) -> Result<S3Request, S3Fault> {
            .failure(S3Fault(status: status, code: code))
        }
        let parts = request.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = parts[0].split(separator: "/", maxSplits: 1).dropFirst().first
        let key = path.flatMap { ObjectKey(PercentEncoding.decode(String($0))) }
        var translated = S3Request(request.method, key)
        let query = parts.count > 1 ? parts[1].split(separator: "&") : []
        for field in query {
            let pair = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let value = pair.count > 1 ? PercentEncoding.decode(pair[1]) : ""
            switch pair[0] {
            // There is no such thing.
            case "delete", "versionId", "version-id-marker", "object-lock", "encryption":
                return refusal(400, "InvalidArgument")
            case "generation": translated.ask("versionId", value)
            case "generation-marker": translated.ask("version-id-marker", value)
            default: translated.ask(pair[0], value)
            }
        }
        for (name, value) in request.headers {
            switch name.lowercased() {
            case let name where name.hasPrefix("x-amz-"): return refusal(400, "ExcessHeaderValues")
            case "x-goog-if-generation-match" where value == "0": translated.add("if-none-match", "*")
            case "if-none-match": return refusal(400, "InvalidArgument")
            case "x-goog-hash":
                var sum = CRC32C()
                sum.update(request.body)
                guard value == "crc32c=\(sum.bytes.base64)" else { return refusal(400, "BadDigest") }
            case "x-goog-copy-source": translated.add("x-amz-copy-source", value)
            case "x-goog-metadata-directive": translated.add("x-amz-metadata-directive", value)
            case let name where name.hasPrefix("x-goog-meta-"):
                translated.add("x-amz-meta-\(name.dropFirst(12))", value)
            case let name where name.hasPrefix("x-goog-storage"): translated.add("x-amz-storage-class", value)
            case "range", "if-match", "content-type": translated.add(name, value)
            default: break
            }
        }
        if request.body.readableBytes > 0 { translated.body = request.body }
        return .success(translated)
    }

    /// What S3 answers, in Google's words.
    static func translated(_ headers: HTTPHeaders, _ body: ByteBuffer, isWhole: Bool) -> (HTTPHeaders, ByteBuffer) {
        var translated = HTTPHeaders()
        for (name, value) in headers {
            switch name.lowercased() {
            case "x-amz-version-id": translated.add(name: "x-goog-generation", value: value)
            case let name where name.hasPrefix("x-amz-meta-"):
                translated.add(name: "x-goog-meta-\(name.dropFirst(11))", value: value)
            case let name where name.hasPrefix("x-amz-"): break
            default: translated.add(name: name, value: value)
            }
        }
        if isWhole {
            var sum = CRC32C()
            sum.update(body)
            translated.add(name: "x-goog-hash", value: "crc32c=\(sum.bytes.base64)")
            translated.add(name: "x-goog-hash", value: "md5=ignored")
        }
        guard headers.first(name: "Content-Type")?.contains("xml") == true else { return (translated, body) }
        let text = String(buffer: body)
        guard text.contains("VersionId") else { return (translated, body) }
        let renamed = text.split(separator: "VersionId", omittingEmptySubsequences: false).joined(
            separator: "Generation"
        )
        return (translated, ByteBuffer(string: renamed))
    }

    /// Whether a request shows the token, or a signature of Google's kind.
    static func isAllowed(_ request: S3Proxy.Request) -> Bool {
        let shown = request.headers.first(name: "Authorization") ?? ""
        return shown == "Bearer \(Self.token)"
            || shown.hasPrefix("GOOG4-HMAC-SHA256 Credential=\(S3Server.accessKey)/")
                && shown.contains("/auto/storage/goog4_request, ") && request.headers.first(name: "x-goog-date") != nil
    }

    /// Gives a bucket behind the translator to a test.
    static func with(
        _ kind: S3Bucket.Kind = .plain,
        _ credentials: GCSCredentials? = nil,
        _ body: @Sendable (GCSStore, S3Proxy) async throws -> Void
    ) async throws {
        let server = try await S3Server.ofAllTests()
        let name = try await S3Bucket.make(kind)
        let direct = try S3Bucket.store(S3Bucket.settings(name, port: server.port))
        let judge: S3Proxy.Judge = { request in
            guard Self.isAllowed(request) else { return .answer(403, code: "AccessDenied") }
            switch Self.translated(request) {
            case .failure(let fault): return .answer(fault.status, code: fault.code)
            case .success(let translated): return .translate(direct, translated)
            }
        }
        try await S3Proxy.with(to: server.port, judge) { proxy in
            var settings = S3Bucket.settings(name, port: proxy.port)
            settings.endpoint = "http://127.0.0.1:\(proxy.port)"
            let hmac = GCSCredentials.hmac(CachedCredentials(StaticCredentials(S3Bucket.credentials)))
            let store = try GCSStore(settings, credentials: credentials ?? hmac, logger: .init(label: "gcs"))
            do { try await body(store, proxy) } catch {
                await store.shutdown()
                throw error
            }
            await store.shutdown()
        }
        await direct.shutdown()
    }
}
