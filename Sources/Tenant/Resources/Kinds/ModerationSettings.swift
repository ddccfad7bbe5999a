package import Checks

/// What messages go through before they are said, and what becomes of those that are held.
package struct ModerationSettings: Hashable, Sendable {
    /// The checks, in their order.
    package var checks: [Check] = []
    /// For how long a message that is held waits for a moderator.
    package var heldFor: Duration = .seconds(7 * 86_400)
    /// How many messages may be held at a time.
    package var heldLimit = 500

    /// No checks.
    package static let standard = ModerationSettings()

    /// Takes what holds where nothing is said.
    package init() {}
}

extension ModerationSettings: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting(
            "checks",
            \.checks,
            Self.list,
            "What messages are looked at for before they are said, and what becomes of those that are hit: of several checks the severest action counts."
        ),
        Setting(
            "heldFor",
            \.heldFor,
            .duration(Bounds.heldFor, .passedOver),
            "For how long a message that is held waits for a moderator, such as 7d; after that it is gone."
        ),
        Setting(
            "heldLimit",
            \.heldLimit,
            .integer(Bounds.heldMessages),
            "How many messages may be held at a time; past that those to be held are refused."
        ),
    ]

    private static let list = SettingType<[Check]>.list(
        of: .object,
        .objects(by: "name", \.name),
        most: CheckBounds.checks
    ).projected { object, key in
        // What a later version has checked is not checked by this one.
        try object.objects(key)?.compactMap { object in
            var check = Check()
            return (try? check.take(from: object)) == nil ? nil : check
        }
    }

    static func check(_ value: Self, _ fields: ObjectFields) {
        func count(_ what: String, _ most: Int, _ part: (Check) -> Int) {
            let count = value.checks.reduce(0) { $0 + part($1) }
            guard count > most else { return }
            fields["checks"].report(.badValue, "have \(count) \(what) together: write at most \(most)")
        }
        count("patterns", CheckBounds.allPatterns) { $0.patterns.count }
        count("words", CheckBounds.allWords) { $0.words.count }
        count("words with *", CheckBounds.allWild) { check in
            check.words.count(where: { $0.hasPrefix("*") || $0.hasSuffix("*") })
        }
        count("domains", CheckBounds.allDomains) { $0.allow.count + $0.deny.count }
    }
}
