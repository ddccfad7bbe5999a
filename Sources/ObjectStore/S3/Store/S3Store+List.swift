import NIOCore

/// What there is in a bucket.
extension S3Store {
    /// Stands before the store's own name for where a page begins: no key has it.
    private static let mark = "\u{1}"

    package func list(
        _ prefix: String,
        after: String?,
        delimiter: String?,
        limit: Int
    ) async throws(ObjectStoreError) -> ObjectPage {
        var request = S3Request("GET")
        request.ask("list-type", "2")
        request.ask("encoding-type", "url")
        request.ask("max-keys", String(min(max(limit, 1), 1000)))
        if !prefix.isEmpty { request.ask("prefix", prefix) }
        if let delimiter, !delimiter.isEmpty { request.ask("delimiter", delimiter) }
        if let after {
            if after.hasPrefix(Self.mark) {
                request.ask("continuation-token", String(after.dropFirst()))
            } else {
                request.ask("start-after", after)
            }
        }
        let root = try await self.document(request)
        let isEncoded = root.text("EncodingType") == "url"
        let text = { (encoded: String) in isEncoded ? PercentEncoding.decode(encoded) : encoded }
        var page = ObjectPage()
        for node in root.all("Contents") {
            // What others put there under a key that is none for us.
            guard let key = node.text("Key").flatMap({ ObjectKey(text($0)) }) else { continue }
            let attributes = ObjectAttributes(
                size: node.text("Size").flatMap { Int($0) } ?? 0,
                etag: S3Dialect.unquoted(node.text("ETag") ?? ""),
                modified: node.text("LastModified").flatMap(HTTPDate.readISO) ?? 0,
                storageClass: node.text("StorageClass")
            )
            page.items.append(ObjectPage.Item(key, attributes))
        }
        page.commonPrefixes = root.all("CommonPrefixes").compactMap { $0.text("Prefix").map(text) }
        if root.text("IsTruncated") == "true", let token = root.text("NextContinuationToken") {
            page.next = Self.mark + token
        }
        return page
    }

    package func listVersions(
        _ prefix: String,
        after: VersionPlace?,
        limit: Int
    ) async throws(ObjectStoreError) -> VersionPage {
        var request = S3Request("GET")
        request.ask("versions")
        request.ask("encoding-type", "url")
        request.ask("max-keys", String(min(max(limit, 1), 1000)))
        if !prefix.isEmpty { request.ask("prefix", prefix) }
        if let after {
            request.ask("key-marker", after.key)
            if let version = after.version { request.ask(self.dialect.versionMarkerQuery, version) }
        }
        let root = try await self.document(request)
        let isEncoded = root.text("EncodingType") == "url"
        let text = { (encoded: String) in isEncoded ? PercentEncoding.decode(encoded) : encoded }
        var page = VersionPage()
        for node in root.children where node.name == "Version" || node.name == "DeleteMarker" {
            guard let key = node.text("Key").flatMap({ ObjectKey(text($0)) }) else { continue }
            let item = VersionPage.Item(
                ObjectVersion(key, version: node.text("VersionId") ?? node.text("Generation")),
                size: node.text("Size").flatMap { Int($0) } ?? 0,
                isLatest: node.text("IsLatest") == "true",
                isDeleteMarker: node.name == "DeleteMarker"
            )
            page.items.append(item)
        }
        if root.text("IsTruncated") == "true", let key = root.text("NextKeyMarker") {
            let version = root.text("NextVersionIdMarker") ?? root.text("NextGenerationMarker")
            page.next = VersionPlace(text(key), version.flatMap { $0.isEmpty ? nil : $0 })
        }
        return page
    }

    /// Asks for a document.
    func document(_ request: S3Request) async throws(ObjectStoreError) -> XMLNode {
        let answer = try await self.send(request)
        guard let root = XMLReader.read(answer.body.readableBytesView) else {
            throw .unavailable("the store answers in no XML that can be read")
        }
        return root
    }
}
