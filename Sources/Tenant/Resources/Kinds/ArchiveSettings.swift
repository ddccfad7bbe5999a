// What of a tenant goes to object storage.

import Foundation

/// What is archived to object storage.
package struct ArchiveSettings: Hashable, Sendable {
    /// Whether anything is.
    package var enabled = false
    /// When; nil is continuously.
    package var schedule: CronSchedule?
    /// In which time zone the schedule is, as the IANA database calls it.
    package var timeZone = "Etc/UTC"
    /// How long something that was said waits at most, where it is archived continuously.
    package var delay: Duration = .seconds(900)
    /// For how long archives are kept.
    package var retention: Duration = .seconds(365 * 86_400)
    /// In which storage class segments are kept; nil is as the cell says.
    package var storageClass: String?

    /// Why nothing is deleted from the archive whatever its age; nil if what is too old is.
    package var hold: ArchiveHold?

    /// What holds where nothing is said.
    package static let standard = ArchiveSettings()

    /// What a schedule is called that is none.
    static let continuous = "continuous"

    /// Takes what holds where nothing is said.
    package init() {}

    fileprivate var scheduleText: String {
        get { self.schedule?.text ?? Self.continuous }
        set { self.schedule = CronSchedule(newValue) }
    }
}

extension ArchiveSettings: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting("enabled", \.enabled, .flag, "Whether anything is."),
        Setting(
            "schedule",
            \.scheduleText,
            .text(
                "`continuous` or cron fields",
                "schedule: write continuous, or five cron fields such as \"15 3 * * *\"",
                pattern: "^(continuous| *[A-Za-z0-9*/,-]+( +[A-Za-z0-9*/,-]+){4} *)$",
                { $0 == Self.continuous ? $0 : CronSchedule($0)?.text }
            ),
            "When: `continuous`, or as five cron fields."
        ),
        Setting(
            "timeZone",
            \.timeZone,
            .text(
                "a time zone",
                "time zone: write a name such as Europe/Berlin",
                pattern: "^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$",
                maxLength: 64,
                { TimeZone(identifier: $0) == nil ? nil : $0 }
            ),
            "In which time zone the schedule is, as the IANA database calls it."
        ),
        Setting(
            "delay",
            \.delay,
            .duration(Bounds.archiveDelay, .passedOver),
            "How long something that was said waits at most, where it is archived continuously."
        ),
        Setting(
            "retention",
            \.retention,
            .duration(Bounds.retention, .refused),
            "For how long archives are kept, such as 365d."
        ),
        Setting(
            "storageClass",
            \.storageClass,
            .storageClass,
            "In which storage class segments are kept, such as GLACIER_IR; by default as the Cell says."
        ),
        Setting(
            "hold",
            \.hold,
            .hold,
            "Keeps the archive whatever its age, for as long as it stands here."
        ),
    ]
}

extension SettingType where Value == ArchiveHold {
    /// A hold; one that a projection says in words that nobody knows holds all the same.
    static var hold: SettingType {
        var type = SettingType.object
        type.decode = { object, key, _ in
            guard let inner = try object.whole(key) else { return nil }
            var value = ArchiveHold()
            try value.take(from: inner)
            return value
        }
        return type
    }
}

/// A legal hold.
package struct ArchiveHold: Hashable, Sendable {
    /// What it is for.
    package var reason = ""
    /// Who wants it.
    package var by = ""

    package init() {}
}

extension ArchiveHold: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting(
            "reason",
            \.reason,
            .line,
            required: "write reason: …, such as a case's number",
            "What it is for, such as a case's number."
        ),
        Setting("by", \.by, .line, "Who wants it."),
    ]
}
