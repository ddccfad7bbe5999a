package import IRC

/// A channel mode as a row: everything that is told, parsed or explained of it is derived from this.
package struct ChannelModeRow: Sendable {
    /// What a mode takes, the types A to D of modern.ircdocs.horse MODE, and the ranks.
    package enum Kind: Sendable {
        /// A list of masks (type A), with the numerics that show it.
        case list(ListMode, item: Numeric, end: Numeric)
        /// A secret that is set and removed with a parameter (type B).
        case key
        /// A number that is set with a parameter and removed without (type C).
        case limit
        /// Another value that is set with a parameter and removed without (type C).
        case value(ValueMode)
        /// A switch (type D); some only the server sets.
        case flag(ChannelModes, isSettable: Bool)
        /// A member's rank, shown as a sign before the nickname.
        case rank(MemberModes, sign: Character)
    }

    package let letter: Character
    package let kind: Kind
    /// One sentence for HELP.
    package let help: Phrase

    init(_ letter: Character, _ kind: Kind, _ help: Phrase) {
        self.letter = letter
        self.kind = kind
        self.help = help
    }

    /// A list, which knows its letter.
    init(_ list: ListMode, item: Numeric, end: Numeric, _ help: Phrase) {
        self.init(list.rawValue, .list(list, item: item, end: end), help)
    }

    /// A value, which knows its letter.
    init(_ value: ValueMode, _ help: Phrase) { self.init(value.rawValue, .value(value), help) }

    /// Whether a MODE line has a parameter for it.
    func takesParameter(adding: Bool) -> Bool {
        switch self.kind {
        case .list, .key, .rank: true
        case .limit, .value: adding
        case .flag: false
        }
    }
}

/// All modes of channels.
///
/// Ranks stand highest first, as PREFIX shows them; letters of a kind in the order in which they are shown.
package enum ChannelModeTable {
    package static let rows: [ChannelModeRow] = [
        ChannelModeRow("q", .rank(.owner, sign: "."), "Owner: runs the channel and makes others owner or host."),
        Self.host,
        Self.voice,
        ChannelModeRow(
            .ban,
            item: .rplBanList,
            end: .rplEndOfBanList,
            "Ban: these masks may neither join nor speak."
        ),
        ChannelModeRow(
            .exception,
            item: .rplExceptList,
            end: .rplEndOfExceptList,
            "Exception: bans do not hold for these masks."
        ),
        ChannelModeRow(
            .inviteException,
            item: .rplInvexList,
            end: .rplEndOfInvexList,
            "Invite exception: these masks need no invitation."
        ),
        Self.key,
        Self.limit,
        // As in ergo and solanum; InspIRCd has `L`, for full channels only.
        ChannelModeRow(.forward, "Forward: who is kept out by +i, +j, +l or +R comes into this channel instead."),
        // As in InspIRCd and solanum.
        ChannelModeRow(.throttle, "Throttle: so many come in, in so many seconds (5:10)."),
        // None of the three has it; the letter is that of InspIRCd's extra module.
        ChannelModeRow(.slow, "Slow: members without a rank wait so many seconds between messages."),
        // The letters of switches are those of most of ergo, InspIRCd and solanum that have them; where it is one of its own,
        // or they disagree, that is said.
        ChannelModeRow("C", .flag(.noCTCP, isSettable: true), "No CTCP but ACTION."),
        // InspIRCd and UnrealIRCd refuse such messages, solanum strips them. Refused: what somebody has said is not changed.
        ChannelModeRow("c", .flag(.noFormatting, isSettable: true), "No colours and other formatting."),
        // As in solanum, the only one that has it.
        ChannelModeRow("F", .flag(.freeForward, isSettable: true), "Hosts of any channel may forward to this one."),
        ChannelModeRow("i", .flag(.inviteOnly, isSettable: true), "Only who is invited comes in."),
        ChannelModeRow(
            "J",
            .flag(.sinceJoined, isSettable: true),
            "The past can be read since one joined, not before."
        ),
        ChannelModeRow("M", .flag(.accountsSpeak, isSettable: true), "Only who is logged in or has a rank speaks."),
        ChannelModeRow("m", .flag(.moderated, isSettable: true), "Only members with a rank speak."),
        ChannelModeRow("N", .flag(.noNickChange, isSettable: true), "Only hosts change their nicknames."),
        ChannelModeRow("n", .flag(.noExternal, isSettable: true), "Only members speak."),
        ChannelModeRow("p", .flag(.private, isSettable: true), "Others see the name, not who is in it."),
        // As in ergo and InspIRCd; in solanum that is `r`, which says here and there that the channel is registered.
        ChannelModeRow("R", .flag(.accountsEnter, isSettable: true), "Only who is logged in comes in."),
        ChannelModeRow("r", .flag(.registered, isSettable: false), "Registered to an account; the server sets it."),
        ChannelModeRow("s", .flag(.secret, isSettable: true), "Others do not see that it exists."),
        ChannelModeRow("T", .flag(.noNotice, isSettable: true), "No notices."),
        ChannelModeRow("t", .flag(.topicByHosts, isSettable: true), "Only hosts change the topic."),
        ChannelModeRow(
            "U",
            .flag(.heardByHosts, isSettable: true),
            "What members without a rank say only hosts hear."
        ),
        ChannelModeRow("u", .flag(.auditorium, isSettable: true), "Members without a rank are seen by hosts only."),
        // As in InspIRCd and UnrealIRCd; solanum has `S`, ergo none.
        ChannelModeRow("z", .flag(.secureOnly, isSettable: true), "Only who is connected securely comes in."),
    ]

    // Those whose letter is shown by more than their row.
    static let host = ChannelModeRow("o", .rank(.host, sign: "@"), "Host: runs the channel.")
    static let voice = ChannelModeRow("v", .rank(.voice, sign: "+"), "Voice: may speak in a moderated channel.")
    static let key = ChannelModeRow("k", .key, "Key: who joins has to know it.")
    static let limit = ChannelModeRow("l", .limit, "Limit: so many members at most.")

    /// The row of a letter.
    package static func row(_ letter: Character) -> ChannelModeRow? { self.rows.first { $0.letter == letter } }

    /// The letters of the rows that a test takes, in alphabetical order, capitals behind their small letters.
    package static func letters(where isWanted: (ChannelModeRow) -> Bool) -> String {
        String(
            self.rows.filter(isWanted).map(\.letter)
                .sorted { ($0.lowercased(), $1.description) < ($1.lowercased(), $0.description) }
        )
    }

    /// The value of CHANMODES in ISUPPORT: the types A to D.
    package static var supportValue: String {
        [
            self.letters { if case .list = $0.kind { true } else { false } },
            self.letters { if case .key = $0.kind { true } else { false } },
            self.letters {
                switch $0.kind {
                case .limit, .value: true;
                default: false
                }
            },
            self.letters { if case .flag = $0.kind { true } else { false } },
        ].joined(separator: ",")
    }

    /// The letters of all modes, as RPL_MYINFO has them.
    package static let allLetters = Self.letters { _ in true }

    /// The letters of modes that may have a parameter, as RPL_MYINFO has them.
    package static let parameterLetters = Self.letters { $0.takesParameter(adding: true) }
}
