import IRC
import NIOCore

/// An entry of AKICK: whom a registered channel keeps out, why, by whom and until when.
///
/// Unlike a ban it is kept with the registration: who has `+o` for the moment does not lift it, nor invites past it.
package struct AutoKick: Hashable, Sendable {
    /// How many a channel may have.
    package static let maximum = 100
    /// The longest reason, in bytes: with all else an entry fits in a line.
    package static let longestReason = 160
    /// The longest mask, likewise.
    package static let longestMask = 128

    /// As lists show it: a mask in its full form, or an extended ban of an account or a real name.
    package let mask: String
    /// What they are told.
    package let reason: String
    /// The account of who set it.
    package let setter: String
    /// When that was, milliseconds since 1970.
    package let time: Int64
    /// Likewise; nil if it holds until it is lifted.
    package let until: Int64?
    private let ban: Ban

    /// - Returns: nil if the text means nobody by what everybody in a channel may know of everybody.
    package init?(mask text: String, reason: String, setter: String, time: Int64, until: Int64?) {
        guard let ban = Ban(text), ban.effect == .everything, ban.text.utf8.count <= Self.longestMask else {
            return nil
        }
        switch ban.subject {
        case .mask, .account, .realname: break
        // More is not known of those who are there when it is set.
        case .channel, .fingerprint, .address: return nil
        }
        self.ban = ban
        self.mask = ban.text
        (self.reason, self.setter, self.time, self.until) = (reason, setter, time, until)
    }

    /// Whether it holds at a time.
    package func holds(at now: Int64) -> Bool { self.until.map { now < $0 } ?? true }

    /// Whether another one means the same people, however it is written.
    package func meansSame(as other: AutoKick) -> Bool { self.ban == other.ban }

    /// Whether it means somebody.
    func matches(_ requester: Requester) -> Bool { self.ban.matches(requester) }

    /// Whether it means a member.
    func matches(_ member: Member) -> Bool {
        self.matches(Requester(session: member.session, user: member.user, realHost: ""))
    }

    /// Writes all but the mask.
    func encode(into buffer: inout ByteBuffer) {
        buffer.writeText(self.reason)
        buffer.writeText(self.setter)
        buffer.writeInteger(self.time)
        buffer.writeFlag(self.until != nil)
        if let until { buffer.writeInteger(until) }
    }

    /// - Returns: nil if the bytes are not what ``encode(into:)`` wrote.
    init?(mask: String, from buffer: inout ByteBuffer) {
        guard let reason = buffer.readText(), let setter = buffer.readText(),
            let time = buffer.readInteger(as: Int64.self), let ends = buffer.readFlag()
        else { return nil }
        var until: Int64?
        if ends {
            guard let end = buffer.readInteger(as: Int64.self) else { return nil }
            until = end
        }
        self.init(mask: mask, reason: reason, setter: setter, time: time, until: until)
        // It is found by how it is shown.
        if self.mask != mask { return nil }
    }
}
