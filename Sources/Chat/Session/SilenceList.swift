import IRC
import NIOCore

/// Of whom a user wants to hear nothing: masks and accounts, kept with the session (SILENCE).
package struct SilenceList: Hashable, Sendable {
    /// The most entries (ISUPPORT SILENCE).
    package static let limit = 32
    /// The field of a session's log that has it.
    package static let field = FieldKey(.setting, "silence")

    /// In the order in which they were added.
    package private(set) var entries: [Silenced] = []

    package init() {}

    package var isEmpty: Bool { self.entries.isEmpty }

    /// - Returns: false if it is there already.
    @discardableResult
    package mutating func add(_ entry: Silenced) -> Bool {
        guard !self.entries.contains(entry) else { return false }
        self.entries.append(entry)
        return true
    }

    /// - Returns: false if it is not there.
    @discardableResult
    package mutating func remove(_ entry: Silenced) -> Bool {
        guard let place = self.entries.firstIndex(of: entry) else { return false }
        self.entries.remove(at: place)
        return true
    }

    /// Whether somebody is one of them.
    ///
    /// - Parameters:
    ///   - prefix: `nick!user@host`, as they are shown.
    ///   - account: That which they are logged in to; nil for guests.
    /// - Returns: Whether nothing is to be heard of them.
    package func silences(_ prefix: String, account: String?) -> Bool {
        self.entries.contains { $0.means(prefix, account: account) }
    }

    package var bytes: [UInt8] {
        var buffer = ByteBuffer()
        self.encode(into: &buffer)
        return Array(buffer.readableBytesView)
    }

    func encode(into buffer: inout ByteBuffer) {
        buffer.writeInteger(UInt16(clamping: self.entries.count))
        for entry in self.entries.prefix(Int(UInt16.max)) { buffer.writeText(entry.text) }
    }

    /// - Returns: nil if the bytes are not what ``bytes`` wrote.
    package init?(_ bytes: [UInt8]) {
        var buffer = ByteBuffer(bytes: bytes)
        self.init(from: &buffer)
    }

    init?(from buffer: inout ByteBuffer) {
        guard let count = buffer.readInteger(as: UInt16.self) else { return nil }
        for _ in 0..<count {
            // What an earlier version took for a mask is one.
            let entry = buffer.readText().flatMap { text in
                Silenced(text) ?? Mask(text, under: Names.caseMapping).map(Silenced.mask)
            }
            guard let entry else { return nil }
            self.entries.append(entry)
        }
    }
}
