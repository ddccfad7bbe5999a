// Ranks that are kept for those whom a server's end took out of a channel, and what becomes of it when they do not come back.

import IRC
import NIOCore

extension ChannelState {
    /// Their fields stand among those of the registration: a log that has any of these stays when nobody is in the channel.
    private static let awaitedPrefix = "awaited "

    private static func awaitedField(_ identity: String) -> FieldKey {
        FieldKey(.registration, self.awaitedPrefix + identity)
    }

    /// The update that keeps a rank.
    package static func awaitedUpdate(_ rank: AwaitedRank) -> FieldUpdate {
        var buffer = ByteBuffer()
        rank.encode(into: &buffer)
        return FieldUpdate(self.awaitedField(rank.identity), Array(buffer.readableBytesView))
    }

    /// The update after which nobody of such an identity is awaited.
    static func noneAwaitedUpdate(_ identity: String) -> FieldUpdate {
        FieldUpdate(self.awaitedField(identity), nil)
    }

    /// Reads a rank that is kept; nil if the field is another.
    static func awaited(_ key: FieldKey, _ value: [UInt8]) -> AwaitedRank? {
        guard key.section == .registration, key.name.hasPrefix(Self.awaitedPrefix) else { return nil }
        var buffer = ByteBuffer(bytes: value)
        return AwaitedRank(from: &buffer)
    }

    /// What somebody who comes in had before a server's end took it out.
    func awaitedRank(of requester: Requester, now: Int64) -> MemberModes {
        guard self.registration == nil, let rank = self.awaited[AwaitedRank.identity(of: requester.user)],
            rank.until > now, rank.since == (requester.user.account == nil ? 0 : requester.accountSince)
        else { return [] }
        return rank.modes
    }

    /// Whether nobody is in it, it belongs to nobody, and nobody is awaited any more: whoever comes begins it anew.
    package func isForsaken(now: Int64) -> Bool {
        self.members.isEmpty && self.registration == nil && !self.awaited.values.contains { $0.until > now }
    }

    /// Decides what becomes of ranks that were kept long enough.
    ///
    /// Where the channel had been empty meanwhile and nobody runs it, whoever is in it longest owns it, as it would if nobody
    /// had been awaited. One whose people stayed is as it would be if those who ran it had gone by themselves.
    ///
    /// - Parameters:
    ///   - author: Who says so.
    ///   - now: Milliseconds since 1970.
    /// - Returns: What happens, if anything.
    package func decideLapseOfRanks(by author: Author, now: Int64) -> [ChannelEvent] {
        let lapsed = self.awaited.values.filter { $0.until <= now || self.registration != nil }
        if lapsed.isEmpty { return [] }
        let gone = ChannelEvent.awaited([], gone: lapsed.map(\.identity).sorted())
        let others = self.awaited.values.filter { $0.until > now }
        let isRun =
            self.registration != nil || (others.map(\.modes) + self.members.map(\.modes)).contains(where: \.isHost)
        let oldest = self.members.min { ($0.joined, $0.session.rawValue) < ($1.joined, $1.session.rawValue) }
        // When the first of them was taken out: who is in it longest came later only where nobody had stayed.
        guard !isRun, let oldest, let first = lapsed.map(\.until).min(), oldest.joined >= first - AwaitedRank.term
        else { return [gone] }
        return [
            gone, .modes([.rank(.owner, oldest.session, nick: oldest.user.nick.raw, on: true)], by: author),
        ]
    }
}
