package import IRC

/// An extended ban as a row: everything that is told, parsed or matched of it is derived from this.
///
/// Written `letter:what` or `name:what` without a sign in front (ISUPPORT EXTBAN), as ergo and InspIRCd do it. What no row begins
/// with is a mask.
package struct ExtendedBan: Sendable {
    enum Kind: Sendable {
        /// Says otherwise than by a mask whom it means.
        ///
        /// Answers with that, and with how lists show it.
        case meaning(@Sendable (Substring) -> (subject: Ban.Subject, text: String)?)
        /// Says what it keeps from; whom it means says what follows.
        case act(Ban.Effect)
        /// Names a channel to which those come who are kept out; whom it means says what follows.
        case forward
    }

    package let letter: Character
    package let name: String
    let kind: Kind
    /// One sentence for HELP.
    package let help: Phrase

    init(_ letter: Character, _ name: String, _ kind: Kind, _ help: Phrase) {
        self.letter = letter
        self.name = name
        self.kind = kind
        self.help = help
    }
}

extension ExtendedBan {
    /// `a` as in solanum and UnrealIRCd; InspIRCd has `R`, ergo none.
    static let account = ExtendedBan(
        "a",
        "account",
        .meaning { text in Ban.pattern(text).map { (.account($0), String(text)) } },
        "a:<account>: who is logged in to it."
    )

    /// What tenant operators ban: a row of its own, so that every shard knows what an entry is matched with, and who may set it.
    static let address = ExtendedBan(
        "i",
        "ip",
        .meaning(Ban.address),
        "i:<mask or network>: the address behind the host; for operators of the network."
    )

    /// All that there are.
    package static let rows: [ExtendedBan] = [
        Self.account,
        // `c` as in solanum and UnrealIRCd; InspIRCd has `j`.
        ExtendedBan(
            "c",
            "channel",
            .meaning { ChannelName($0, under: Names.caseMapping).map { (.channel($0.folded), $0.raw) } },
            "c:<channel>: who is in it, if everybody may know."
        ),
        // `f` as in UnrealIRCd; solanum has it behind the mask.
        ExtendedBan("f", "forward", .forward, "f:<channel>:<mask>: who comes into that channel instead."),
        Self.address,
        // `m` as in ergo and InspIRCd.
        ExtendedBan("m", "mute", .act(.speaking), "m:<mask>: who comes in, but does not speak."),
        // `r` as in all of them.
        ExtendedBan(
            "r",
            "realname",
            .meaning { text in Ban.pattern(text).map { (.realname($0), String(text)) } },
            "r:<pattern>: whose real name is like that; ? stands for a space."
        ),
        // `z` as in InspIRCd; UnrealIRCd has `S`, and in solanum it is all who are connected securely.
        ExtendedBan(
            "z",
            "fingerprint",
            .meaning(Ban.fingerprint),
            "z:<SHA-256>: whose client has a certificate of this fingerprint."
        ),
    ]

    /// The value of EXTBAN in ISUPPORT.
    package static let supportValue = "," + String(Self.rows.map(\.letter).sorted())
    /// The value of ACCOUNTEXTBAN in ISUPPORT (IRCv3 account-extban).
    package static let accountSupportValue = "\(Self.account.name),\(Self.account.letter)"

    /// The row that a text begins with, and what follows.
    static func split(_ text: Substring) -> (row: ExtendedBan, value: Substring)? {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let head = text[..<colon]
        guard let row = Self.rows.first(where: { head == $0.name || head == String($0.letter) }) else { return nil }
        return (row, text[text.index(after: colon)...])
    }
}
