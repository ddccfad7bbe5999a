// A check as it is written in a tenant's settings.

import Checks

extension Check: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting(
            "name",
            \.name,
            .text(
                "name",
                "name of a check: use 1 to 32 small letters, digits and -",
                pattern: "^[a-z0-9]([-a-z0-9]{0,30}[a-z0-9])?$",
                maxLength: 32
            ) { text in
                let isName = text.utf8.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789-".utf8.contains($0) }
                return isName && 1...32 ~= text.utf8.count && text.first != "-" && text.last != "-" ? text : nil
            },
            required: "name the check, such as flood",
            "By which moderators and figures know it."
        ),
        Setting(
            "kind",
            \.kind,
            Self.kinds,
            required: "choose one of \(Check.Kind.allCases.map(\.rawValue).joined(separator: ", "))",
            "What is looked at. Rate: more messages than limit within a time. Repeat: the same or nearly the same more often than limit within a time. Capitals: a share of capitals. Formatting: more codes of colours and formatting than limit. Links: where links lead. Words: words of a list. Patterns: regular expressions."
        ),
        Setting(
            "action",
            \.action,
            .choice(unknown: .hold),
            required: "choose what becomes of a message that is hit, such as Warn",
            "What becomes of a message that is hit. Warn: it goes through, and its sender is told. Refuse: it does not. Hide: its sender alone sees it. Hold: it waits for a moderator. Mute, Kick, Ban: the same as Refuse, and its sender does not speak in the channel for duration, is taken out of it, or that and kept out."
        ),
        Setting(
            "duration",
            \.duration,
            .duration(CheckBounds.duration),
            "For how long who is muted or banned is that, such as 10m."
        ),
        Setting("dryRun", \.dryRun, .flag, "Whether the check only counts, and nothing is done."),
        Setting(
            "channels",
            \.channels,
            .list(of: Self.mask, .set, most: CheckBounds.channels).decoded { $0.value($1) },
            "In which channels the check holds, by masks such as #help*; by default in all."
        ),
        Setting("inChannels", \.inChannels, .flag, "Whether it holds in channels."),
        Setting(
            "directMessages",
            \.directMessages,
            .flag,
            "Whether it holds for what people write to each other; such a check cannot mute, kick or ban."
        ),
        Setting("exempt", \.exempt, .object, "For whom it does not hold."),
        Setting(
            "limit",
            \.limit,
            .integer(CheckBounds.limit),
            "How many messages (Rate), times the same (Repeat) or codes (Formatting) are let pass; of messages at most \(CheckBounds.remembered - 1)."
        ),
        Setting(
            "within",
            \.within,
            .duration(CheckBounds.within),
            "In which time messages are counted, such as 10s (Rate, Repeat)."
        ),
        Setting(
            "share",
            \.share,
            .integer(CheckBounds.share),
            "The least share of capitals among the letters that is too much, in percent (Capitals)."
        ),
        Setting(
            "minimumLength",
            \.minimumLength,
            .integer(CheckBounds.minimumLength),
            "How many letters a text has at least that is looked at (Capitals, Repeat)."
        ),
        Setting(
            "allow",
            \.allow,
            .list(of: .hostname, .set, most: CheckBounds.domains).decoded { $0.value($1) },
            "Domains, with those below them, to which links may lead whatever deny says (Links)."
        ),
        Setting(
            "deny",
            \.deny,
            .list(of: .hostname, .set, most: CheckBounds.domains).decoded { $0.value($1) },
            "Domains, with those below them, to which links may not lead; by default all but those of allow (Links)."
        ),
        Setting(
            "words",
            \.words,
            .list(of: Self.word, .ordered(), most: CheckBounds.words).decoded { $0.value($1) },
            "Words and phrases, compared without capitals and by how letters look; a * at either end of a word stands for any letters (Words)."
        ),
        Setting(
            "patterns",
            \.patterns,
            .list(of: Self.pattern, .ordered(), most: CheckBounds.patterns).decoded { $0.value($1) },
            "Regular expressions as PCRE2 has them, searched for in the text without its formatting; capitals count unless one begins with (?i). A text on which a search takes too long is taken for one that it does not find (Patterns)."
        ),
    ]

    /// What a later version looks at is not known to this one: without it there is no check.
    private static let kinds: SettingType<Kind> = {
        var type = SettingType<Kind>.choice
        type.decode = { object, key, _ in
            let word: String = try object.required(key)
            guard let kind = Kind(rawValue: word) else { throw object.mistake(key, "is not known") }
            return kind
        }
        return type
    }()

    private static let mask = SettingType<String>.text(
        "mask",
        "mask of channels: write a name such as #help*, without spaces and commas",
        pattern: #"^[^\x00-\x20,\x7f]{1,64}$"#,
        maxLength: 64
    ) { text in
        1...64 ~= text.unicodeScalars.count
            && text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0 != "," && $0.value != 0x7F }
            ? text : nil
    }

    private static let word = SettingType<String>.text(
        "word",
        "word or phrase: write 1 to \(CheckBounds.wordLength) characters on one line",
        pattern: #"^[^\x00-\x1f\x7f]{1,64}$"#,
        maxLength: CheckBounds.wordLength
    ) { text in
        let isLine = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        return isLine && 1...CheckBounds.wordLength ~= text.unicodeScalars.count ? text : nil
    }

    private static let pattern: SettingType<String> = {
        var type = SettingType<String>.text
        (type.schema["minLength"], type.schema["maxLength"]) = (1, .integer(Pattern.longest))
        type.read = { cursor in
            guard let text = cursor.string() else { return nil }
            do throws(Pattern.Problem) { _ = try Pattern(text) } catch {
                let what = "\(FieldCursor.quoted(text)) is no regular expression that can be used"
                cursor.report(.badValue, "\(what): \(error.text), before byte \(error.place)")
                return nil
            }
            return text
        }
        return type
    }()

    static let rules = [
        Schema.Rule(
            "!(has(self.directMessages) && self.directMessages && has(self.action) && self.action in ['Mute', 'Kick', 'Ban'])",
            "between people nobody is muted, kicked or banned: choose another action, or leave directMessages out"
        ),
        Schema.Rule("self.kind != 'Words' || (has(self.words) && self.words.size() > 0)", "write words to look for"),
        Schema.Rule(
            "self.kind != 'Patterns' || (has(self.patterns) && self.patterns.size() > 0)",
            "write patterns to look for"
        ),
        Schema.Rule(
            "!(self.kind in ['Rate', 'Repeat']) || !has(self.limit) || self.limit < \(CheckBounds.remembered)",
            "of messages at most \(CheckBounds.remembered - 1) are counted"
        ),
    ]

    static func check(_ value: Self, _ fields: ObjectFields) {
        if value.directMessages, value.action.needsChannel {
            let text =
                "cannot be \(value.action.rawValue) between people: choose another action, or leave directMessages out"
            fields["action"].report(.badValue, text)
        }
        // Those that cannot be read are told of already.
        if value.kind == .words, (fields["words"].elements ?? 0) == 0 {
            fields["words"].report(.missing, "is missing or empty: write words to look for")
        }
        if value.kind == .patterns, (fields["patterns"].elements ?? 0) == 0 {
            fields["patterns"].report(.missing, "is missing or empty: write patterns to look for")
        }
        if [.rate, .repetition].contains(value.kind), value.limit >= CheckBounds.remembered {
            let text = "\(value.limit) is out of bounds: of messages at most \(CheckBounds.remembered - 1) are counted"
            fields["limit"].report(.badValue, text)
        }
    }
}

extension Check.Exemption: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting("roles", \.roles, .flag, "Guides, moderators and administrators of the network."),
        Setting(
            "rank",
            \.rank,
            .choice(unknown: .host),
            "Who has at least this rank in the channel: Voice, Host or Owner; None for nobody."
        ),
        Setting("accounts", \.accounts, .flag, "Who is logged in to an account."),
    ]
}

extension SettingType {
    /// The same, taken from the projection in this way.
    fileprivate func decoded(_ decode: @escaping @Sendable (ProjectionObject, ProjectionKey) throws -> Value?) -> Self {
        var type = self
        type.decode = { object, key, _ in try decode(object, key) }
        return type
    }
}
