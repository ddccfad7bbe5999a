// Where a bucket is: the host, and what of the path is its name.

/// Makes URLs of a store.
struct S3Endpoint: Hashable, Sendable {
    private let scheme: String
    /// With its port where it is not the scheme's own; nil for AWS, whose hosts follow from the region.
    private let host: String?
    private let bucket: String
    private let isPathStyle: Bool

    init(_ settings: S3Settings) throws(ObjectStoreError) {
        let name = settings.bucket
        guard (3...255).contains(name.utf8.count), name.utf8.allSatisfy(Self.isOfName), !name.hasPrefix(".") else {
            throw .configuration("\(name) is no name of a bucket: use small letters, digits, dots and hyphens")
        }
        self.bucket = name
        guard let endpoint = settings.endpoint else {
            self.scheme = "https"
            self.host = nil
            // A name with dots fits no certificate.
            self.isPathStyle = settings.isPathStyle || name.contains(".")
            return
        }
        guard let separator = endpoint.firstRange(of: "://"),
            ["http", "https"].contains(endpoint[..<separator.lowerBound])
        else { throw .configuration("the endpoint \(endpoint) must begin with https:// or http://") }
        var host = endpoint[separator.upperBound...]
        if host.last == "/" { host.removeLast() }
        guard !host.isEmpty, !host.contains(where: { "/?#@ ".contains($0) }) else {
            throw .configuration("the endpoint must be a host and perhaps a port, with nothing before or behind")
        }
        self.scheme = String(endpoint[..<separator.lowerBound])
        let port = scheme == "https" ? ":443" : ":80"
        self.host = String(host.hasSuffix(port) ? host.dropLast(port.count) : host)
        self.isPathStyle = settings.isPathStyle
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// Whether it is AWS's, where a region says everything.
    var isAWS: Bool { self.host == nil }

    /// Where something of the bucket is.
    struct Target: Hashable, Sendable {
        /// The scheme and the host.
        let base: String
        let host: String
        /// As it is meant, not encoded.
        let path: String
    }

    /// Where an object, or the bucket itself, is.
    ///
    /// - Parameters:
    ///   - key: The object; nil for the bucket.
    ///   - place: What the store said of where it is.
    /// - Returns: The parts of the URL.
    func target(_ key: ObjectKey?, _ place: S3Place) -> Target {
        let name = key.map { "/\($0.text)" } ?? ""
        let suffix = place.region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
        let store = self.host ?? "s3.\(place.region).\(suffix)"
        let host = place.host ?? (self.isPathStyle ? store : "\(self.bucket).\(store)")
        let path = self.isPathStyle ? "/\(self.bucket)\(name)" : name.isEmpty ? "/" : name
        return Target(base: "\(self.scheme)://\(host)", host: host, path: path)
    }

    /// Whether a store may send us to a host: to one of its own, or what we put would go to whoever says so.
    func mayLead(to other: String) -> Bool {
        let name = Self.withoutPort(other)
        guard let host else { return name.hasSuffix(".amazonaws.com") || name.hasSuffix(".amazonaws.com.cn") }
        let own = Self.withoutPort(host)
        return name == own || name.hasSuffix(".\(own)")
    }

    private static func withoutPort(_ host: String) -> String {
        guard !host.hasSuffix("]"), let colon = host.lastIndex(of: ":") else { return host.lowercased() }
        return host[..<colon].lowercased()
    }
}
