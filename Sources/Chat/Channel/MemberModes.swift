/// The ranks of a channel's member: owner, host and voice of IRCX (draft-pfenning-irc-extensions-04, 4.1; the host is
/// RFC 2812's channel operator).
package struct MemberModes: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// `v`, shown as `+`: may speak in a moderated channel.
    package static let voice = MemberModes(rawValue: 1)
    /// `o`, shown as `@`: runs the channel.
    package static let host = MemberModes(rawValue: 2)
    /// `q`, shown as `.`: made the channel, and makes others owner or host.
    package static let owner = MemberModes(rawValue: 4)

    /// Highest first, as in ISUPPORT PREFIX.
    package static let ranks: [(mode: MemberModes, letter: Character, prefix: Character)] =
        ChannelModeTable.rows.compactMap { row in
            if case .rank(let mode, let sign) = row.kind { (mode, row.letter, sign) } else { nil }
        }

    /// Whether the member runs the channel, as host or as owner.
    package var isHost: Bool { self.rawValue & (Self.owner.rawValue | Self.host.rawValue) != 0 }

    /// All prefixes, highest first (multi-prefix), such as `.@+`.
    package var prefixes: String {
        self.isEmpty ? "" : String(Self.ranks.filter { self.contains($0.mode) }.map(\.prefix))
    }

    /// The highest prefix alone, or nothing.
    package var highestPrefix: String {
        self.isEmpty ? "" : Self.ranks.first { self.contains($0.mode) }.map { String($0.prefix) } ?? ""
    }

    /// The rank that a sign stands for.
    package static func rank(sign: Character) -> MemberModes? { self.ranks.first { $0.prefix == sign }?.mode }

    /// Whether the rank reaches `minimum`, a single mode: an owner reaches host and voice too.
    package func reaches(_ minimum: MemberModes) -> Bool { self.rawValue >= minimum.rawValue }
}
