import Foundation
import Logging
import StateStore
import Tenant
import TestSupport
import Testing

/// The databases that the conformance suite runs against.
enum Driver: String, CaseIterable, CustomTestStringConvertible {
    case sqliteInMemory
    case sqliteFile
    case postgres
    /// By way of PgBouncer, with another session for each transaction.
    case pgBouncer

    var testDescription: String { self.rawValue }

    /// Opens an empty database for the time of a block.
    func withEmptyStore(_ body: (DurableStore) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "roost-durable-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        let url =
            switch self {
            case .sqliteInMemory: "sqlite::memory:"
            case .sqliteFile: "sqlite:\(folder.path)/roost.sqlite"
            case .postgres: try PostgresServer.shared().makeDatabase()
            case .pgBouncer:
                try PgBouncer.shared().url(PostgresServer.shared().makeDatabase(), of: PostgresServer.shared())
            }
        let store = try DurableStore.open(url, logger: .quiet)
        do {
            try await body(store)
            await store.close()
        } catch {
            await store.close()
            throw error
        }
    }

    /// Opens a database with the current schema for the time of a block.
    func withStore(_ body: (DurableStore) async throws -> Void) async throws {
        try await self.withEmptyStore { store in
            _ = try await store.migrator.up(now: 0)
            try await body(store)
        }
    }
}

extension Logger {
    static var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

extension TenantID {
    static var acme: TenantID { get throws { try #require(TenantID("acme")) } }
    static var globex: TenantID { get throws { try #require(TenantID("globex")) } }
}

extension Account.Credentials {
    static let some = Self(passwordHash: "$scrypt$x", scram: "SCRAM-SHA-256$y")
    static let other = Self(passwordHash: "$scrypt$z", scram: nil)
}
