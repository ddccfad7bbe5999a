// What proves who we are to a store, kept as long as it is good.

extension S3Credentials: Expiring {}

/// The credentials of the moment.
package final class CachedCredentials: Sendable {
    private let cache: ExpiringCache<S3Credentials>

    /// Prepares it; nothing is fetched yet.
    ///
    /// - Parameters:
    ///   - source: Where they come from.
    ///   - time: The clocks.
    package init(_ source: any CredentialSource, time: StoreTime = .system) {
        self.cache = ExpiringCache(time: time) { () throws(ObjectStoreError) in
            guard let credentials = try await source.fetch() else {
                throw .configuration("there are no credentials for the object store: give some in its settings")
            }
            return credentials
        }
    }

    /// Credentials that are good now.
    ///
    /// - Returns: Those that there are, or new ones.
    /// - Throws: ``ObjectStoreError`` if there are none.
    package func current() async throws(ObjectStoreError) -> S3Credentials { try await self.cache.current() }

    /// Hears that the store takes them no more.
    package func renew() async { await self.cache.renew() }
}
