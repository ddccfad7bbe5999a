// FAIL, WARN, NOTE: what went wrong, in words that programs know, https://ircv3.net/specs/extensions/standard-replies.

/// How grave a standard reply is; ``rawValue`` is its command.
package enum StandardReply: String, Sendable, CaseIterable {
    /// The command was not carried out.
    case fail = "FAIL"
    /// It was, but there is something to know.
    case warn = "WARN"
    /// Something to know that asks for nothing.
    case note = "NOTE"
}

extension LineWriter {
    /// Writes `FAIL command CODE context… :description`.
    ///
    /// `command` is the one that is answered, `*` if there is none; `code` is in upper case with `_`, such as
    /// `INVALID_UTF8`; `context` is what it is about: targets, parameters; `description` is a sentence for people.
    package mutating func standardReply(
        _ kind: StandardReply,
        source: String,
        command: String,
        code: String,
        context: [String] = [],
        description: String
    ) {
        self.source(source)
        self.command(kind.rawValue)
        self.parameter(command)
        self.parameter(code)
        for word in context { self.parameter(word) }
        self.trailing(description)
        self.end()
    }
}
