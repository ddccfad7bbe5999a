// Whole lines in one call.

package import NIOCore

extension LineWriter {
    /// Writes one line.
    ///
    /// Tag values are given as they are meant, not escaped. The last parameter gets a `:` where it needs one, in any
    /// case if `forcesTrailing`.
    package mutating func message(
        tags: KeyValuePairs<String, String> = [:],
        source: String? = nil,
        command: String,
        parameters: [String] = [],
        forcesTrailing: Bool = false
    ) {
        for (key, value) in tags { self.tag(key, value) }
        if let source { self.source(source) }
        self.command(command)
        self.parameters(parameters, forcesTrailing: forcesTrailing)
        self.end()
    }

    /// Writes one numeric: `:source 001 target parameters…`, the last one always with its `:`.
    ///
    /// The target is the client's nick, `*` before it has one. The numeric's ``Numeric/text`` comes behind the
    /// parameters if it has one.
    package mutating func numeric(_ numeric: Numeric, source: String, target: String, _ parameters: String...) {
        self.source(source)
        self.command(numeric)
        self.parameter(target)
        if let text = numeric.text {
            for parameter in parameters { self.parameter(parameter) }
            self.trailing(text.english)
        } else {
            self.parameters(parameters, forcesTrailing: true)
        }
        self.end()
    }

    /// Writes a message again: the same tags, source, command and parameters.
    package mutating func message(_ message: Message) {
        self.rawTags(message.tags.raw)
        if let source = message.source { self.source(source) }
        self.command(message.command)
        self.parameters(message.parameters, forcesTrailing: false)
        self.end()
    }

    private mutating func parameters(_ parameters: some Collection<String>, forcesTrailing: Bool) {
        var left = parameters.count
        for parameter in parameters {
            left -= 1
            if left > 0 {
                self.parameter(parameter)
            } else if forcesTrailing {
                self.trailing(parameter)
            } else {
                self.last(parameter)
            }
        }
    }
}

extension ByteBuffer {
    /// Writes one line behind what is there; see
    /// ``LineWriter/message(tags:source:command:parameters:forcesTrailing:)``.
    package mutating func writeMessage(
        tags: KeyValuePairs<String, String> = [:],
        source: String? = nil,
        command: String,
        parameters: [String] = [],
        forcesTrailing: Bool = false
    ) {
        self.withLineWriter { writer in
            writer.message(
                tags: tags,
                source: source,
                command: command,
                parameters: parameters,
                forcesTrailing: forcesTrailing
            )
        }
    }

    /// Lends the buffer to a writer, without a copy.
    package mutating func withLineWriter(limits: LineLimits = .fromServer, _ body: (inout LineWriter) -> Void) {
        var owned = ByteBuffer()
        swap(&owned, &self)
        var writer = LineWriter(consume owned, limits: limits)
        body(&writer)
        self = writer.take()
    }
}
