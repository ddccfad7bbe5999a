// RPL_ISUPPORT: what this network is like, for clients to adapt to.

package import NIOCore

/// The tokens of numeric 005 in order, <https://modern.ircdocs.horse/#rplisupport-005>.
package struct ISupport: Sendable, Hashable {
    /// The most tokens that go in one line: 15 parameters less the nick and the text.
    package static let tokensPerLine = 13

    private var tokens: [Token] = []

    private struct Token: Sendable, Hashable {
        let name: String
        /// The token as it stands on the wire.
        let wire: String
    }

    package init() {}

    /// Sets a token in its old place, or behind the others.
    ///
    /// - Parameters:
    ///   - name: of letters and digits, in upper case.
    ///   - value: as it is meant; spaces, `\`, `=` and controls are escaped as `\x20`. `nil` for a token without one,
    ///     "" for one with nothing behind its `=`.
    package mutating func set(_ name: String, _ value: String? = nil) {
        let token = Token(name: name, wire: value.map { name + "=" + Self.escape($0) } ?? name)
        if let index = self.tokens.firstIndex(where: { $0.name == name }) {
            self.tokens[index] = token
        } else {
            self.tokens.append(token)
        }
    }

    /// Sets a token to a number.
    package mutating func set(_ name: String, _ value: Int) {
        self.set(name, String(value))
    }

    /// Takes a token away, as if it had never been set.
    package mutating func remove(_ name: String) {
        self.tokens.removeAll { $0.name == name }
    }

    /// The tokens as they stand on the wire, in order.
    package var wireTokens: [String] { self.tokens.map(\.wire) }

    /// The tokens that tell a client that knows `old` what has changed; those that are gone as `-NAME`.
    package func changes(since old: ISupport) -> [String] {
        let gone = old.tokens.filter { token in !self.tokens.contains { $0.name == token.name } }
        let changed = self.tokens.filter { !old.tokens.contains($0) }
        return gone.map { "-" + $0.name } + changed.map(\.wire)
    }

    /// The 005 lines for a client, each with at most 13 tokens and within the limit.
    package func lines(for nick: String, source: String) -> [ByteBuffer] {
        Self.lines(of: self.wireTokens, for: nick, source: source)
    }

    /// The tokens of each line, whatever the client's nick: each fits with the longest.
    package func groups(source: String) -> [[String]] {
        Self.groups(of: self.wireTokens, nickBytes: Lengths.nick, source: source)
    }

    private static func groups(of tokens: [String], nickBytes: Int, source: String) -> [[String]] {
        let text = Numeric.rplISupport.text?.english ?? ""
        // `:source 005 nick` … ` :text` CR LF
        let overhead = 1 + source.utf8.count + 5 + nickBytes + 2 + text.utf8.count + 2
        return TextSplitter.groups(of: tokens, bytes: LineLimits.fromServer.body - overhead, items: Self.tokensPerLine)
            .map { Array($0) }
    }

    /// 005 lines of these tokens, such as ``changes(since:)`` gives.
    package static func lines(of tokens: [String], for nick: String, source: String) -> [ByteBuffer] {
        Self.groups(of: tokens, nickBytes: nick.utf8.count, source: source).map { group in
            var writer = LineWriter()
            writer.supportLine(group, for: nick, source: source)
            return writer.take()
        }
    }

    /// A value with the bytes that would end or split it as `\xHH`.
    package static func escape(_ value: String) -> String {
        var result = ""
        for scalar in value.unicodeScalars {
            if scalar.value <= 0x20 || scalar.value == 0x7F || scalar == "\\" || scalar == "=" {
                let digits = String(scalar.value, radix: 16, uppercase: true)
                result += "\\x" + (digits.utf8.count < 2 ? "0" : "") + digits
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

extension LineWriter {
    /// Writes one 005 line.
    package mutating func supportLine(_ tokens: some Sequence<String>, for nick: String, source: String) {
        self.source(source)
        self.command(.rplISupport)
        self.parameter(nick)
        for token in tokens { self.parameter(token) }
        if let text = Numeric.rplISupport.text { self.trailing(text.english) }
        self.end()
    }
}
