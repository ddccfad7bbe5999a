// Signature Version 4 (docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html): pure, so that the
// published vectors prove it. It neither knows the time nor sends anything.

import Crypto
import Observability

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Signs requests of one identity for one region and service.
struct S3Signer: Sendable {
    /// What stands for the body's digest where the body is not signed.
    static let unsigned = "UNSIGNED-PAYLOAD"

    let scheme: SigningScheme
    let credentials: S3Credentials
    let region: String
    let service: String

    init(_ credentials: S3Credentials, region: String, service: String = "s3", scheme: SigningScheme = .aws) {
        self.scheme = scheme
        self.credentials = credentials
        self.region = region
        self.service = service
    }

    /// The digest of a body, as a signature names it.
    static func digest(_ bytes: some Sequence<UInt8>) -> String { Array(SHA256.hash(data: Array(bytes))).hex }

    /// The time as signatures write it, such as `20130524T000000Z`.
    static func stamp(_ milliseconds: Int64) -> String {
        UTCInstant(milliseconds: milliseconds).text(withThousandths: false).filter { $0 != "-" && $0 != ":" }
    }

    /// Adds the date, the session's token and the signature to a request.
    ///
    /// - Parameters:
    ///   - request: With `host` among its headers.
    ///   - payload: The body's digest, or what stands for it.
    ///   - time: In milliseconds since 1970.
    /// - Returns: The signature, from which those of pieces follow.
    @discardableResult
    func sign(_ request: inout SignableRequest, payload: String, at time: Int64) -> String {
        let stamp = Self.stamp(time)
        request.add("\(self.scheme.headerPrefix)date", stamp)
        if let token = self.credentials.sessionToken {
            request.add("\(self.scheme.headerPrefix)security-token", token.revealed)
        }
        let signature = self.signature(of: request, payload: payload, stamp)
        request.add(
            "authorization",
            "\(self.scheme.algorithm) Credential=\(self.credentials.accessKey.revealed)/\(self.scope(stamp)), "
                + "SignedHeaders=\(request.signedHeaders), Signature=\(signature)"
        )
        return signature
    }

    /// Adds everything that a request needs to its query, for whoever is to send it without credentials.
    ///
    /// - Parameters:
    ///   - request: With nothing but what its sender will send.
    ///   - payload: What stands for the body.
    ///   - time: In milliseconds since 1970.
    ///   - seconds: How long it may be used.
    func presign(_ request: inout SignableRequest, payload: String = unsigned, at time: Int64, for seconds: Int) {
        let stamp = Self.stamp(time)
        let prefix = self.scheme.queryPrefix
        var fields = [
            ("Algorithm", self.scheme.algorithm),
            ("Credential", "\(self.credentials.accessKey.revealed)/\(self.scope(stamp))"), ("Date", stamp),
            ("Expires", String(seconds)), ("SignedHeaders", request.signedHeaders),
        ]
        if let token = self.credentials.sessionToken { fields.append(("Security-Token", token.revealed)) }
        request.query += fields.map { .init(name: prefix + $0.0, value: $0.1) }
        let signature = self.signature(of: request, payload: payload, stamp)
        request.query.append(.init(name: "\(prefix)Signature", value: signature))
    }

    // MARK: Steps

    /// For what, where and when a key may be used.
    func scope(_ stamp: String) -> String {
        "\(stamp.prefix(8))/\(self.region)/\(self.service)/\(self.scheme.terminator)"
    }

    private func signature(of request: SignableRequest, payload: String, _ stamp: String) -> String {
        let canonical = Self.digest(request.canonical(payload: payload).utf8)
        return self.signature(of: [self.scheme.algorithm, stamp, self.scope(stamp), canonical], stamp)
    }

    /// Signs lines of text.
    func signature(of lines: [String], _ stamp: String) -> String {
        let date = Self.code("\(stamp.prefix(8))", with: Array((self.scheme.keyPrefix + self.secret).utf8))
        let region = Self.code(self.region, with: date)
        let service = Self.code(self.service, with: region)
        let key = Self.code(self.scheme.terminator, with: service)
        return Self.code(lines.joined(separator: "\n"), with: key).hex
    }

    private var secret: String { self.credentials.secretKey.revealed }

    private static func code(_ text: String, with key: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: SymmetricKey(data: key)))
    }
}
