import NIOCore

/// What an account is in a registered channel whenever it comes in.
package struct ChannelLevel: Hashable, Sendable {
    package let account: AccountReference
    /// One of the ranks.
    package let rank: MemberModes
    /// The account of who gave it.
    package let setter: String
    /// When that was, milliseconds since 1970.
    package let time: Int64

    package init(account: AccountReference, rank: MemberModes, setter: String, time: Int64) {
        self.account = account
        self.rank = rank
        self.setter = setter
        self.time = time
    }

    func encode(into buffer: inout ByteBuffer) {
        self.account.encode(into: &buffer)
        buffer.writeInteger(self.rank.rawValue)
        buffer.writeText(self.setter)
        buffer.writeInteger(self.time)
    }

    /// - Returns: nil if the bytes are not what ``encode(into:)`` wrote.
    init?(from buffer: inout ByteBuffer) {
        guard let account = AccountReference(from: &buffer),
            let rank = buffer.readInteger(as: UInt8.self).map(MemberModes.init(rawValue:)),
            MemberModes.ranks.contains(where: { $0.mode == rank }), let setter = buffer.readText(),
            let time = buffer.readInteger(as: Int64.self)
        else { return nil }
        self.init(account: account, rank: rank, setter: setter, time: time)
    }
}
