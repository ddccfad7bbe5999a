// The style's rules that a machine can check.

import Testing

@Suite struct StyleTests {
    private let code = Repository.swiftFiles()

    @Test func `no file is longer than 500 lines`() {
        let suffixes = [".swift", ".lua", ".py", ".sh", ".c", ".h", ".js", ".sql"]
        let errors = Repository.files
            .filter { path in suffixes.contains(where: path.hasSuffix) }
            .map {
                (
                    path: $0,
                    count: Repository.text(of: $0).split(separator: "\n", omittingEmptySubsequences: false).count - 1
                )
            }
            .filter { $0.count > 500 && !Exceptions.longFiles.contains($0.path) }
            .map { "\($0.path):501: \($0.count) lines; split it by idea" }
        #expect(errors.isEmpty, "\(errors.listed)")
    }

    @Test(arguments: ["Task.sleep", "Thread.sleep", "usleep", "nanosleep"])
    func `nothing sleeps on the wall clock outside the stated list`(word: String) {
        let errors =
            code
            .filter { file in !Exceptions.sleeping.contains(where: file.path.hasPrefix) }
            .flatMap { file in
                file.lines(whoseCodeHolds: word).map { "\(file.place($0)): \(word); take a clock as a parameter" }
            }
        #expect(errors.isEmpty, "\(errors.listed)")
    }

    @Test(arguments: ["try!", "as!", "fatalError", "preconditionFailure"])
    func `nothing ends the process on purpose outside the stated list`(word: String) {
        let errors =
            code
            .filter { file in !Exceptions.ending.contains(where: file.path.hasPrefix) }
            .flatMap { file in
                file.lines(whoseCodeHolds: word).map { "\(file.place($0)): \(word); throw, or make it impossible" }
            }
        #expect(errors.isEmpty, "\(errors.listed)")
    }

    @Test(arguments: ["@unchecked Sendable", "nonisolated(unsafe)", "unsafeBitCast"])
    func `a promise that the compiler cannot check says why it holds`(word: String) {
        let errors = code.flatMap { file in
            file.lines(whoseCodeHolds: word)
                .filter { !isExplained($0, in: file) }
                .map { "\(file.place($0)): \(word) without a comment on it or directly above" }
        }
        #expect(errors.isEmpty, "\(errors.listed)")
    }

    @Test func `every source file begins with its idea`() {
        let errors = Repository.swiftFiles(under: "Sources").filter { !beginsWithComment($0) }
            .map { "\($0.path):1: begins without a comment that says what it is for" }
        #expect(errors.isEmpty, "\(errors.listed)")
    }

    /// Whether a comment stands on the line or above it, with nothing but the same declaration between.
    private func isExplained(_ line: SourceFile.Line, in file: SourceFile) -> Bool {
        if !line.comment.isEmpty { return true }
        let above = file.lines.prefix(line.number - 1).reversed().prefix { !$0.isBlank }
        return above.prefix(4).contains { !$0.comment.isEmpty }
    }

    /// Whether the first line that is no import is a comment.
    private func beginsWithComment(_ file: SourceFile) -> Bool {
        let first = file.lines.first { line in
            !line.isBlank && !line.code.holds(word: "import") && !line.code.hasPrefix("#")
        }
        return first.map { !$0.comment.isEmpty } ?? true
    }
}
