import ArgumentParser
import Observability
import StateStore

/// `roost migrate`: brings a database to the schema that this program needs, or says how far it is.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Prepare the database.",
        subcommands: [Up.self, Status.self]
    )

    struct Up: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "up",
            abstract: "Apply the migrations that are missing; any number of processes may do so."
        )

        @OptionGroup var options: DatabaseOptions

        func run() async throws {
            try await self.options.withStore(isNew: true, isCurrent: false) { store in
                let versions = try await store.migrator.up(now: WallClock.system())
                for version in versions { print("applied migration \(version)") }
                print("the database is at version \(Schema.version)")
            }
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "status",
            abstract: "List the migrations and whether they are applied."
        )

        @OptionGroup var options: DatabaseOptions

        func run() async throws {
            try await self.options.withStore(isCurrent: false) { store in
                for migration in try await store.migrator.status() {
                    let state = migration.appliedAt == nil ? "missing" : "applied"
                    print("\(migration.version)  \(state)  \(migration.name)")
                }
            }
        }
    }
}
