import Logging
import NIOCore
import TestSupport

@testable import ObjectStore

/// A bucket of its own for a test, in the server that all tests share.
enum S3Bucket {
    /// What the bucket is to have.
    enum Kind: Sendable {
        case plain
        case versioned
        case locking
    }

    static let credentials = S3Credentials(
        accessKey: Secret(S3Server.accessKey),
        secretKey: Secret(S3Server.secretKey)
    )

    /// Settings for a bucket at a port of 127.0.0.1, with pauses that no test waits for.
    static func settings(_ name: String, port: Int) -> S3Settings {
        var settings = S3Settings(bucket: name)
        settings.endpoint = "http://127.0.0.1:\(port)"
        settings.isPathStyle = true
        settings.firstPause = .milliseconds(1)
        settings.partSize = 5 << 20
        return settings
    }

    /// A store over a bucket.
    static func store(_ settings: S3Settings, time: StoreTime = .system) throws -> S3Store {
        let credentials = CachedCredentials(StaticCredentials(Self.credentials), time: time)
        return try S3Store(settings, credentials: credentials, logger: Logger(label: "objects"), time: time)
    }

    /// Makes a bucket.
    ///
    /// - Returns: Its name.
    static func make(_ kind: Kind = .plain, on maker: S3Server.Kind = .moto) async throws -> String {
        let server = try await S3Server.ofAllTests(maker)
        let name = "bucket-\(UInt64.random(in: 0...UInt64.max))"
        let store = try Self.store(Self.settings(name, port: server.port))
        var request = S3Request("PUT")
        if kind == .locking { request.add("x-amz-bucket-object-lock-enabled", "true") }
        _ = try await store.send(request)
        if kind == .versioned {
            var versioning = S3Request("PUT")
            versioning.ask("versioning")
            let status = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
            versioning.body = ByteBuffer(string: status)
            _ = try await store.send(versioning)
        }
        await store.shutdown()
        return name
    }

    /// Gives a bucket to a test.
    static func with(
        _ kind: Kind = .plain,
        on maker: S3Server.Kind = .moto,
        time: StoreTime = .system,
        _ change: (inout S3Settings) -> Void = { _ in },
        _ body: (S3Store) async throws -> Void
    ) async throws {
        let server = try await S3Server.ofAllTests(maker)
        var settings = Self.settings(try await Self.make(kind, on: maker), port: server.port)
        change(&settings)
        let store = try Self.store(settings, time: time)
        do { try await body(store) } catch {
            await store.shutdown()
            throw error
        }
        await store.shutdown()
    }
}
