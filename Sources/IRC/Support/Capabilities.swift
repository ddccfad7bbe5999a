// Capabilities: what a client has asked for beyond the old protocol. A connection keeps them as one word, so encoding
// once for each distinct set is cheap.

/// A set of IRCv3 capabilities.
package struct Capabilities: OptionSet, Sendable, Hashable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// Told when capabilities come and go; implied by `CAP LS 302`, and then cannot be given up.
    package static let capNotify = Capabilities(rawValue: 1 << 0)
    /// Tags, client-only tags and TAGMSG.
    ///
    /// Tags of capabilities below are sent without it too.
    package static let messageTags = Capabilities(rawValue: 1 << 1)
    /// `time` tags.
    package static let serverTime = Capabilities(rawValue: 1 << 2)
    /// `account` tags.
    package static let accountTag = Capabilities(rawValue: 1 << 3)
    /// ACCOUNT messages; of users without a common channel too if ``extendedMonitor`` is there.
    package static let accountNotify = Capabilities(rawValue: 1 << 4)
    /// JOIN with account and real name.
    package static let extendedJoin = Capabilities(rawValue: 1 << 5)
    /// AWAY messages; see ``accountNotify`` for ``extendedMonitor``.
    package static let awayNotify = Capabilities(rawValue: 1 << 6)
    /// All prefixes of a member in NAMES and WHO.
    package static let multiPrefix = Capabilities(rawValue: 1 << 7)
    /// nick!user@host in NAMES.
    package static let userhostInNames = Capabilities(rawValue: 1 << 8)
    /// A client's own messages come back to it.
    package static let echoMessage = Capabilities(rawValue: 1 << 9)
    /// BATCH and the `batch` tag.
    package static let batch = Capabilities(rawValue: 1 << 10)
    /// `label` tags; replies of several lines need ``batch``, so it is of no use without.
    package static let labeledResponse = Capabilities(rawValue: 1 << 11)
    /// SETNAME messages; see ``accountNotify`` for ``extendedMonitor``.
    package static let setname = Capabilities(rawValue: 1 << 12)
    /// CHGHOST messages; see ``accountNotify`` for ``extendedMonitor``.
    package static let chghost = Capabilities(rawValue: 1 << 13)
    /// INVITE messages of others.
    package static let inviteNotify = Capabilities(rawValue: 1 << 14)
    /// FAIL, WARN and NOTE instead of numerics where there is a choice.
    package static let standardReplies = Capabilities(rawValue: 1 << 15)
    /// AUTHENTICATE.
    ///
    /// Its value in `LS 302` names the mechanisms.
    package static let sasl = Capabilities(rawValue: 1 << 16)
    /// MONITOR also reports what ``accountNotify``, ``awayNotify``, ``setname`` and ``chghost`` ask for.
    package static let extendedMonitor = Capabilities(rawValue: 1 << 17)

    /// RESUME TOKEN: how to take one's place in a session again after the connection broke, account or not.
    package static let resume = Capabilities(rawValue: 1 << 18)
    /// AWAY before registration, and `AWAY *` of clients without anybody before them (draft).
    package static let preAway = Capabilities(rawValue: 1 << 19)
    /// PERSISTENCE STATUS at registration and when it changes (draft, as ergo has it).
    package static let persistence = Capabilities(rawValue: 1 << 20)
    /// CHATHISTORY.
    package static let chatHistory = Capabilities(rawValue: 1 << 21)
    /// What happened, and messages of tags alone, in the answers to CHATHISTORY.
    package static let eventPlayback = Capabilities(rawValue: 1 << 22)
    /// MARKREAD.
    package static let readMarker = Capabilities(rawValue: 1 << 23)
    /// SEARCH.
    package static let search = Capabilities(rawValue: 1 << 24)
    /// REDACT.
    package static let messageRedaction = Capabilities(rawValue: 1 << 25)

    /// Asks `*playback` for what it missed instead of being told (ZNC's).
    package static let playback = Capabilities(rawValue: 1 << 26)

    /// Messages of several lines, in batches (draft); of no use without ``batch``.
    package static let multiline = Capabilities(rawValue: 1 << 27)
    /// The type of their batches.
    package static let multilineBatch = "draft/multiline"
    /// No NAMES after JOIN that it did not ask for (draft).
    package static let noImplicitNames = Capabilities(rawValue: 1 << 28)
    /// The same by the name that soju gave it.
    package static let noImplicitNamesOfSoju = Capabilities(rawValue: 1 << 29)
    /// ISUPPORT before registration, and 005 in batches (draft).
    package static let extendedISupport = Capabilities(rawValue: 1 << 30)

    /// A tag on all that operators do (draft).
    package static let operTag = Capabilities(rawValue: 1 << 31)

    /// Is told its own `nick!user@host` at registration, by a SETNAME (draft); later changes by CHGHOST.
    package static let whoami = Capabilities(rawValue: 1 << 32)
    /// A tag on what bridges relay, RELAYMSG (draft).
    package static let relaymsg = Capabilities(rawValue: 1 << 33)
    /// RENAME messages, in place of PART and JOIN (draft).
    package static let channelRename = Capabilities(rawValue: 1 << 34)

    /// METADATA (draft), told by METADATA.
    package static let metadata2 = Capabilities(rawValue: 1 << 35)
    /// The same as the next draft has it: told by numerics, with other FAIL codes.
    package static let metadata3 = Capabilities(rawValue: 1 << 36)
    /// Either.
    package static let metadata: Capabilities = [.metadata2, .metadata3]

    /// WEBPUSH (draft): what an account would want to know at once is pushed to its devices.
    package static let webPush = Capabilities(rawValue: 1 << 37)
    /// The same by the name that soju gave it.
    package static let webPushOfSoju = Capabilities(rawValue: 1 << 38)
    /// LANGUAGE (draft), which is there without it too.
    package static let languages = Capabilities(rawValue: 1 << 39)

    /// REGISTER and VERIFY (draft).
    package static let accountRegistration = Capabilities(rawValue: 1 << 40)

    /// That one comes by TLS alone, which is announced and never asked for.
    package static let strictTransport = "sts"

    /// Those that are of use only where a past is kept.
    package static let past: Capabilities = [
        .chatHistory, .eventPlayback, .readMarker, .search, .messageRedaction, .playback,
    ]

    /// All that there are.
    package static let all = Capabilities(rawValue: 1 << UInt64(Self.rows.count) - 1)

    /// Those of which any puts tags on lines.
    package static let tagged: Capabilities = [
        .messageTags, .serverTime, .accountTag, .batch, .labeledResponse, .operTag, .relaymsg,
    ]

    /// The capability of this name, which is compared exactly; `nil` if there is none.
    package init?(named name: some StringProtocol) {
        guard let bit = Self.rows.firstIndex(where: { $0.name == name }) else { return nil }
        self.init(rawValue: 1 << UInt64(bit))
    }

    /// The capabilities one by one, always in the same order.
    package var elements: [Capabilities] {
        (0..<Self.rows.count).map { Capabilities(rawValue: 1 << UInt64($0)) }.filter { self.contains($0) }
    }

    /// Their names, always in the same order.
    package var sortedNames: [String] {
        Self.rows.indices.filter { self.rawValue & (1 << UInt64($0)) != 0 }.map { Self.rows[$0].name }
    }
}
