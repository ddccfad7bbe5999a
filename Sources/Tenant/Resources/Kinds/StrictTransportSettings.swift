/// What clients are told of coming by TLS alone (IRCv3 sts).
package struct StrictTransportSettings: Hashable, Sendable {
    /// For how long that holds after they heard of it; zero takes back what they heard, `nil` says nothing.
    package var duration: Duration?
    /// Whether programs may come with it, so that it holds before the first connection.
    package var preload = false

    /// Says nothing.
    package init() {}
}

extension StrictTransportSettings: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting(
            "duration",
            \.duration,
            .duration(Bounds.strictTransport, .passedOver),
            "For how long a client that was here comes by TLS alone, such as 30d; 0s takes back what was said before. By default nothing is said. Begin with an hour, and see that certificates are renewed in time."
        ),
        Setting(
            "preload",
            \.preload,
            .flag,
            "Whether lists of networks that come with clients may have this one."
        ),
    ]
}
