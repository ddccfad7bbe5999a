import Chat
import StateStore

/// Between the fields of the rules and those of the store.
extension Snapshot {
    var chatFields: [(FieldKey, [UInt8])] {
        self.fields.compactMap { name, value in
            FieldKey.Section(rawValue: Unicode.Scalar(name.section.byte)).map { (FieldKey($0, name.name), value) }
        }
    }
}

extension FieldName {
    init(_ key: FieldKey) { self.init(Section(key.section.rawValue), key.name) }
}

extension FieldChange {
    init(_ update: FieldUpdate) {
        if let value = update.value {
            self = .set(FieldName(update.key), value)
        } else {
            self = .remove(FieldName(update.key))
        }
    }
}

/// The rules' own, not NIO's.
typealias ChannelEvent = Chat.ChannelEvent
