import Crypto
import Edge
import Foundation
import Logging
import NIOCore
import NIOPosix
import StateStore
import Synchronization
import Tenant
import Testing

/// What the log says of files that describe tenants.
struct FolderLogTests {
    /// Keeps lines with their levels.
    private final class Lines: Sendable {
        private let kept = Mutex<[String]>([])

        var all: [String] { self.kept.withLock { $0 } }

        func add(_ line: String) { self.kept.withLock { $0.append(line) } }
    }

    private struct Keeper: LogHandler {
        let lines: Lines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { self.metadata[key] }
            set { self.metadata[key] = newValue }
        }

        func log(event: LogEvent) { self.lines.add("\(event.level) \(event.message)") }
    }

    @Test func `a mistake is an error, and a setting that nothing reads a warning with its place`() async throws {
        let folder = NSTemporaryDirectory() + "roost-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let text = """
            apiVersion: roost.chat/v1alpha1
            kind: Plan
            metadata: {name: free}
            spec:
              price: {currency: EUR}
            ---
            apiVersion: roost.chat/v1alpha1
            kind: Plan
            metadata: {name: team}
            spec: {colour: red}
            """
        try text.write(toFile: "\(folder)/plans.yaml", atomically: false, encoding: .utf8)
        let lines = Lines()
        let logger = Logger(label: "test") { _ in Keeper(lines: lines) }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let durable = try DurableStore.open("sqlite::memory:", logger: logger)
        let server = await EdgeServer.start(
            on: group,
            catalog: .empty,
            live: InProcessLiveStore(),
            durable: durable,
            limits: ConnectionLimits(),
            secret: SymmetricKey(size: .bits256),
            usage: NoUsage(),
            declaresAdmins: false,
            logger: logger,
            rehash: {}
        )
        await server.apply(try FolderWatcher(folder: folder).initial)
        let told = lines.all.filter { $0.contains("plans.yaml") }
        #expect(told.contains { $0.hasPrefix("warning \(folder)/plans.yaml:5:") && $0.contains("spec.price: ") })
        #expect(told.contains { $0.hasPrefix("error \(folder)/plans.yaml:10:") && $0.contains("spec.colour: ") })
        #expect(told.count == 2)
        await durable.close()
        try await group.shutdownGracefully()
    }
}
