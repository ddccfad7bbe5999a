// How findings are shown, and which module a path belongs to.

extension [String] {
    /// One finding a line, below the message's first line, so that editors find `file:line` in it.
    var listed: String { "\n" + sorted().joined(separator: "\n") }
}

extension SourceFile {
    /// The module that the file belongs to: its folder below `Sources`.
    var module: String { TidyTests.module(of: path) }
}

/// The second part of a path such as `Sources/Chat/Modes/Mode.swift`.
func module(of path: String) -> String {
    path.split(separator: "/").dropFirst().first.map(String.init) ?? path
}
