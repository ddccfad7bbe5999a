// What the commands share that look after the durable store.

import ArgumentParser
import Foundation
import Logging
import Observability
import StateStore
import Tenant

/// Which database a command works on.
struct DatabaseOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The database: postgres://… or sqlite:PATH.",
            discussion: "Else the environment's ROOST_DATABASE_URL, else what `roost dev` uses: "
                + "\(DurableStore.developmentURL)."
        )
    )
    var database: String?

    /// Opens the database for the time of a block; failures end the program with a message and its exit code.
    ///
    /// - Parameters:
    ///   - isNew: Whether the database may be new.
    ///   - isCurrent: Whether its schema has to be the one that this program needs.
    ///   - body: What to do with it.
    /// - Throws: The exit code, after the message was written.
    func withStore(
        isNew: Bool = false,
        isCurrent: Bool = true,
        _ body: (DurableStore) async throws -> Void
    ) async throws {
        do {
            let store = try DurableStore.open(
                self.url,
                connections: 1,
                isNew: isNew,
                logger: Logger(label: "roost") { _ in SwiftLogNoOpLogHandler() }
            )
            do {
                if isCurrent { try await store.migrator.requireCurrent() }
                try await body(store)
            } catch {
                await store.close()
                throw error
            }
            await store.close()
        } catch let error as DurableStoreError {
            throw CommandFailure.exit(error)
        }
    }

    /// Whether anything in a database is of a tenant.
    static func isKnown(_ tenant: TenantID, in store: DurableStore) async throws(DurableStoreError) -> Bool {
        if try await store.tenants.find(tenant) != nil { return true }
        if try await !store.accounts.list(of: tenant, after: nil, limit: 1).isEmpty { return true }
        return try await !store.ledger.totals(of: tenant, from: .min, to: .max).isEmpty
    }

    /// Says so where nothing is of a tenant: it may be one that nobody has used yet; but a name is easily mistyped.
    static func warnIfUnknown(_ tenant: TenantID, in store: DurableStore) async throws(DurableStoreError) {
        if try await self.isKnown(tenant, in: store) { return }
        let text = "roost: nothing in this database is of a tenant `\(tenant)` yet\n"
        FileHandle.standardError.write(Data(text.utf8))
    }

    private var url: String {
        if let database { return database }
        let variable = ProcessInfo.processInfo.environment["ROOST_DATABASE_URL"] ?? ""
        return variable.isEmpty ? DurableStore.developmentURL : variable
    }
}

/// How a command ends that could not do its work.
enum CommandFailure {
    static let usage: Int32 = 64
    static let unavailable: Int32 = 69
    static let configuration: Int32 = 78

    /// Says what went wrong on the standard error.
    ///
    /// - Parameters:
    ///   - code: The process's exit status.
    ///   - message: What is wrong.
    ///   - format: As the program logs: among lines of JSON this is one, too.
    ///   - program: Who says it.
    /// - Returns: What to throw.
    static func exit(
        _ code: Int32,
        _ message: String,
        as format: LineLogHandler.Format = .text,
        by program: String = "roost"
    ) -> ExitCode {
        switch format {
        case .text: FileHandle.standardError.write(Data("\(program): \(message)\n".utf8))
        case .json:
            Logger(label: program) { LineLogHandler(label: $0, format: .json, level: .info) }.critical("\(message)")
        }
        return ExitCode(code)
    }

    /// Runs something whose errors are the configuration's fault.
    static func configuration<Value>(
        as format: LineLogHandler.Format = .text,
        _ body: () throws -> Value
    ) throws -> Value {
        do { return try body() } catch { throw self.exit(self.configuration, "\(error)", as: format) }
    }

    /// Says why the database could not be used.
    static func exit(_ error: DurableStoreError) -> ExitCode {
        switch error {
        case .schema(.blocked): self.exit(self.unavailable, error.description)
        case .configuration, .schema: self.exit(self.configuration, error.description)
        case .unavailable(let reason): self.exit(self.unavailable, "the database is unavailable: \(reason)")
        default: self.exit(self.unavailable, error.description)
        }
    }
}

extension TenantID {
    /// The value of an option.
    static func argument(_ text: String) throws -> TenantID {
        guard let tenant = TenantID(text) else {
            throw ValidationError("'\(text)' is no tenant's name: 1 to 63 lower-case letters, digits and hyphens")
        }
        return tenant
    }
}
