// The embedded database: nothing to install or start. One process of ours at a time serves from it; the command line
// may look at it or add to it meanwhile.

import Foundation
import GRDB
import Synchronization

/// A SQLite database, in a file or in memory.
///
/// A file is in WAL mode with `synchronous=FULL`: what is committed survives a power loss, not only the end of the
/// process. The deadline of a call bounds how long it waits for another process's lock, not what it does itself.
package final class SQLiteDatabase: SQLDatabase {
    /// Calls that may wait at a time; one more fails with ``DurableStoreError/busy``.
    private static let bound = 1024
    /// How long a transaction waits for another process's to end.
    private static let lockTimeout: TimeInterval = 5

    private let writer: any DatabaseWriter
    private let calls = Mutex(Calls())

    private struct Calls {
        var count = 0
        var closed = false
        /// Who closes, and waits until no call is left.
        var closer: CheckedContinuation<Void, Never>?
    }

    package let dialect = SQLDialect.sqlite

    /// Opens the database in a file.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - isNew: Whether it is made if there is none: readable by nobody else, since it holds credentials.
    /// - Throws: ``DurableStoreError/configuration(_:)`` if the file cannot be opened or is no database.
    package init(path: String, isNew: Bool = true) throws(DurableStoreError) {
        guard isNew || FileManager.default.fileExists(atPath: path) else {
            throw .configuration("there is no database \(path): name one, or make it with `roost migrate up`")
        }
        do {
            try Self.makePrivateFile(path)
            let pool = try DatabasePool(path: path, configuration: Self.settings())
            // A pool opens its one writer with NORMAL, where a commit does not wait for the disk.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            // SQLite syncs the folder for the log beside the database, not for the database itself.
            try Files.syncFolder(URL(fileURLWithPath: path).deletingLastPathComponent().path)
            self.writer = pool
        } catch {
            throw .configuration("cannot open the database \(path): \(Self.reason(error))")
        }
    }

    /// Makes an empty database in memory: it ends with the process.
    package init() throws(DurableStoreError) {
        do {
            self.writer = try DatabaseQueue(configuration: Self.settings())
        } catch {
            throw .configuration("cannot make a database in memory: \(Self.reason(error))")
        }
    }

    package func withTransaction<Answer: Sendable>(
        _ scope: SQLScope,
        _ access: SQLAccess,
        deadline: Duration,
        _ body: @escaping @Sendable (any SQLConnection) throws(DurableStoreError) -> Answer
    ) async throws(DurableStoreError) -> Answer {
        try self.calls.withLock { calls throws(DurableStoreError) in
            guard !calls.closed else { throw .closed }
            guard calls.count < Self.bound else { throw .busy }
            calls.count += 1
        }
        defer { self.ended() }
        do {
            switch access {
            case .readOnly: return try await self.writer.read { try body(SQLiteConnection($0)) }
            case .readWrite: return try await self.writer.write { try body(SQLiteConnection($0)) }
            }
        } catch let error as DurableStoreError {
            throw error
        } catch is CancellationError {
            throw .cancelled
        } catch {
            throw SQLiteConnection.failure(error)
        }
    }

    package func close() async {
        let first = self.calls.withLock { calls in
            defer { calls.closed = true }
            return !calls.closed
        }
        guard first else { return }
        // Closing blocks its thread until nothing is read any more, and who reads needs a thread to say so. So it begins when no
        // call is left. What stays open then is closed by the system with the process.
        await withCheckedContinuation { continuation in
            let isIdle = self.calls.withLock { calls in
                if calls.count > 0 { calls.closer = continuation }
                return calls.count == 0
            }
            if isIdle { continuation.resume() }
        }
        try? self.writer.close()
    }

    private func ended() {
        let closer = self.calls.withLock { calls in
            calls.count -= 1
            guard calls.count == 0 else { return CheckedContinuation<Void, Never>?.none }
            defer { calls.closer = nil }
            return calls.closer
        }
        closer?.resume()
    }

    private static func settings() -> Configuration {
        var settings = Configuration()
        settings.busyMode = .timeout(self.lockTimeout)
        settings.maximumReaderCount = 4
        return settings
    }

    private static func makePrivateFile(_ path: String) throws {
        let files = FileManager.default
        try Files.makeFolder(URL(fileURLWithPath: path).deletingLastPathComponent().path)
        guard !files.fileExists(atPath: path) else { return }
        guard files.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]) else {
            throw CocoaError(.fileWriteUnknown)
        }
    }

    private static func reason(_ error: any Error) -> String {
        if let failure = error as? FileFailure { return "cannot \(failure)" }
        return (error as? DatabaseError)?.message ?? error.localizedDescription
    }
}
