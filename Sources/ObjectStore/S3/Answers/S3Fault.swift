// What a store says when it does not do something.

import NIOCore
import NIOHTTP1

/// A refusal: a status, and mostly a code that says more.
struct S3Fault: Error, Hashable, Sendable {
    var status: Int
    /// Such as `NoSuchKey`; empty where there was no body, as behind `HEAD`.
    var code: String
    /// Short, and without anything that only we and the store may know.
    var message: String
    /// Where the bucket is, where it is elsewhere.
    var region: String?
    /// Under which host it is to be had there.
    var endpoint: String?
    /// How long the store wants us to wait.
    var retryAfter: Duration?
    /// What time it is for the store, in milliseconds since 1970.
    var serverTime: Int64?

    init(status: Int, code: String, message: String = "") {
        self.status = status
        self.code = code
        self.message = message
    }

    /// Reads one from an answer.
    ///
    /// - Parameters:
    ///   - status: Of the answer.
    ///   - headers: Of the answer.
    ///   - body: As much of it as was read.
    ///   - secrets: What must not be passed on.
    init(status: Int, _ headers: HTTPHeaders, _ body: ByteBuffer, hiding secrets: [Secret]) {
        let error = XMLReader.read(body.readableBytesView)
        // Some services wrap it.
        let node = error?["Error"] ?? error?["Errors"]?["Error"] ?? error
        self.init(status: status, code: Self.cut(node?.text("Code") ?? "", 64))
        self.message = Self.hide(secrets, in: Self.cut(node?.text("Message") ?? "", 300))
        self.region = headers.first(name: "x-amz-bucket-region") ?? node?.text("Region") ?? node?.text("BucketRegion")
        self.endpoint = node?.text("Endpoint") ?? headers.first(name: "Location").flatMap(Self.host)
        self.retryAfter = headers.first(name: "Retry-After").flatMap { Int($0) }.map {
            .seconds(Swift.min(Swift.max($0, 0), 300))
        }
        self.serverTime = headers.first(name: "Date").flatMap(HTTPDate.read)
    }

    /// An error that came with a status that says otherwise.
    init?(inside body: ByteBuffer, hiding secrets: [Secret]) {
        guard let node = XMLReader.read(body.readableBytesView), node.name == "Error" else { return nil }
        let code = Self.cut(node.text("Code") ?? "InternalError", 64)
        self.init(status: code == "SlowDown" ? 503 : 500, code: code)
        self.message = Self.hide(secrets, in: Self.cut(node.text("Message") ?? "", 300))
    }

    private static func cut(_ text: String, _ count: Int) -> String {
        String(text.prefix(count).map { $0.isNewline ? " " : $0 })
    }

    private static func hide(_ secrets: [Secret], in text: String) -> String {
        secrets.map(\.revealed).filter { $0.count > 3 }.reduce(text) { text, secret in
            text.split(separator: secret, omittingEmptySubsequences: false).joined(separator: "…")
        }
    }

    private static func host(of url: String) -> String? {
        guard let start = url.firstRange(of: "://")?.upperBound else { return nil }
        let authority = url[start...].prefix { $0 != "/" && $0 != "?" }
        return authority.isEmpty ? nil : String(authority)
    }

    /// Whether the bucket, or this request, belongs elsewhere.
    var isRedirect: Bool {
        if [301, 302, 307, 308].contains(self.status) { return true }
        // The signature named the wrong region.
        return self.status == 400 && self.region != nil
            && ["AuthorizationHeaderMalformed", "IllegalLocationConstraintException", ""].contains(self.code)
    }

    /// Whether the same may go well when it is sent again.
    var isTransient: Bool {
        if [500, 502, 503, 504, 429, 408].contains(self.status) { return true }
        return [
            "SlowDown", "RequestTimeout", "InternalError", "ServiceUnavailable", "Throttling", "ThrottlingException",
            "RequestLimitExceeded", "OperationAborted", "ConditionalRequestConflict", "BandwidthLimitExceeded",
        ].contains(self.code)
    }

    /// Whether the store asks for fewer requests.
    var isThrottling: Bool {
        self.status == 429
            || [
                "SlowDown", "Throttling", "ThrottlingException", "RequestLimitExceeded", "BandwidthLimitExceeded",
            ].contains(self.code)
    }

    /// Whether the credentials have ended, and new ones may do.
    var isExpiry: Bool { ["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"].contains(self.code) }

    private var words: String {
        [self.code.isEmpty ? "status \(self.status)" : self.code, self.message].filter { !$0.isEmpty }
            .joined(separator: ": ")
    }

    /// In the words of the contract.
    ///
    /// - Parameters:
    ///   - key: The object that was asked for.
    ///   - bucket: The bucket's name.
    /// - Returns: The error for whoever called.
    func error(_ key: ObjectKey?, bucket: String) -> ObjectStoreError {
        switch self.code {
        case "NoSuchBucket": return .noBucket(bucket)
        case "NoSuchKey", "NoSuchVersion": if let key { return .notFound(key) }
        case "PreconditionFailed": if let key { return .exists(key) }
        case "InvalidRange": if let key { return .invalidRange(key) }
        case "BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch", "IncompleteBody":
            return .corrupt(self.words)
        case "EntityTooLarge": return .rejected(status: self.status, code: self.code, message: self.message)
        case "NotImplemented": return .unsupported(self.words)
        case "QuotaExceeded", "InsufficientCapacity", "XMinioStorageFull", "EntityTooLargeForQuota":
            return .full(self.words)
        case let code where code.hasPrefix("KMS."): return .keyUnavailable(self.words)
        default: break
        }
        let lowered = self.message.lowercased()
        switch self.status {
        case 404: return key.map { .notFound($0) } ?? .noBucket(bucket)
        case 412: if let key { return .exists(key) }
        case 416: if let key { return .invalidRange(key) }
        case 401, 403:
            if lowered.contains("object lock") || lowered.contains("worm") { return .locked(self.words) }
            return .accessDenied(self.words)
        case 405, 501: return .unsupported(self.words)
        case 507: return .full(self.words)
        default: break
        }
        if self.isThrottling { return .throttled(self.words) }
        if self.isTransient { return .unavailable(self.words) }
        if self.isRedirect { return .configuration("the bucket \(bucket) is elsewhere: \(self.region ?? self.words)") }
        return .rejected(status: self.status, code: self.code, message: self.message)
    }
}
