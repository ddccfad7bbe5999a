import IRC

/// The switches of a channel (RFC 2811 4.2; `r` as in most networks).
package struct ChannelModes: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// `i`: one joins by invitation only.
    package static let inviteOnly = ChannelModes(rawValue: 1 << 0)
    /// `m`: only ranked members speak.
    package static let moderated = ChannelModes(rawValue: 1 << 1)
    /// `n`: only members speak.
    package static let noExternal = ChannelModes(rawValue: 1 << 2)
    /// `p`: others see the name, not who is in it.
    package static let `private` = ChannelModes(rawValue: 1 << 3)
    /// `s`: others do not see that it exists.
    package static let secret = ChannelModes(rawValue: 1 << 4)
    /// `t`: only hosts change the topic.
    package static let topicByHosts = ChannelModes(rawValue: 1 << 5)
    /// `r`: registered to an account.
    ///
    /// Set by the server only.
    package static let registered = ChannelModes(rawValue: 1 << 6)
    /// `J`: members read of the past what was said since they came in.
    package static let sinceJoined = ChannelModes(rawValue: 1 << 7)
    /// `C`: no CTCP but ACTION.
    package static let noCTCP = ChannelModes(rawValue: 1 << 8)
    /// `c`: no colours and other formatting.
    package static let noFormatting = ChannelModes(rawValue: 1 << 9)
    /// `R`: only who is logged in comes in.
    package static let accountsEnter = ChannelModes(rawValue: 1 << 10)
    /// `M`: only who is logged in speaks.
    package static let accountsSpeak = ChannelModes(rawValue: 1 << 11)
    /// `z`: only who is connected securely comes in.
    package static let secureOnly = ChannelModes(rawValue: 1 << 12)
    /// `T`: no NOTICE.
    package static let noNotice = ChannelModes(rawValue: 1 << 13)
    /// `N`: members keep their nicknames.
    package static let noNickChange = ChannelModes(rawValue: 1 << 14)
    /// `u`: members without a rank are seen by hosts only.
    package static let auditorium = ChannelModes(rawValue: 1 << 15)
    /// `F`: hosts of other channels may forward to it.
    package static let freeForward = ChannelModes(rawValue: 1 << 16)
    /// `U`: what members without a rank say only hosts hear.
    package static let heardByHosts = ChannelModes(rawValue: 1 << 17)

    /// Those that say who speaks and what.
    static let aboutSpeech: ChannelModes = [
        .moderated, .noCTCP, .noFormatting, .accountsSpeak, .noNotice, .heardByHosts,
    ]

    /// Letters in the order in which they are shown.
    package static let letters: [(letter: Character, mode: ChannelModes)] = ChannelModeTable.rows.compactMap { row in
        if case .flag(let mode, _) = row.kind { (row.letter, mode) } else { nil }
    }

    /// What a new channel starts with.
    package static let initial: ChannelModes = [.noExternal, .topicByHosts]

    package var text: String { String(Self.letters.filter { self.contains($0.mode) }.map(\.letter)) }

    /// The modes of some letters; unknown letters are left out.
    package init(text: some StringProtocol) {
        self = Self.letters.filter { text.contains($0.letter) }.reduce(into: []) { $0.insert($1.mode) }
    }
}

/// The lists of masks that a channel keeps.
package enum ListMode: Character, Hashable, Sendable, CaseIterable {
    /// May neither join nor speak.
    case ban = "b"
    /// Bans do not hold for these.
    case exception = "e"
    /// These need no invitation.
    case inviteException = "I"
}

/// One entry of a list, with who set it and when.
package struct ListEntry: Hashable, Sendable {
    /// As it is shown: a mask in its normal form `nick!user@host`, or an extended ban.
    package let mask: String
    /// The nickname of who set it.
    package let setter: String
    /// Milliseconds since 1970.
    package let time: Int64
    /// Likewise: until when it holds; nil if it does until it is removed.
    package let until: Int64?
    /// The same taken apart, once: it is asked for each message of whoever is no voice.
    let ban: Ban?

    package init(mask: String, setter: String, time: Int64, until: Int64? = nil) {
        self.mask = mask
        self.ban = Ban(mask)
        self.setter = setter
        self.time = time
        self.until = until
    }

    /// Whether it holds at a time.
    package func holds(at now: Int64) -> Bool { self.until.map { now < $0 } ?? true }
}

/// A channel's topic, with who set it and when.
package struct Topic: Hashable, Sendable {
    package var text: String
    /// The nickname of who set it.
    package var setter: String
    /// Milliseconds since 1970.
    package var time: Int64

    package init(text: String, setter: String, time: Int64) {
        self.text = text
        self.setter = setter
        self.time = time
    }
}
