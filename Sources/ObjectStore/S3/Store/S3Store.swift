// A bucket of S3, or of one of the many that speak as it does.

import AsyncHTTPClient
package import Logging

/// Keeps objects in a bucket of S3 or of a store that is compatible with it.
package final class S3Store: ObjectStore {
    let client: S3Client
    let dialect: S3Dialect

    /// Prepares a store; nothing is sent yet.
    ///
    /// - Parameters:
    ///   - settings: Which bucket, and how.
    ///   - credentials: Who we are.
    ///   - logger: Hears of requests that are sent again, never of credentials.
    ///   - time: The clocks.
    /// - Throws: ``ObjectStoreError/configuration(_:)``
    package convenience init(
        _ settings: S3Settings,
        credentials: CachedCredentials,
        logger: Logger,
        time: StoreTime = .system
    ) throws(ObjectStoreError) {
        try self.init(settings, SignatureAuthorizer(credentials), .aws, logger: logger, time: time)
    }

    init(
        _ settings: S3Settings,
        _ authorizer: any Authorizer,
        _ dialect: S3Dialect,
        logger: Logger,
        time: StoreTime
    ) throws(ObjectStoreError) {
        guard settings.partSize > 0, settings.partsAtOnce > 0 else {
            throw .configuration("an object's parts must have bytes, and one must be sent at a time at least")
        }
        if case .customer = settings.encryption { try Self.checkWay(settings) }
        self.client = try S3Client(settings, authorizer, logger: logger, time: time)
        self.dialect = dialect
    }

    /// A key of the customer's goes along with every request.
    ///
    /// - Throws: ``ObjectStoreError/configuration(_:)`` where others could read it on the way.
    private static func checkWay(_ settings: S3Settings) throws(ObjectStoreError) {
        guard let endpoint = settings.endpoint, !ContainerCredentials.isTrustworthy(endpoint) else { return }
        throw .configuration(
            "the key for the objects must not be sent without TLS: have the endpoint begin with https://"
        )
    }

    /// What is said of how an object is kept.
    ///
    /// - Throws: ``ObjectStoreError`` for what this store cannot do, or not safely.
    func headers(for options: PutOptions) throws(ObjectStoreError) -> [SignableRequest.Field] {
        if case .customer = options.encryption { try Self.checkWay(self.client.settings) }
        return try self.dialect.headers(for: options, self.client.settings)
    }

    package func shutdown() async { await self.client.shutdown() }

    var bucket: String { self.client.settings.bucket }

    /// Sends a request about an object or the bucket.
    func send(_ request: S3Request) async throws(ObjectStoreError) -> S3Answer {
        do throws(S3Failure) { return try await self.client.send(request) } catch {
            throw error.error(request.key, bucket: self.bucket)
        }
    }

    /// Adds the key that objects are read with, where the customer keeps it.
    func addReadingKey(to request: inout S3Request) {
        guard case .customer(let key) = self.client.settings.encryption else { return }
        request.headers += self.dialect.headers(for: key)
    }

    /// Adds which version is meant.
    func add(version: String?, to request: inout S3Request) {
        if let version { request.ask(self.dialect.versionQuery, version) }
    }

    package func presign(
        _ method: PresignedMethod,
        _ key: ObjectKey,
        for time: Duration
    ) async throws(ObjectStoreError) -> String {
        let seconds = time.components.seconds
        guard (1...604_800).contains(seconds) else {
            throw .configuration("a URL of an object may be used for a second to seven days")
        }
        return try await self.client.presign(method.rawValue, key, for: Int(seconds))
    }
}
