/// What a user or a channel says of itself by keys: an avatar, a colour, a page (IRCv3 draft/metadata).
///
/// Everybody who shares a channel has it with the user, so it is bounded as a whole, too.
package struct Metadata: Hashable, Sendable {
    /// The most keys that one user or channel has set.
    package static let maximumKeys = 16
    /// The most bytes of a key: with it and a value a line about a channel of the longest name has no more than 512.
    package static let maximumKeyBytes = 32
    package static let maximumValueBytes = 300
    /// The most bytes that all keys and values have together.
    package static let maximumBytes = 2048
    /// The most keys that one client is told of.
    package static let maximumSubscriptions = 32

    package private(set) var values: [String: String] = [:]

    package init() {}

    /// - Returns: nil if changes from nothing come to more than one may have.
    init?(_ changes: [MetadataChange]) {
        self.apply(changes)
        guard self.fits else { return nil }
    }

    package var isEmpty: Bool { self.values.isEmpty }

    /// Keys and values, always in the same order.
    package var sorted: [(key: String, value: String)] {
        self.values.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) }
    }

    /// What makes it of nothing.
    package var changes: [MetadataChange] { self.sorted.map { MetadataChange($0.key, $0.value) } }

    package subscript(key: String) -> String? { self.values[key] }

    /// Whether a text may be a key.
    package static func isKey(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.count <= Self.maximumKeyBytes
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
                case UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "-"): true
                default: false
                }
            }
    }

    /// Whether a text may be a value.
    package static func isValue(_ text: some StringProtocol) -> Bool { text.utf8.count <= Self.maximumValueBytes }

    /// Whether it is not more than one may have.
    package var fits: Bool {
        self.values.count <= Self.maximumKeys
            && self.values.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count } <= Self.maximumBytes
    }

    package mutating func apply(_ change: MetadataChange) { self.values[change.key] = change.value }

    package mutating func apply(_ changes: [MetadataChange]) { for change in changes { self.apply(change) } }

    /// It after a change, if there is room for that.
    package func applying(_ change: MetadataChange) -> Metadata? {
        var next = self
        next.apply(change)
        return change.value == nil || next.fits ? next : nil
    }

    /// It with what another says, as far as there is room: of one key what the other says.
    package func adding(_ other: Metadata) -> Metadata {
        other.changes.reduce(self) { $0.applying($1) ?? $0 }
    }

    /// It with what another says under keys that it has not, as far as there is room.
    package func filled(from other: Metadata) -> Metadata {
        other.changes.reduce(self) { all, change in self[change.key] == nil ? all.applying(change) ?? all : all }
    }

    /// What makes another of it.
    package func changes(to other: Metadata) -> [MetadataChange] {
        let gone = self.changes.filter { other[$0.key] == nil }.map { MetadataChange($0.key, nil) }
        return gone + other.changes.filter { self[$0.key] != $0.value }
    }

    /// What removes all of it.
    package var clearing: [MetadataChange] { self.changes(to: Metadata()) }
}

/// A key set to a value, or removed.
package struct MetadataChange: Hashable, Sendable {
    package let key: String
    /// Nil removes the key.
    package let value: String?

    package init(_ key: String, _ value: String?) {
        self.key = key
        self.value = value
    }
}
