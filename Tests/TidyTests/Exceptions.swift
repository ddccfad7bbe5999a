// Where a rule does not hold, with the reason. The lists stay short.

/// The stated exceptions to the style's rules.
enum Exceptions {
    /// Files that may be longer than 500 lines: data, one row a line.
    static let longFiles: Set<String> = []

    /// Where waiting on the wall clock is right.
    static let sleeping: [String] = [
        // These wait for other processes, which no clock of ours drives.
        "Tests/EndToEndTests/", "Tests/Support/", "Benchmarks/",
        // The one place in the sources: the journal's reader polls, so that no message pays for waking it.
        "Sources/StateStore/InProcess/InProcessLiveStore.swift",
        // This machine's clock, behind what everybody takes time from.
        "Sources/KubeClient/Queue/TimeSource.swift",
    ]

    /// What may end the process: a fuzzer reports by doing so.
    static let ending: [String] = ["Fuzz/"]
}
