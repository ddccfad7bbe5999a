// What of a tenant goes to object storage.

/// What is archived to object storage.
package struct ArchiveSettings: Hashable, Sendable {
    /// Whether anything is.
    package var enabled = false
    /// When, as five cron fields in UTC.
    package var schedule = "15 3 * * *"
    /// For how long archives are kept.
    package var retention: Duration = .seconds(365 * 86_400)

    /// What holds where nothing is said.
    package static let standard = ArchiveSettings()

    /// Takes what holds where nothing is said.
    package init() {}
}

extension ArchiveSettings: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting(
            "enabled",
            \.enabled,
            .flag,
            "Whether anything is.",
            notImplemented: .yet("no archives are made", but: false)
        ),
        Setting(
            "schedule",
            \.schedule,
            .text(
                "cron fields",
                "schedule: write five cron fields, such as \"15 3 * * *\"",
                pattern: "^ *[A-Za-z0-9*/,-]+( +[A-Za-z0-9*/,-]+){4} *$",
                Self.cron
            ),
            "When, as five cron fields in UTC.",
            notImplemented: .yet("no archives are made")
        ),
        Setting(
            "retention",
            \.retention,
            .duration(Bounds.retention, .refused),
            "For how long archives are kept, such as 365d.",
            notImplemented: .yet("no archives are made")
        ),
    ]

    /// Whether there are five fields of what cron fields are made of; their ranges are checked where they are used.
    private static func cron(_ text: String) -> String? {
        let fields = text.split(separator: " ")
        let allowed = fields.allSatisfy {
            $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "*/,-".contains($0)) }
        }
        return fields.count == 5 && allowed ? fields.joined(separator: " ") : nil
    }
}
