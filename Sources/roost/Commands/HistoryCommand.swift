import Archive
import ArgumentParser
import StateStore
import Tenant

/// `roost history`: what the history refused.
struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Look at messages that the database refused, and have them stored.",
        subcommands: [DeadLetters.self, Replay.self, Discard.self]
    )

    /// Whose letters.
    struct Selection: ParsableArguments {
        @Option(help: "Of one tenant; else of all.", transform: TenantID.argument) var tenant: TenantID?

        /// Goes through the letters, page by page.
        func each(in store: DurableStore, _ body: (DeadLetter) async throws -> Void) async throws {
            var last: DeadLetter?
            while true {
                let page = try await store.deadLetters.list(of: self.tenant, after: last)
                for letter in page { try await body(letter) }
                guard let end = page.last else { return }
                last = end
            }
        }
    }

    struct DeadLetters: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "dead-letters",
            abstract: "List what could not be stored: tenant, log, position, time, size, code, reason."
        )

        @OptionGroup var selection: Selection
        @OptionGroup var options: DatabaseOptions

        func run() async throws {
            try await self.options.withStore { store in
                try await self.selection.each(in: store) { letter in
                    let (log, position) = (letter.log, letter.position)
                    let columns = [
                        "\(log.tenant)", "\(log.kind.rawValue):\(log.name.debugDescription)",
                        "\(position.epoch)-\(position.sequence)", "\(letter.time)", "\(letter.payload.count)",
                        letter.code,
                        letter.reason.debugDescription,
                    ]
                    print(columns.joined(separator: "\t"))
                }
            }
        }
    }

    struct Replay: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "replay",
            abstract: "Store in the history what can be stored by now."
        )

        @OptionGroup var selection: Selection
        @OptionGroup var options: DatabaseOptions

        func run() async throws {
            try await self.options.withStore { store in
                let archived = try await store.archives.tenants()
                let tap = ArchiveTap { archived.contains($0) }
                var (stored, refused) = (0, 0)
                try await self.selection.each(in: store) { letter in
                    do {
                        try await store.deadLetters.replay(letter, archiving: tap)
                        stored += 1
                    } catch DurableStoreError.rejected {
                        refused += 1
                    }
                }
                print("stored \(stored), still refused \(refused)")
            }
        }
    }

    struct Discard: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "discard",
            abstract: "Forget a tenant's dead letters for good."
        )

        @Option(help: "The tenant.", transform: TenantID.argument) var tenant: TenantID
        @OptionGroup var options: DatabaseOptions

        func run() async throws {
            var selection = Selection()
            selection.tenant = self.tenant
            let chosen = selection
            try await self.options.withStore { store in
                var count = 0
                try await chosen.each(in: store) { letter in
                    try await store.deadLetters.discard(letter)
                    count += 1
                }
                print("discarded \(count)")
            }
        }
    }
}
