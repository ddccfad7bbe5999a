import Archive
import ArgumentParser
import Foundation
import Logging
import ObjectStore
import Observability
import StateStore
import Tenant

/// `roost archive`: what was said, in the bucket, and what of a tenant or a person goes elsewhere.
///
/// What reads needs the bucket and the cell's keys; what changes something, and jobs, the database as well.
struct ArchiveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive",
        abstract: "Find, read, verify and restore what was archived; carry tenants elsewhere.",
        subcommands: [
            List.self, Get.self, Grep.self, Verify.self, Restore.self, Forget.self, Export.self, Import.self,
            Person.self, Erasures.self, Jobs.self,
        ]
    )
}

/// Which archive.
struct ArchiveOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where the archives are: folder:PATH, s3://BUCKET/PREFIX?region=…, gs://BUCKET/PREFIX.",
            discussion: "Else the environment's ROOST_ARCHIVE_URL, else what `roost dev` uses."
        )
    )
    var archive: String?
    @Option(
        help: ArgumentHelp(
            "The folder with the cell's keys.",
            discussion: "Else the environment's ROOST_ARCHIVE_KEYS, else what `roost dev` uses."
        )
    )
    var keys: String?
    @Option(
        help: ArgumentHelp(
            "A folder with accessKeyId and secretAccessKey, or key.json.",
            discussion: "Else the environment's ROOST_ARCHIVE_CREDENTIALS, else what AWS's and Google's tools go by."
        )
    )
    var credentials: String?
    @Option(help: "Certificates in PEM that prove the store, beside the system's.") var authorities = ""
    @Option(help: "The tenant.", transform: TenantID.argument) var tenant: TenantID

    /// Whether somebody said where the archives are.
    var isGiven: Bool {
        self.archive != nil || !(ProcessInfo.processInfo.environment["ROOST_ARCHIVE_URL"] ?? "").isEmpty
    }

    /// Opens the archive for the time of a block; failures end the program with a message and its exit code.
    ///
    /// - Parameters:
    ///   - repository: What the database knows; nil where there is only the bucket.
    ///   - body: What to do with it.
    /// - Throws: The exit code, after the message was written, and what the body throws.
    func with(
        _ repository: ArchiveRepository? = nil,
        _ body: (TenantArchive) async throws -> Void
    ) async throws {
        let environment = ProcessInfo.processInfo.environment
        let place = try CommandFailure.configuration {
            try ArchivePlace(
                url: self.archive ?? environment["ROOST_ARCHIVE_URL"] ?? DevelopmentArchive.url("./roost-data"),
                keys: self.keys ?? environment["ROOST_ARCHIVE_KEYS"] ?? DevelopmentArchive.keys("./roost-data"),
                credentials: self.credentials ?? environment["ROOST_ARCHIVE_CREDENTIALS"] ?? "",
                authorities: self.authorities,
                named: "--archive-"
            )
        }
        guard let place else {
            throw CommandFailure.exit(CommandFailure.configuration, "--archive: name a place such as folder:PATH")
        }
        do {
            let objects = try await place.open(logger: Logger(label: "roost") { _ in SwiftLogNoOpLogHandler() })
            let archive = OpenArchives(place: place, objects: objects).archive(of: self.tenant, repository)
            do {
                try await body(archive)
            } catch {
                await objects.shutdown()
                throw error
            }
            await objects.shutdown()
        } catch let error as ObjectStoreError {
            throw CommandFailure.exit(CommandFailure.unavailable, "\(error)")
        } catch let error as ArchiveError {
            switch error {
            case .store, .database: throw CommandFailure.exit(CommandFailure.unavailable, "\(error)")
            default: throw CommandFailure.exit(CommandFailure.configuration, "\(error)")
            }
        }
    }
}

/// Which part of an archive.
struct ArchiveSelection: ParsableArguments {
    @Option(help: "From when on: 2026-01-31, or 2026-01-31T18:30Z.", transform: Self.instant) var from: UTCInstant?
    @Option(help: "Until when: a whole day, or a moment.", transform: Self.end) var to: UTCInstant?
    @Option(help: "Of one channel, such as '#lobby'.") var channel: String?
    @Option(help: "Of one account.") var account: String?

    var query: ArchiveQuery {
        get throws {
            let start = self.from?.milliseconds ?? 0
            let end = self.to?.milliseconds ?? .max
            guard start <= end else { throw ValidationError("--to: is before --from") }
            return ArchiveQuery(conversation: self.channel, times: max(0, start)...max(0, end), account: self.account)
        }
    }

    static func instant(_ text: String) throws -> UTCInstant {
        guard let instant = UTCInstant(text) else {
            throw ValidationError("'\(text)' is no time: write 2026-01-31 or 2026-01-31T18:30Z")
        }
        return instant
    }

    /// A day ends with its last millisecond.
    static func end(_ text: String) throws -> UTCInstant {
        let instant = try Self.instant(text)
        return text.contains("T") ? instant : UTCInstant(milliseconds: instant.milliseconds + 86_399_999)
    }
}

extension TranscriptFormat: ExpressibleByArgument {}
