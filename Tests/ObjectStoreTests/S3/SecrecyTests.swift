import Logging
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import ObjectStore

/// What must not be told is not.
@Suite struct SecrecyTests {
    private struct Lines: LogHandler {
        final class Kept: Sendable {
            let lines = Mutex<[String]>([])
        }

        let kept: Kept
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { self.metadata[key] }
            set { self.metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            self.kept.lines.withLock { $0.append("\(event.message) \(event.metadata ?? [:])") }
        }
    }

    @Test func `no key is in an error or a log, also where the store sends it back`() async throws {
        let kept = Lines.Kept()
        let (access, secret) = (S3Server.accessKey, S3Server.secretKey)
        let document = "<Error><Code>InternalError</Code><Message>\(access) and \(secret)</Message></Error>"
        try await S3Proxy.with(to: 1, { _ in .say(500, document) }) { proxy in
            let settings = S3Bucket.settings("bucket", port: proxy.port)
            let source = CachedCredentials(StaticCredentials(S3Bucket.credentials))
            let store = try S3Store(
                settings,
                credentials: source,
                logger: Logger(label: "a") { _ in Lines(kept: kept) }
            )
            let error = await failure { try await store.put("a") }
            #expect(error == .unavailable("InternalError: … and …"))
            let lines = kept.lines.withLock { $0 }
            #expect(lines.count == 5)
            #expect(lines.allSatisfy { $0.contains("InternalError") && !$0.contains(access) && !$0.contains(secret) })
            await store.shutdown()
        }
    }
}
