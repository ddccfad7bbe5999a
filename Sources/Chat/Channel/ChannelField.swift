/// A field of a channel or user beside its log: what the store keeps so that a newcomer need not read the whole log.
package struct FieldKey: Hashable, Sendable {
    /// A family of fields that is counted and bounded together.
    package enum Section: Unicode.Scalar, Sendable {
        case member = "m"
        case setting = "s"
        case ban = "b"
        case exception = "e"
        case inviteException = "I"
        case access = "a"
        case property = "p"
        case invitation = "i"
        case metadata = "M"
        /// To whom a registered channel belongs.
        case registration = "r"
        /// What an account is in a registered channel, by its folded name.
        case level = "l"
        /// Whom a registered channel keeps out, by masks.
        case autoKick = "k"
        /// What else its founder says of a registered channel.
        case policy = "o"
        /// In a user's log: the channels that the session is in.
        case channel = "c"
    }

    package let section: Section
    package let name: String

    package init(_ section: Section, _ name: String) {
        self.section = section
        self.name = name
    }
}

/// A field set to bytes, or removed.
package struct FieldUpdate: Hashable, Sendable {
    package let key: FieldKey
    /// Nil removes the field.
    package let value: [UInt8]?

    package init(_ key: FieldKey, _ value: [UInt8]?) {
        self.key = key
        self.value = value
    }
}
