// Capabilities as rows: what CAP says, what clients may ask for, and which specification each follows.

/// A capability with its name.
package struct CapabilityRow: Sendable {
    /// Where it is specified.
    package enum Specification: Sendable, Hashable {
        /// A page of ircv3.net below `/specs/`.
        case ircv3(String)
        /// Another project's page.
        case other(String)
        /// A page of ours, from the root of the project.
        case document(String)
    }

    package let capability: Capabilities
    package let name: String
    package let specification: Specification

    init(_ name: String, _ capability: Capabilities, _ specification: Specification) {
        self.name = name
        self.capability = capability
        self.specification = specification
    }
}

extension Capabilities {
    /// Every capability, in the order of their bits.
    package static let rows: [CapabilityRow] = [
        CapabilityRow("cap-notify", .capNotify, .ircv3("extensions/capability-negotiation")),
        CapabilityRow("message-tags", .messageTags, .ircv3("extensions/message-tags")),
        CapabilityRow("server-time", .serverTime, .ircv3("extensions/server-time")),
        CapabilityRow("account-tag", .accountTag, .ircv3("extensions/account-tag")),
        CapabilityRow("account-notify", .accountNotify, .ircv3("extensions/account-notify")),
        CapabilityRow("extended-join", .extendedJoin, .ircv3("extensions/extended-join")),
        CapabilityRow("away-notify", .awayNotify, .ircv3("extensions/away-notify")),
        CapabilityRow("multi-prefix", .multiPrefix, .ircv3("extensions/multi-prefix")),
        CapabilityRow("userhost-in-names", .userhostInNames, .ircv3("extensions/userhost-in-names")),
        CapabilityRow("echo-message", .echoMessage, .ircv3("extensions/echo-message")),
        CapabilityRow("batch", .batch, .ircv3("extensions/batch")),
        CapabilityRow("labeled-response", .labeledResponse, .ircv3("extensions/labeled-response")),
        CapabilityRow("setname", .setname, .ircv3("extensions/setname")),
        CapabilityRow("chghost", .chghost, .ircv3("extensions/chghost")),
        CapabilityRow("invite-notify", .inviteNotify, .ircv3("extensions/invite-notify")),
        CapabilityRow("standard-replies", .standardReplies, .ircv3("extensions/standard-replies")),
        CapabilityRow("sasl", .sasl, .ircv3("extensions/sasl-3.2")),
        CapabilityRow("extended-monitor", .extendedMonitor, .ircv3("extensions/extended-monitor")),
        CapabilityRow("roost.chat/resume", .resume, .document("docs/clients.md")),
        CapabilityRow("draft/pre-away", .preAway, .ircv3("extensions/pre-away")),
        CapabilityRow(
            "draft/persistence",
            .persistence,
            .other("https://github.com/ergochat/ergo/blob/master/docs/MANUAL.md")
        ),
        CapabilityRow("draft/chathistory", .chatHistory, .ircv3("extensions/chathistory")),
        CapabilityRow("draft/event-playback", .eventPlayback, .ircv3("extensions/chathistory")),
        CapabilityRow("draft/read-marker", .readMarker, .ircv3("extensions/read-marker")),
        CapabilityRow(
            "soju.im/search",
            .search,
            .other("https://codeberg.org/emersion/soju/src/branch/master/doc/ext/search.md")
        ),
        CapabilityRow("draft/message-redaction", .messageRedaction, .ircv3("extensions/message-redaction")),
        CapabilityRow("znc.in/playback", .playback, .other("https://wiki.znc.in/Playback")),
        CapabilityRow("draft/multiline", .multiline, .ircv3("extensions/multiline")),
        CapabilityRow("draft/no-implicit-names", .noImplicitNames, .ircv3("extensions/no-implicit-names")),
        CapabilityRow(
            "soju.im/no-implicit-names",
            .noImplicitNamesOfSoju,
            .other("https://codeberg.org/emersion/soju/src/branch/master/doc/ext/no-implicit-names.md")
        ),
        CapabilityRow("draft/extended-isupport", .extendedISupport, .ircv3("extensions/extended-isupport")),
        CapabilityRow("draft/oper-tag", .operTag, .ircv3("extensions/oper-tag")),
        CapabilityRow("draft/whoami", .whoami, .other("https://github.com/ircv3/ircv3-specifications/pull/603")),
        CapabilityRow("draft/relaymsg", .relaymsg, .other("https://github.com/ircv3/ircv3-specifications/pull/417")),
        CapabilityRow("draft/channel-rename", .channelRename, .ircv3("extensions/channel-rename")),
        CapabilityRow("draft/metadata-2", .metadata2, .ircv3("extensions/metadata")),
        CapabilityRow("draft/metadata-3", .metadata3, .other("https://github.com/ircv3/ircv3-specifications/pull/613")),
        CapabilityRow("draft/webpush", .webPush, .other("https://github.com/ircv3/ircv3-specifications/pull/471")),
        CapabilityRow(
            "soju.im/webpush",
            .webPushOfSoju,
            .other("https://codeberg.org/emersion/soju/src/branch/master/doc/ext/webpush.md")
        ),
        CapabilityRow(
            "draft/languages",
            .languages,
            .other("https://gist.github.com/DanielOaks/8126122f74b26012a3de37db80e4e0c6")
        ),
        CapabilityRow("draft/account-registration", .accountRegistration, .ircv3("extensions/account-registration")),
    ]

    /// What is told as capabilities are, and cannot be asked for.
    package static let announced: [CapabilityRow] = [
        CapabilityRow(Self.strictTransport, [], .ircv3("extensions/sts"))
    ]
}
