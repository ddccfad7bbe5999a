// S3's XML interface is spoken by many, Google's Cloud Storage among them, with other names for the same. What differs
// is here.

import Crypto
import NIOHTTP1
import Observability

/// The words of one kind of store.
struct S3Dialect: Sendable {
    /// How its own headers begin.
    let prefix: String
    /// What a request says that is to put only what is not there.
    let ifAbsent: SignableRequest.Field
    /// How versions are called in a query.
    let versionQuery: String
    /// How a list is told behind which version its page begins.
    let versionMarkerQuery: String
    /// In which header an answer says which version it is about.
    let versionHeader: String
    /// Whether many objects are deleted at once.
    let deletesMany: Bool
    /// Whether objects can be locked one by one.
    let locks: Bool

    static let aws = S3Dialect(
        prefix: "x-amz-",
        ifAbsent: .init(name: "if-none-match", value: "*"),
        versionQuery: "versionId",
        versionMarkerQuery: "version-id-marker",
        versionHeader: "x-amz-version-id",
        deletesMany: true,
        locks: true
    )

    static let google = S3Dialect(
        prefix: "x-goog-",
        ifAbsent: .init(name: "x-goog-if-generation-match", value: "0"),
        versionQuery: "generation",
        versionMarkerQuery: "generation-marker",
        versionHeader: "x-goog-generation",
        deletesMany: false,
        locks: false
    )

    private var isGoogle: Bool { self.prefix == "x-goog-" }

    /// The name of the mark that says which of our calls an object came from.
    var markHeader: String { "\(self.prefix)meta-put-id" }

    // MARK: What is sent

    /// How an object is kept.
    ///
    /// - Throws: ``ObjectStoreError/unsupported(_:)`` for what such a store cannot do.
    func headers(
        for options: PutOptions,
        _ settings: S3Settings
    ) throws(ObjectStoreError) -> [SignableRequest.Field] {
        var fields = [SignableRequest.Field(name: "content-type", value: options.contentType)]
        if let storageClass = options.storageClass ?? settings.storageClass {
            fields.append(.init(name: "\(self.prefix)storage-class", value: storageClass))
        }
        fields += try self.headers(for: options.encryption ?? settings.encryption)
        if options.lockedUntil != nil || options.legalHold {
            guard self.locks else { throw .unsupported("objects are locked by the bucket's own retention here") }
        }
        if let until = options.lockedUntil {
            guard let milliseconds = Int64(exactly: until)?.multipliedReportingOverflow(by: 1000),
                !milliseconds.overflow,
                (0...253_402_300_799).contains(until)
            else { throw .configuration("nothing can be locked until a time that no calendar has") }
            let date = UTCInstant(milliseconds: milliseconds.partialValue).text(withThousandths: false)
            fields.append(.init(name: "\(self.prefix)object-lock-mode", value: "COMPLIANCE"))
            fields.append(.init(name: "\(self.prefix)object-lock-retain-until-date", value: date))
        }
        if options.legalHold { fields.append(.init(name: "\(self.prefix)object-lock-legal-hold", value: "ON")) }
        return fields
    }

    private func headers(for encryption: ServerEncryption?) throws(ObjectStoreError) -> [SignableRequest.Field] {
        switch encryption {
        case nil: []
        // Google encrypts everything so, and knows no header for it.
        case .store: self.isGoogle ? [] : [.init(name: "x-amz-server-side-encryption", value: "AES256")]
        case .keyService(let key):
            if self.isGoogle {
                key.map { [.init(name: "x-goog-encryption-kms-key-name", value: $0)] } ?? []
            } else {
                [.init(name: "x-amz-server-side-encryption", value: "aws:kms")]
                    + (key.map { [.init(name: "x-amz-server-side-encryption-aws-kms-key-id", value: $0)] } ?? [])
            }
        case .customer(let key): self.headers(for: key)
        }
    }

    /// The key that an object is encrypted with, as every request for it has to tell it.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - part: What stands before the names where it is that of an object that is copied.
    /// - Returns: The headers.
    func headers(for key: CustomerKey, of part: String = "") -> [SignableRequest.Field] {
        let name =
            self.isGoogle
            ? "\(self.prefix)\(part)encryption-" : "\(self.prefix)\(part)server-side-encryption-customer-"
        let digest = Array(SHA256.hash(data: key.bytes)).base64
        let sum = Array(Insecure.MD5.hash(data: key.bytes)).base64
        return [
            .init(name: "\(name)algorithm", value: "AES256"), .init(name: "\(name)key", value: key.bytes.base64),
            .init(name: self.isGoogle ? "\(name)key-sha256" : "\(name)key-MD5", value: self.isGoogle ? digest : sum),
        ]
    }

    /// The checksum of what is sent.
    func headers(for checksum: CRC32C) -> [SignableRequest.Field] {
        if self.isGoogle { return [.init(name: "x-goog-hash", value: "crc32c=\(checksum.bytes.base64)")] }
        return [
            .init(name: "x-amz-checksum-crc32c", value: checksum.bytes.base64),
            // Some want to be told which, before they take what is to be locked.
            .init(name: "x-amz-sdk-checksum-algorithm", value: "CRC32C"),
        ]
    }

    // MARK: What is answered

    /// The checksums of a whole object that an answer names, in Base64.
    func checksums(in headers: HTTPHeaders) -> (crc32c: String?, sha256: String?) {
        if self.isGoogle {
            let hashes = headers["x-goog-hash"].flatMap { $0.split(separator: ",") }
            let sum = hashes.map { $0.drop { $0 == " " } }.first { $0.hasPrefix("crc32c=") }
            return (sum.map { String($0.dropFirst(7)) }, nil)
        }
        // One of an object in parts is of its parts' checksums, and says how many these are.
        let whole = { (name: String) in headers.first(name: name).flatMap { $0.contains("-") ? nil : $0 } }
        return (whole("x-amz-checksum-crc32c"), whole("x-amz-checksum-sha256"))
    }

    /// What an answer's headers say of an object.
    ///
    /// - Parameters:
    ///   - headers: Of the answer.
    ///   - size: How large it is, where the headers are of something else.
    /// - Returns: As much as they say.
    func attributes(_ headers: HTTPHeaders, size: Int? = nil) -> ObjectAttributes {
        let length = headers.first(name: "Content-Length").flatMap { Int($0) }
        let modified = headers.first(name: "Last-Modified") ?? headers.first(name: "Date")
        let until = headers.first(name: "\(self.prefix)object-lock-retain-until-date").flatMap(HTTPDate.readISO)
        return ObjectAttributes(
            size: size ?? length ?? 0,
            etag: Self.unquoted(headers.first(name: "ETag") ?? ""),
            modified: modified.flatMap(HTTPDate.read) ?? 0,
            version: headers.first(name: self.versionHeader),
            storageClass: headers.first(name: "\(self.prefix)storage-class"),
            lockedUntil: until.map { $0 / 1000 },
            legalHold: headers.first(name: "\(self.prefix)object-lock-legal-hold") == "ON"
        )
    }

    static func unquoted(_ etag: String) -> String {
        etag.count >= 2 && etag.hasPrefix("\"") && etag.hasSuffix("\"") ? String(etag.dropFirst().dropLast()) : etag
    }
}
