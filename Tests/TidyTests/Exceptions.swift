// Where a rule does not hold, with the reason. An entry without a file behind it fails the tests, so the list stays short.

/// The stated exceptions to the style's rules.
enum Exceptions {
    /// Files that may be longer than 500 lines: data, one row a line.
    static let longFiles: Set<String> = []

    /// Where waiting on the wall clock is right: tests that wait for other processes, which no clock of ours drives.
    static let sleeping: [String] = ["Tests/EndToEndTests/", "Tests/Support/", "Benchmarks/"]

    /// Files that may end the process, by the word they use.
    static let ending: [String: Set<String>] = [:]
}
