package import Chat
<<<<<<<< HEAD:Sources/Realm/Shard/StoreFields.swift
package import StateStore
========
>>>>>>>> 53f05e6 (Keep one passage from the rules' fields to the store's):Sources/StateStore/Live/StoreFields.swift

/// Between the fields of the rules and those of the store.
extension Snapshot {
    /// The fields as the rules know them; those of an unknown section are left out.
    package var chatFields: [(FieldKey, [UInt8])] {
        self.fields.compactMap { name, value in
            FieldKey.Section(rawValue: Unicode.Scalar(name.section.byte)).map { (FieldKey($0, name.name), value) }
        }
    }
}

extension FieldName {
<<<<<<<< HEAD:Sources/Realm/Shard/StoreFields.swift
========
    /// The store's name of a field of the rules.
>>>>>>>> 53f05e6 (Keep one passage from the rules' fields to the store's):Sources/StateStore/Live/StoreFields.swift
    package init(_ key: FieldKey) { self.init(Section(key.section.rawValue), key.name) }
}

extension FieldChange {
<<<<<<<< HEAD:Sources/Realm/Shard/StoreFields.swift
========
    /// The store's form of an update that the rules made.
>>>>>>>> 53f05e6 (Keep one passage from the rules' fields to the store's):Sources/StateStore/Live/StoreFields.swift
    package init(_ update: FieldUpdate) {
        if let value = update.value {
            self = .set(FieldName(update.key), value)
        } else {
            self = .remove(FieldName(update.key))
        }
    }
}

extension Section {
<<<<<<<< HEAD:Sources/Realm/Shard/StoreFields.swift
========
    /// Where the rules keep a channel's members.
>>>>>>>> 53f05e6 (Keep one passage from the rules' fields to the store's):Sources/StateStore/Live/StoreFields.swift
    package static let members = Section(FieldKey.Section.member.rawValue)
}
