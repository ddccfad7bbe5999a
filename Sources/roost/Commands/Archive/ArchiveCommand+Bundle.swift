// A tenant from one installation to another, as one file.

import Archive
import ArgumentParser
import Crypto
import Edge
import Foundation
import Observability
import StateStore
import Tenant

extension ArchiveCommand {
    /// Is `roost archive export`.
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export",
            abstract: "Write a tenant as one file, which another installation imports.",
            discussion: "Accounts, channels, history and what else the database has of it, while it is served or not; "
                + "with --archive also what only the archive still has. Keep the file as you keep the database."
        )

        @OptionGroup var database: DatabaseOptions
        @OptionGroup var archive: ArchiveOptions
        @Option(help: "The file to write; else the standard output.") var output: String?
        @Option(help: "A YAML file with the Tenant, which is to be in the bundle.") var resource: String?
        @Flag(help: "Leave out what people log in with: each account needs a new password then.")
        var withoutSecrets = false

        func run() async throws {
            if self.output == nil, isatty(1) != 0 {
                throw ValidationError("--output: name a file: a bundle is no text")
            }
            let settings = try self.resource.map(Self.tenant)
            let tenant = self.archive.tenant
            try await self.database.withStore { store in
                guard try await DatabaseOptions.isKnown(tenant, in: store) else {
                    throw CommandFailure.exit(
                        CommandFailure.usage,
                        "nothing in this database is of a tenant `\(tenant)`"
                    )
                }
                if !self.withoutSecrets {
                    CommandOutput.say(
                        "the bundle has password hashes and other secrets: keep it as you keep the database; "
                            + "--without-secrets leaves them out"
                    )
                }
                let header = BundleHeader(
                    tenant: tenant.text,
                    exportedAt: UTCInstant(milliseconds: WallClock.system()).description,
                    schema: Schema.version,
                    roost: Product.version,
                    secrets: !self.withoutSecrets,
                    settings: settings
                )
                try await BundleFailure.handle {
                    if self.archive.isGiven {
                        try await self.archive.with { try await self.write(header, store, $0) }
                    } else {
                        CommandOutput.say("what only the archive still has is left out: --archive says where it is")
                        try await self.write(header, store, nil)
                    }
                }
            }
        }

        private func write(_ header: BundleHeader, _ store: DurableStore, _ archive: TenantArchive?) async throws {
            let output = try CommandOutput(self.output)
            let progress = CommandProgress()
            let export = BundleExport(of: self.archive.tenant, in: store, header, archive: archive)
            let end = try await export.write(progress: progress.note) { try output.write($0) }
            try output.finish()
            CommandOutput.say("\(header.tenant) is exported: \(end.lines) lines, \(end.archive) of them of the archive")
        }

        /// The documents of a file that are Tenants: secrets beside them stay where they are.
        private static func tenant(_ path: String) throws -> String {
            guard let data = FileManager.default.contents(atPath: path), data.count <= 1 << 20 else {
                throw ValidationError("--resource: \(path) cannot be read, or is larger than a Tenant is")
            }
            let documents = String(decoding: data, as: UTF8.self).split(
                separator: "\n",
                omittingEmptySubsequences: false
            )
            .split { $0.hasPrefix("---") }
            let tenants = documents.filter { $0.contains { line in line.hasPrefix("kind: Tenant") && line.count < 15 } }
            guard tenants.count == 1, let lines = tenants.first else {
                throw ValidationError(
                    "--resource: \(path) describes \(tenants.count) Tenants: name a file with this one"
                )
            }
            return lines.joined(separator: "\n") + "\n"
        }
    }

    /// Is `roost archive import`.
    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import",
            abstract: "Bring a bundle into a database that has nothing of the tenant.",
            discussion:
                "All of the bundle is looked at before anything is stored. An import that was cut off goes on when the same "
                + "command is run again. Nobody should be served meanwhile: stop `roost dev`, suspend the tenant in a cluster."
        )

        @Argument(help: "The bundle.") var file: String
        @Option(help: "The tenant, which may have another name than in the bundle.", transform: TenantID.argument)
        var tenant: TenantID
        @OptionGroup var database: DatabaseOptions
        @Option(help: "Write the Tenant that is in the bundle into a file.") var resource: String?
        @Option(help: "The secret of this installation, a file: second factors are sealed with it.") var secret: String?
        @Option(help: "The secret of the installation that the bundle comes from.") var fromSecret: String?

        func validate() throws {
            if (self.secret == nil) != (self.fromSecret == nil) {
                throw ValidationError("--secret and --from-secret: name both, or neither")
            }
        }

        func run() async throws {
            try await self.database.withStore { store in
                try await BundleFailure.handle { try await self.bring(into: store) }
            }
        }

        private func bring(into store: DurableStore) async throws {
            let schema = try await BundleSchema.load(store)
            let file = BundleFile(self.file)
            let header = try file.header()
            let reseal = try self.resealing(from: header)
            let bundle = BundleImport(file, as: self.tenant, into: store, schema, reseal: reseal)
            CommandOutput.say("looking at all of \(self.file), made of \(header.tenant) on \(header.exportedAt)")
            let contents = try await bundle.verify()
            if contents.secondFactors > 0, reseal == nil {
                let text =
                    "\(contents.secondFactors) accounts ask for codes: they log in only where installation and tenant's name "
                    + "are the same as before; else name both secrets, --from-secret and --secret"
                if header.tenant != self.tenant.text {
                    throw CommandFailure.exit(CommandFailure.configuration, text + "; nothing was changed")
                }
                CommandOutput.say(text)
            }
            if store.database.dialect == .postgres, try await store.tenants.find(self.tenant) == nil {
                CommandOutput.say(
                    "the database knows no Tenant \(self.tenant): in a cluster make it first, suspended, and begin again"
                )
            }
            let progress = CommandProgress()
            let outcome = try await bundle.run(contents, progress: progress.note)
            if let resource, let settings = header.settings { try Files.replace(resource, with: Array(settings.utf8)) }
            if outcome.known > 0 { CommandOutput.say("\(outcome.known) rows were there already") }
            if outcome.unkept > 0 {
                CommandOutput.say("\(outcome.unkept) lines of the archive are of no history, and were passed over")
            }
            if !header.secrets { CommandOutput.say("nobody has a password: `roost account password` gives one") }
            print("\(self.tenant) is here: \(outcome.stored) rows of \(header.tenant)")
        }

        private func resealing(from header: BundleHeader) throws -> BundleIntake.Resealing? {
            guard let secret, let fromSecret, let source = TenantID(header.tenant) else { return nil }
            let (old, new) = try CommandFailure.configuration {
                (try InstallationSecret.load(fromSecret), try InstallationSecret.load(secret))
            }
            let (from, to) = (TOTPSeal(from: old, tenant: source), TOTPSeal(from: new, tenant: self.tenant))
            return { sealed, account in from.open(sealed, of: account).flatMap { to.seal($0, of: account) } }
        }
    }
}

/// How commands end that write or read bundles.
enum BundleFailure {
    /// Runs something; failures end the program with a message and its exit code.
    static func handle(_ body: () async throws -> Void) async throws {
        do { try await body() } catch let error as BundleError {
            switch error {
            case .database(let error): throw CommandFailure.exit(error)
            case .file: throw CommandFailure.exit(CommandFailure.unavailable, "\(error)")
            default: throw CommandFailure.exit(CommandFailure.configuration, "\(error)")
            }
        } catch let error as FileFailure {
            throw CommandFailure.exit(CommandFailure.unavailable, "cannot \(error)")
        } catch let error as ArchiveError {
            throw CommandFailure.exit(CommandFailure.unavailable, "\(error)")
        }
    }
}
