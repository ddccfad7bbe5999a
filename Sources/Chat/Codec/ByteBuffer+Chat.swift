/// How events and fields are written for the store: integers big-endian, texts with a length of 16 bits before them.
///
/// Every reader answers nil to bytes that it did not write, so that a foreign or damaged entry is skipped, not fatal.

package import IRC
package import NIOCore

extension ByteBuffer {
    /// Writes a text of at most 65,535 bytes; all texts come from lines of less than that.
    package mutating func writeText(_ text: String) {
        let utf8 = text.utf8
        self.writeInteger(UInt16(clamping: utf8.count))
        if utf8.count <= UInt16.max { self.writeString(text) } else { self.writeBytes(utf8.prefix(Int(UInt16.max))) }
    }

    package mutating func readText() -> String? {
        guard let length = self.readInteger(as: UInt16.self) else { return nil }
        return self.readString(length: Int(clamping: length))
    }

    package mutating func writeOptionalText(_ text: String?) {
        self.writeInteger(text == nil ? 0 : 1 as UInt8)
        if let text { self.writeText(text) }
    }

    package mutating func readOptionalText() -> String?? {
        switch self.readInteger(as: UInt8.self) {
        case 0: .some(nil)
        case 1: self.readText().map { .some($0) }
        default: nil
        }
    }

    package mutating func readNickname() -> Nickname? {
        self.readText().flatMap { Nickname($0, under: Names.caseMapping) }
    }

    package mutating func writeSession(_ session: SessionID) { self.writeInteger(session.rawValue) }

    package mutating func readSession() -> SessionID? {
        self.readInteger(as: UInt64.self).map(SessionID.init(rawValue:))
    }
}

/// How names compare in every tenant.
package enum Names {
    /// Nicknames, channels and masks, as clients compare them.
    package static let caseMapping = CaseMapping.ascii
    /// Accounts, which only servers compare.
    package static let accountMapping = CaseMapping.rfc7613
}
