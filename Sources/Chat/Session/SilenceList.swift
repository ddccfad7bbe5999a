package import IRC
import NIOCore

/// Of whom a user wants to hear nothing: masks, kept with the session (SILENCE).
package struct SilenceList: Hashable, Sendable {
    /// The most masks (ISUPPORT SILENCE).
    package static let limit = 32
    /// The field of a session's log that has it.
    package static let field = FieldKey(.setting, "silence")

    /// In the order in which they were added.
    package private(set) var masks: [Mask] = []

    package init() {}

    package var isEmpty: Bool { self.masks.isEmpty }

    /// - Returns: false if it is there already.
    @discardableResult
    package mutating func add(_ mask: Mask) -> Bool {
        guard !self.masks.contains(mask) else { return false }
        self.masks.append(mask)
        return true
    }

    /// - Returns: false if it is not there.
    @discardableResult
    package mutating func remove(_ mask: Mask) -> Bool {
        guard let place = self.masks.firstIndex(of: mask) else { return false }
        self.masks.remove(at: place)
        return true
    }

    /// Whether somebody is one of them, by `nick!user@host`.
    package func silences(_ prefix: String) -> Bool {
        !self.masks.isEmpty && self.masks.contains { $0.matches(prefix) }
    }

    package var bytes: [UInt8] {
        var buffer = ByteBuffer()
        self.encode(into: &buffer)
        return Array(buffer.readableBytesView)
    }

    func encode(into buffer: inout ByteBuffer) {
        buffer.writeInteger(UInt16(clamping: self.masks.count))
        for mask in self.masks.prefix(Int(UInt16.max)) { buffer.writeText(mask.text) }
    }

    /// - Returns: nil if the bytes are not what ``bytes`` wrote.
    package init?(_ bytes: [UInt8]) {
        var buffer = ByteBuffer(bytes: bytes)
        self.init(from: &buffer)
    }

    init?(from buffer: inout ByteBuffer) {
        guard let count = buffer.readInteger(as: UInt16.self) else { return nil }
        for _ in 0..<count {
            guard let mask = buffer.readText().flatMap({ Mask($0, under: Names.caseMapping) }) else { return nil }
            self.masks.append(mask)
        }
    }
}
