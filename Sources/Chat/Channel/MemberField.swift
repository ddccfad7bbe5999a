import IRC
import NIOCore

/// A member as its field's bytes: what ``Member/encode(into:)`` wrote, with what is needed of it without decoding the rest.
struct MemberField: Hashable, Sendable {
    /// Session, modes, number of the last change, when it came in, length of the nickname.
    private static let headLength = 23
    let session: SessionID
    private let bytes: [UInt8]

    /// - Returns: nil if the bytes have not the shape of a member.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.headLength, Self.hasShape(bytes) else { return nil }
        self.session = SessionID(
            rawValue: bytes.withUnsafeBytes { UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)) }
        )
        self.bytes = bytes
    }

    var modes: MemberModes { MemberModes(rawValue: self.bytes[8]) }

    var member: Member? {
        Member(field: self.bytes)
    }

    private var nick: ArraySlice<UInt8> {
        self.bytes[Self.headLength...].prefix(Int(self.bytes[21]) << 8 | Int(self.bytes[22]))
    }

    /// Writes the nickname.
    func writeNick(to buffer: inout ByteBuffer) { buffer.writeBytes(self.nick) }

    /// Whether the member goes by a nickname.
    func isNamed(_ nick: Nickname) -> Bool {
        let name = self.nick
        return name.elementsEqual(nick.raw.utf8)
            || Names.caseMapping.fold(String(decoding: name, as: UTF8.self)) == nick.folded
    }

    /// Whether the texts are as long as they say; whether each may be what it stands for shows when they are read.
    private static func hasShape(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var place = Self.headLength - 2
            // Nickname, user name, host, real name; account and reason of absence, if there are such.
            for text in 0..<6 {
                if text >= 4 {
                    guard place < bytes.count, bytes[place] < 2 else { return false }
                    place += 1
                    if bytes[place - 1] == 0 { continue }
                }
                guard place + 2 <= bytes.count else { return false }
                place += 2 + (Int(bytes[place]) << 8 | Int(bytes[place + 1]))
            }
            // Modes of the user and when it came.
            return place + 9 <= bytes.count
        }
    }
}
