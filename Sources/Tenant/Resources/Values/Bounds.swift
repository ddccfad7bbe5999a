// What somebody may write at most, where more than one place has to know. All of it is far below what overflows and
// below 2^53, up to which JSON's readers, Lua and SQL hold a whole number exactly. The definitions under k8s/crds say the
// same of numbers and durations, and of sizes as far as a pattern can.

/// The least and the greatest of what is read.
package enum Bounds {
    /// For how long a broken session may stay in its channels.
    package static let resumeGrace: ClosedRange<Duration> = .zero ... .seconds(30 * 86_400)
    /// For how long a log-in may be remembered.
    package static let rememberFor: ClosedRange<Duration> = .zero ... .seconds(30 * 86_400)
    /// After how long who goes by a nickname of another account may get another.
    package static let nickTimeout: ClosedRange<Duration> = .zero ... .seconds(86_400)
    /// For how long guests may have to be there before they send links.
    package static let linksAfter: ClosedRange<Duration> = .zero ... .seconds(30 * 86_400)
    /// In how many channels guests may be.
    package static let guestChannels = 0...1_000
    /// How many accounts one mail address may have.
    package static let accountsPerEmail = 1...1_000
    /// Points of what speaks against somebody who comes.
    package static let points = 0...1_000
    /// How often a command may be sent.
    package static let commands = 1...10_000
    /// In which time.
    package static let commandTime: ClosedRange<Duration> = .zero ... .seconds(86_400)
    /// With how many zero bits the hash of a proof of work begins.
    package static let proofDifficulty = 1...30
    /// Bits of a list's answer.
    package static let listMask = 0...0xFF_FFFF
    /// For how long nobody of a registered channel may have to be there before it is nobody's: a century.
    package static let channelExpiry: ClosedRange<Duration> = .zero ... .seconds(36_500 * 86_400)
    /// How many characters a password may have to have.
    package static let passwordLength = 1...64
    /// For how long who is always on may stay without a client.
    package static let alwaysOn: ClosedRange<Duration> = .zero ... .seconds(365 * 86_400)
    /// For how long clients come by TLS alone.
    package static let strictTransport: ClosedRange<Duration> = .zero ... .seconds(730 * 86_400)
    /// For how long history and archives may be kept: a century.
    package static let retention: ClosedRange<Duration> = .zero ... .seconds(36_500 * 86_400)
    /// How long something that was said may wait to be archived.
    package static let archiveDelay: ClosedRange<Duration> = .seconds(10) ... .seconds(86_400)
    /// For how long a message may wait for a moderator.
    package static let heldFor: ClosedRange<Duration> = .seconds(3_600) ... .seconds(90 * 86_400)
    /// How many messages of a tenant may wait for one.
    package static let heldMessages = 1...10_000
    /// For how long fewer pods must have sufficed.
    package static let stabilization: ClosedRange<Duration> = .zero ... .seconds(86_400)
    /// For how long a pod that goes may serve on; Kubernetes waits for it at each step of a rollout.
    package static let drainAnnouncement: ClosedRange<Duration> = .zero ... .seconds(3_600)
    /// Over how long a pod that goes may spread its goodbyes.
    package static let drainGracePeriod: ClosedRange<Duration> = .zero ... .seconds(86_400)
    /// Units of a meter, in prices.
    package static let units = 1_000_000_000_000_000
    /// Sizes in bytes: 1 Pi.
    package static let size = 1 << 50
}
