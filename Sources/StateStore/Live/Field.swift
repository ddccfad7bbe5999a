/// A family of fields that the store counts together, such as the members of a channel.
package struct Section: Hashable, Sendable {
    /// One printable ASCII byte, the first of the field's name in the store.
    package let byte: UInt8

    package init(_ scalar: Unicode.Scalar) { self.byte = UInt8(ascii: scalar) }
}

/// The name of a field: unique within its log.
package struct FieldName: Hashable, Sendable {
    package let section: Section
    package let name: String

    package init(_ section: Section, _ name: String) {
        self.section = section
        self.name = name
    }
}

/// A change to the fields beside a log.
package enum FieldChange: Hashable, Sendable {
    case set(FieldName, [UInt8])
    case remove(FieldName)
}
