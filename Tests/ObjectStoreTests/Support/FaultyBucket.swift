import TestSupport

@testable import ObjectStore

/// A bucket behind a server that misbehaves as a test says.
enum FaultyBucket {
    static func with(
        kind: S3Bucket.Kind = .plain,
        time: StoreTime = .system,
        _ judge: @escaping S3Proxy.Judge,
        _ change: (inout S3Settings) -> Void = { _ in },
        _ body: (S3Store, S3Proxy) async throws -> Void
    ) async throws {
        let server = try await S3Server.ofAllTests()
        let name = try await S3Bucket.make(kind)
        try await S3Proxy.with(to: server.port, judge) { proxy in
            var settings = S3Bucket.settings(name, port: proxy.port)
            change(&settings)
            let store = try S3Bucket.store(settings, time: time)
            do { try await body(store, proxy) } catch {
                await store.shutdown()
                throw error
            }
            await store.shutdown()
        }
    }
}
