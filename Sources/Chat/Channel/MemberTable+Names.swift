// Names go from where members stand into a line, since a JOIN names everybody who is there.

import IRC
package import NIOCore

extension MemberTable {
    /// How NAMES shows members.
    package struct NameStyle: Sendable {
        /// Which ranks are shown.
        package var ranks: VisibleRanks
        /// All ranks, and not the highest alone (IRCv3 multi-prefix).
        package var showsAllRanks: Bool
        /// `nick!user@host`, and not the nickname alone (IRCv3 userhost-in-names).
        package var showsHosts: Bool
        /// Nothing of those who are invisible.
        package var hidesInvisible: Bool
        /// Nothing of those without a rank but of this one (mode `u`).
        package var ranksOnlyFor: SessionID?

        package init(
            ranks: VisibleRanks,
            showsAllRanks: Bool,
            showsHosts: Bool,
            hidesInvisible: Bool,
            ranksOnlyFor: SessionID? = nil
        ) {
            self.ranks = ranks
            self.showsAllRanks = showsAllRanks
            self.showsHosts = showsHosts
            self.hidesInvisible = hidesInvisible
            self.ranksOnlyFor = ranksOnlyFor
        }
    }

    /// Writes how a member is named now; nothing if it is not there any more.
    ///
    /// - Parameters:
    ///   - place: Less than the ``count`` of `roll`.
    ///   - roll: The table as it was when its members began to be named; a member mostly has the same place still.
    ///   - style: What is shown.
    ///   - line: Gets the name.
    package func writeName(at place: Int, of roll: MemberTable, _ style: NameStyle, to line: inout ByteBuffer) {
        let session = roll.slots[place].session
        if place < self.slots.count, self.slots[place].session == session {
            self.slots[place].writeName(style, to: &line)
        } else if let place = self.places[session] {
            self.slots[place].writeName(style, to: &line)
        }
    }
}

extension MemberTable.Slot {
    @inline(__always)
    func writeName(_ style: MemberTable.NameStyle, to line: inout ByteBuffer) {
        if let own = style.ranksOnlyFor, self.modes.isEmpty, self.session != own { return }
        switch self {
        case .field(let field) where !style.showsHosts && !style.hidesInvisible:
            Self.writeSigns(field.modes, style, to: &line)
            field.writeNick(to: &line)
        case .field(let field):
            if let member = field.member { Self.write(member, style, to: &line) }
        case .member(let member): Self.write(member, style, to: &line)
        }
    }

    @inline(__always)
    private static func write(_ member: Member, _ style: MemberTable.NameStyle, to line: inout ByteBuffer) {
        let user = member.user
        if style.hidesInvisible, user.modes.contains(.invisible) { return }
        self.writeSigns(member.modes, style, to: &line)
        line.writeString(style.showsHosts ? user.prefix : user.nick.raw)
    }

    @inline(__always)
    private static func writeSigns(_ modes: MemberModes, _ style: MemberTable.NameStyle, to line: inout ByteBuffer) {
        if modes.isEmpty { return }
        line.writeString(style.showsAllRanks ? style.ranks.signs(of: modes) : style.ranks.highestSign(of: modes))
    }
}
