// What who has no account may do less than others.

/// What people without an account may do.
package struct GuestSettings: Hashable, Sendable {
    /// Whether they write to others than those who look after the network.
    package var directMessages = true
    /// For how long after they came they send no links; zero for not at all.
    package var linksAfter: Duration = .zero
    /// Whether a channel begins that they join and that is not there.
    package var createChannels = true
    /// How many channels they may be in; `nil` for as many as others.
    package var maximumChannels: Int?

    /// What holds where nothing is said.
    package static let standard = GuestSettings()

    /// Takes what holds where nothing is said.
    package init() {}
}

extension GuestSettings: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting(
            "directMessages",
            \.directMessages,
            .flag,
            "Whether they write to others than those who may keep people apart, who can always be written to."
        ),
        Setting(
            "linksAfter",
            \.linksAfter,
            .duration(Bounds.linksAfter, .passedOver),
            "For how long after they came they send no links, such as 10m; by default they send them at once."
        ),
        Setting(
            "createChannels",
            \.createChannels,
            .flag,
            "Whether a channel begins that they join and that is not there."
        ),
        Setting(
            "maximumChannels",
            \.maximumChannels,
            .integer(Bounds.guestChannels),
            "How many channels they may be in; by default as many as others."
        ),
    ]
}
