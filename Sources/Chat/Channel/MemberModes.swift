/// The ranks of a channel's member: owner, host and voice of IRCX (draft-pfenning-irc-extensions-04, 4.1; the host is
/// RFC 2812's channel operator).
package struct MemberModes: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// `v`, shown as `+`: may speak in a moderated channel.
    package static let voice = MemberModes(rawValue: 1)
    /// `o`, shown as `@`: runs the channel.
    package static let host = MemberModes(rawValue: 2)
    /// `q`: made the channel, and makes others owner or host; shown by what ``VisibleRanks`` says.
    package static let owner = MemberModes(rawValue: 4)

    /// Highest first, as in ISUPPORT PREFIX.
    package static let ranks: [(mode: MemberModes, letter: Character, prefix: Character)] =
        ChannelModeTable.rows.compactMap { row in
            if case .rank(let mode, let sign) = row.kind { (mode, row.letter, sign) } else { nil }
        }

    /// Whether the member runs the channel, as host or as owner.
    package var isHost: Bool { self.rawValue & (Self.owner.rawValue | Self.host.rawValue) != 0 }

    /// Whether the rank reaches `minimum`, a single mode: an owner reaches host and voice too.
    package func reaches(_ minimum: MemberModes) -> Bool { self.rawValue >= minimum.rawValue }
}
