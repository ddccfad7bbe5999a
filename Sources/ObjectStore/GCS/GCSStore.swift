// Google's Cloud Storage, by its XML interface (cloud.google.com/storage/docs/xml-api/overview): what S3 speaks, in
// other words. Generations are its versions; it deletes objects one by one; locks are the bucket's own.

package import Logging
package import NIOCore

/// Keeps objects in a bucket of Google's Cloud Storage.
package final class GCSStore: ObjectStore {
    private let store: S3Store

    /// Prepares a store; nothing is sent yet.
    ///
    /// - Parameters:
    ///   - settings: Which bucket, and how; its region and endpoint are Google's own where they are not said.
    ///   - credentials: Who we are.
    ///   - logger: Hears of requests that are sent again, never of credentials.
    ///   - time: The clocks.
    /// - Throws: ``ObjectStoreError/configuration(_:)``
    package init(
        _ settings: S3Settings,
        credentials: GCSCredentials,
        logger: Logger,
        time: StoreTime = .system
    ) throws(ObjectStoreError) {
        var settings = settings
        if settings.endpoint == nil { settings.endpoint = "https://storage.googleapis.com" }
        settings.region = "auto"
        settings.isPathStyle = true
        let authorizer: any Authorizer
        switch credentials {
        case .hmac(let keys): authorizer = SignatureAuthorizer(keys, service: "storage", scheme: .google)
        case .serviceAccount(let json):
            let source = try ServiceAccountTokens(json, time: time)
            authorizer = BearerAuthorizer(
                tokens: ExpiringCache(time: time) { () throws(ObjectStoreError) in try await source.fetch() }
            )
        case .metadata(let host):
            let source = MetadataTokens(host: host, client: CredentialClient(time: time), time: time)
            authorizer = BearerAuthorizer(
                tokens: ExpiringCache(time: time) { () throws(ObjectStoreError) in try await source.fetch() }
            )
        }
        self.store = try S3Store(settings, authorizer, .google, logger: logger, time: time)
    }

    package func shutdown() async { await self.store.shutdown() }

    package func put(
        _ key: ObjectKey,
        _ bytes: ByteBuffer,
        _ options: PutOptions
    ) async throws(ObjectStoreError) -> ObjectAttributes { try await self.store.put(key, bytes, options) }

    package func put(
        _ key: ObjectKey,
        _ options: PutOptions,
        from body: @escaping @Sendable (any ObjectWriter) async throws -> Void
    ) async throws(ObjectStoreError) -> ObjectAttributes { try await self.store.put(key, options, from: body) }

    package func get(
        _ key: ObjectKey,
        _ range: ObjectRange?,
        version: String?
    ) async throws(ObjectStoreError) -> ObjectReading { try await self.store.get(key, range, version: version) }

    package func head(_ key: ObjectKey, version: String?) async throws(ObjectStoreError) -> ObjectAttributes {
        try await self.store.head(key, version: version)
    }

    package func list(
        _ prefix: String,
        after: String?,
        delimiter: String?,
        limit: Int
    ) async throws(ObjectStoreError) -> ObjectPage {
        try await self.store.list(prefix, after: after, delimiter: delimiter, limit: limit)
    }

    package func listVersions(
        _ prefix: String,
        after: VersionPlace?,
        limit: Int
    ) async throws(ObjectStoreError) -> VersionPage {
        try await self.store.listVersions(prefix, after: after, limit: limit)
    }

    package func delete(
        _ objects: [ObjectVersion]
    ) async throws(ObjectStoreError) -> [ObjectVersion: ObjectStoreError] { try await self.store.delete(objects) }

    package func copy(
        _ source: ObjectKey,
        to key: ObjectKey,
        _ options: PutOptions
    ) async throws(ObjectStoreError) -> ObjectAttributes { try await self.store.copy(source, to: key, options) }

    package func presign(
        _ method: PresignedMethod,
        _ key: ObjectKey,
        for time: Duration
    ) async throws(ObjectStoreError) -> String { try await self.store.presign(method, key, for: time) }

    package func facts() async throws(ObjectStoreError) -> BucketFacts { try await self.store.facts() }
}
