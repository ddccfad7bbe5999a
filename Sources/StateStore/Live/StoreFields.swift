package import Chat

/// Between the fields of the rules and those of the store.
extension Snapshot {
    /// The fields as the rules know them; those of an unknown section are left out.
    package var chatFields: some Sequence<(FieldKey, [UInt8])> { self.fields.asChat }
}

extension Excerpt {
    /// The fields as the rules know them.
    package var chatFields: some Sequence<(FieldKey, [UInt8])> { self.fields.asChat }
}

extension [FieldName: [UInt8]] {
    fileprivate var asChat: some Sequence<(FieldKey, [UInt8])> {
        self.lazy.compactMap { name, value in
            FieldKey.Section(rawValue: Unicode.Scalar(name.section.byte)).map { (FieldKey($0, name.name), value) }
        }
    }
}

extension FieldName {
    /// The store's name of a field of the rules.
    package init(_ key: FieldKey) { self.init(Section(key.section.rawValue), key.name) }
}

extension FieldChange {
    /// The store's form of an update that the rules made.
    package init(_ update: FieldUpdate) {
        if let value = update.value {
            self = .set(FieldName(update.key), value)
        } else {
            self = .remove(FieldName(update.key))
        }
    }
}

extension LogChange.Lifetime {
    /// What becomes of a channel when somebody leaves.
    package static let whileInhabited = Self.dropIfEmpty(.members, unless: .registration)
}

extension Section {
    /// Where the rules keep a channel's members.
    package static let members = Section(FieldKey.Section.member.rawValue)
    /// Where they keep to whom a channel belongs: one that belongs to somebody stays without members.
    package static let registration = Section(FieldKey.Section.registration.rawValue)
}
