// Where a rule does not hold, with the reason. The lists stay short.

/// The stated exceptions to the style's rules.
enum Exceptions {
    /// Files that may be longer than 500 lines: data, one row a line.
    static let longFiles: Set<String> = []

    /// Where waiting on the wall clock is right.
    static let sleeping: [String] = [
        // These wait for other processes, which no clock of ours drives.
        "Tests/EndToEndTests/", "Tests/Support/", "Benchmarks/",
        // The one place in the sources: the feed's reader polls, so that no message pays for waking it.
        "Sources/StateStore/InProcess/InProcessLiveStore.swift",
        // This machine's clock, behind what everybody takes time from.
        "Sources/KubeClient/Queue/TimeSource.swift",
    ]

    /// What may end the process: a fuzzer reports by doing so.
    static let ending: [String] = ["Fuzz/"]

    /// A line on which arithmetic with a number from outside is right as it stands.
    struct Reckoning: Hashable, Sendable {
        /// Where.
        let file: String
        /// A part of the line's code.
        let code: String

        /// Whether a line of a file is meant.
        func holds(_ file: SourceFile, _ line: Int) -> Bool {
            file.path == self.file && file.lines[line - 1].code.contains(code)
        }
    }

    /// Numbers that the rules take for others' and that are our own.
    static let reckoning: [Reckoning] = [
        // One more for each append of this process.
        Reckoning(file: "Sources/StateStore/InProcess/MemoryLog.swift", code: "self.sequence += 1"),
        // Counts of rows that this process wrote or deleted, or that fit into a database; and lists.
        Reckoning(file: "Sources/StateStore/Durable/Tenants/KeyRange.swift", code: "bindings += bound"),
        Reckoning(file: "Sources/StateStore/Durable/Tenants/TenantEraser.swift", code: "deleted += count"),
        Reckoning(file: "Sources/StateStore/Durable/Tenants/TenantEraser.swift", code: "= Int(count)"),
        // A text by then.
        Reckoning(file: "Sources/Metering/Reports/UsageReport+Formats.swift", code: "+ quantity +"),
        // Durations of days, which hold far more.
        Reckoning(file: "Sources/Operator/Cells/CellReconciler+Scale.swift", code: "drainAnnouncement +"),
        // The number of one of our own migrations.
        Reckoning(file: "Sources/StateStore/Durable/Migrations/Migrator.swift", code: "Int64(next.version)"),
    ]
}
