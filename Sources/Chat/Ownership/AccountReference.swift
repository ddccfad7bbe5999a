import IRC
package import NIOCore

/// An account as something is given to it: its name alone would give it to whoever has that name next.
package struct AccountReference: Hashable, Sendable {
    /// As its owner spells it.
    package let name: String
    /// When the account was made, milliseconds since 1970: another one of the name is another account.
    package let since: Int64

    package init(name: String, since: Int64) {
        self.name = name
        self.since = since
    }

    /// The name as accounts are compared.
    package var folded: String { Names.accountMapping.fold(self.name) }

    package static func == (left: AccountReference, right: AccountReference) -> Bool {
        left.since == right.since && left.folded == right.folded
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(self.folded)
        hasher.combine(self.since)
    }

    /// Writes the name, and when it was made.
    package func encode(into buffer: inout ByteBuffer) {
        buffer.writeText(self.name)
        buffer.writeInteger(self.since)
    }

    /// - Returns: nil if the bytes are not what ``encode(into:)`` wrote.
    package init?(from buffer: inout ByteBuffer) {
        guard let name = buffer.readText(), let since = buffer.readInteger(as: Int64.self) else { return nil }
        self.init(name: name, since: since)
    }
}
