package import IRC

/// Why something was not done.
///
/// Whoever asked says it in its own words: a numeric or FAIL to a client, problem details over HTTP.
package struct Refusal: Error, Hashable, Sendable {
    /// What stood in the way.
    package enum Reason: String, Hashable, Sendable, CaseIterable {
        // What was named
        case noSuchChannel = "no-such-channel"
        case noSuchNick = "no-such-nick"
        case invalidChannelName = "invalid-channel-name"
        case nickInUse = "nick-in-use"
        /// A nickname that others would take for another.
        case misleadingNick = "misleading-nick"
        case userNotInChannel = "user-not-in-channel"
        case userOnChannel = "user-on-channel"
        /// A check kept a message until a moderator has looked at it.
        case messageHeld = "message-held"
        /// A check does not let a message through.
        case messageRefused = "message-refused"
        /// There is no such message that is held.
        case noSuchHeldMessage = "no-such-held-message"

        /// A text that would not arrive whole.
        case textTooLong = "text-too-long"

        // Coming in
        case channelIsFull = "channel-is-full"
        case banned
        case inviteOnly = "invite-only"
        case badKey = "bad-key"
        /// The channel is for those who are logged in.
        case loginNeeded = "login-needed"
        /// The channel is for those who are connected securely.
        case secureNeeded = "secure-needed"
        /// Others came in just now.
        case tooManyJoins = "too-many-joins"
        /// Who does not come in comes into another channel instead: the second subject.
        case forwarded
        case tooManyChannels = "too-many-channels"
        /// The tenant has as many channels as its plan allows.
        case networkHasTooManyChannels = "network-has-too-many-channels"

        // Renaming a channel
        case channelNameInUse = "channel-name-in-use"
        case cannotRename = "cannot-rename"

        // Registered channels
        /// Registered channels are not back yet in the live store.
        case channelsAreMissing = "channels-are-missing"
        case channelIsRegistered = "channel-is-registered"
        case channelIsNotRegistered = "channel-is-not-registered"
        /// This server keeps no channels, or none of this kind.
        case cannotRegisterChannel = "cannot-register-channel"
        /// The account has as many channels as it may.
        case tooManyRegisteredChannels = "too-many-registered-channels"
        /// Only the founder of the channel may.
        case founderNeeded = "founder-needed"
        /// Only who is an owner by the channel's registration may.
        case levelNeeded = "level-needed"
        case cannotGiveLevel = "cannot-give-level"
        /// What is said of whom the channel keeps out means nobody.
        case invalidAutoKick = "invalid-auto-kick"
        case noSuchAutoKick = "no-such-auto-kick"
        case noSuchAccount = "no-such-account"

        // Knocking
        case knockOnOwnChannel = "knock-on-own-channel"
        case channelIsOpen = "channel-is-open"
        case tooManyKnocks = "too-many-knocks"

        // Rights
        case notOnChannel = "not-on-channel"
        /// Only hosts and owners of the channel may.
        case hostNeeded = "host-needed"
        /// Only an owner of the channel may.
        case ownerNeeded = "owner-needed"
        case ownerCannotBeKicked = "owner-cannot-be-kicked"
        case cannotSpeak = "cannot-speak"
        /// A channel has its members keep their nicknames.
        case nickIsKept = "nick-is-kept"
        /// Who may relay there for others.
        case relayingNeeded = "relaying-needed"
        /// Who is relayed, not who relays.
        case relayedIsBanned = "relayed-is-banned"
        /// A right that the actor's roles do not give.
        case rightNeeded = "right-needed"

        // Modes
        case unknownMode = "unknown-mode"
        case invalidModeParameter = "invalid-mode-parameter"
        case listIsFull = "list-is-full"
        /// The channel's founder has modes be as they are: the channel, the letter and the lock.
        case modeIsLocked = "mode-is-locked"
        /// Members are there who are not connected securely.
        case insecureMembers = "insecure-members"

        case silenceListIsFull = "silence-list-is-full"
        /// A user or channel says as much of itself by keys as it may.
        case metadataIsFull = "metadata-is-full"

        // Logging in
        case wrongPassword = "wrong-password"
        case tooManyLogins = "too-many-logins"
        case accountNeeded = "account-needed"
        /// The account has as many devices as it may.
        case tooManyDevices = "too-many-devices"
        /// The session that somebody comes back to has ended.
        case nothingToResume = "nothing-to-resume"
        /// The session is another account's.
        case loggedIn = "logged-in"

        // Registering an account
        /// The tenant's administrators make the accounts.
        case registrationIsClosed = "registration-is-closed"
        /// Who asks is not on the network yet.
        case connectionNeeded = "connection-needed"
        /// Who asks has an account.
        case hasAccount = "has-account"
        /// Who asks has no nickname.
        case nickNeeded = "nick-needed"
        case accountExists = "account-exists"
        case badAccountName = "bad-account-name"
        case accountIsNotNick = "account-is-not-nick"
        case weakPassword = "weak-password"
        case unacceptablePassword = "unacceptable-password"
        case invalidEmail = "invalid-email"
        /// The tenant takes no such address.
        case unacceptableEmail = "unacceptable-email"
        /// What was written is none of the codes that were sent or shown.
        case wrongCode = "wrong-code"
        /// The account asks for a code beside the password.
        case codeNeeded = "code-needed"
        /// Others of this address registered just now.
        case tooManyRegistrations = "too-many-registrations"
        case networkHasTooManyAccounts = "network-has-too-many-accounts"
        /// An administrator has not agreed to the account yet.
        case accountWaits = "account-waits"
        /// A nickname that is a service's.
        case serviceNick = "service-nick"
        /// A nickname that belongs to another account.
        case nickReserved = "nick-reserved"
        /// The account has as many nicknames as it may.
        case tooManyNicks = "too-many-nicks"

        // Proofs of work
        /// Who asks has to show some first: the subject is where.
        case proofNeeded = "proof-needed"
        /// What was shown is no answer, or was used.
        case wrongProof = "wrong-proof"

        // Certificates of an account
        case noCertificate = "no-certificate"
        case noSuchCertificate = "no-such-certificate"
        /// It is another account's.
        case certificateInUse = "certificate-in-use"
        case tooManyCertificates = "too-many-certificates"

        // The past
        /// The tenant keeps none.
        case noHistory = "no-history"
        case noSuchMessage = "no-such-message"
        case messageOfAnother = "message-of-another"

        // Bans of the network
        case bannedFromNetwork = "banned-from-network"
        /// What is known of where somebody comes from speaks against them.
        case notTrusted = "not-trusted"
        case invalidBan = "invalid-ban"
        case invalidHost = "invalid-host"
        case noSuchBan = "no-such-ban"
        case tooManyBans = "too-many-bans"
        /// Who is in quarantine talks to operators, and does nothing else.
        case apart
        /// Who is not in quarantine cannot be let out of it.
        case notApart = "not-apart"

        /// Who is muted says nothing.
        case muted
        case notMuted = "not-muted"

        // Invite links
        case noSuchInviteLink = "no-such-invite-link"
        case tooManyInviteLinks = "too-many-invite-links"

        // Reports
        case noSuchReport = "no-such-report"
        /// Somebody else has it, or it is closed.
        case reportIsTaken = "report-is-taken"
        /// As many wait as there may be.
        case tooManyReports = "too-many-reports"

        // Quotas and stores
        case rateLimited = "rate-limited"
        case networkHasTooManySessions = "network-has-too-many-sessions"
        case networkIsFull = "network-is-full"
        case addressHasTooMany = "address-has-too-many"
        /// The network takes nobody, or nobody new, now.
        case networkIsClosed = "network-is-closed"
        /// It could not be done now, and was not.
        case unavailable
        /// Who asked has left meanwhile.
        case gone
    }

    package let reason: Reason
    /// What it is about: channel, nickname, letter, in the order that the reason's readers know.
    package let subject: [String]
    /// Says more than the reason's usual text; safe to show.
    package let text: Phrase?

    package init(_ reason: Reason, _ subject: String..., text: Phrase? = nil) {
        self.reason = reason
        self.subject = subject
        self.text = text
    }
}
