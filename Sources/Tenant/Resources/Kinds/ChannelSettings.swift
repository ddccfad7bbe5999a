// What channels begin with that people make, or register, by their names.

package import Chat
package import IRC

/// What holds for a tenant's channels.
package struct ChannelSettings: Hashable, Sendable {
    /// What channels begin with; the first whose mask matches holds.
    package var templates: [ChannelTemplate] = []

    /// Takes what holds where nothing is said.
    package init() {}

    /// What a channel of a name begins with; nil for what is usual.
    package func template(for name: ChannelName) -> ChannelTemplate? {
        self.templates.first { Glob($0.mask[...], under: Names.caseMapping).matches(folded: name.folded) }
    }
}

extension ChannelSettings: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting(
            "templates",
            \.templates,
            .objects(by: "mask", \.mask, most: 50),
            "What channels begin with that somebody makes, or registers, in order: the first whose mask matches the name holds. Channels that are there stay as they are."
        )
    ]
}

/// What a channel begins with whose name a mask matches.
package struct ChannelTemplate: Hashable, Sendable {
    /// With `*` and `?`.
    package var mask = ""
    /// The letters of the switches that are on; nil for what is usual.
    package var modes: String?
    /// The topic; nil for none.
    package var topic: String?
    /// Whether these switches stay on once somebody registers the channel.
    package var areModesLocked = false

    /// Says nothing.
    package init() {}

    /// The switches that are on.
    package var switches: ChannelModes { self.modes.map { ChannelModes(text: $0) } ?? .initial }
}

extension ChannelTemplate: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting(
            "mask",
            \.mask,
            .text(
                "mask",
                "mask of channels: begin with # and use * and ?, such as #help-*",
                pattern: "^#[!-+.-~-]{0,49}$"
            ) { text in
                let rest = text.utf8.dropFirst()
                guard text.utf8.first == UInt8(ascii: "#"), rest.count <= 49,
                    rest.allSatisfy({ 0x21...0x7E ~= $0 && $0 != UInt8(ascii: ",") })
                else { return nil }
                return text
            },
            required: "write a mask, such as \"#help-*\"",
            "The names that are meant, such as #help-*."
        ),
        Setting(
            "modes",
            \.modes,
            .text(
                "letters",
                "set of modes: write the letters of those that are on, of \(Self.letters), and not both p and s",
                pattern: "^[\(Self.letters)]{1,40}$",
                { text in
                    let isKnown = !text.isEmpty && text.utf8.count <= 40 && text.allSatisfy(Self.letters.contains)
                    return isKnown && !(text.contains("p") && text.contains("s")) ? text : nil
                }
            ).obeying([.init("!self.matches('p.*s|s.*p')", "a channel is private or secret, not both")]),
            "The letters of the modes that are on in it; by default n and t."
        ),
        Setting("topic", \.topic, .line, "Its topic; by default none."),
        Setting(
            "locked",
            \.areModesLocked,
            .flag,
            "Whether these modes stay on once somebody registers the channel, as by ChanServ SET MLOCK."
        ),
    ]

    /// The letters of all switches that people set.
    private static let letters = String(
        ChannelModeTable.rows.compactMap { row in
            if case .flag(_, isSettable: true) = row.kind { row.letter } else { nil }
        }.sorted()
    )
}
