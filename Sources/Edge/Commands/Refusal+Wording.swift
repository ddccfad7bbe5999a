import Chat
import IRC

/// How a refusal is said to a client of IRC.
enum Wording {
    /// A numeric with the refusal's subjects as its parameters, and this text in place of its usual one.
    case numeric(Numeric, text: Phrase? = nil)
    /// FAIL with a code (IRCv3 standard replies).
    case fail(String)
    /// Nothing: nobody is left to hear it.
    case silence
}

extension Refusal.Reason {
    /// The row of each reason.
    var wording: Wording {
        switch self {
        case .noSuchChannel: .numeric(.errNoSuchChannel)
        case .noSuchNick: .numeric(.errNoSuchNick)
        case .invalidChannelName: .numeric(.errBadChanMask, text: "Not a channel's name")
        case .nickInUse: .numeric(.errNicknameInUse)
        case .misleadingNick:
            .numeric(.errErroneousNickname, text: "Erroneous nickname: write it in the letters of one script")
        case .userNotInChannel: .numeric(.errUserNotInChannel)
        case .userOnChannel: .numeric(.errUserOnChannel)
        case .messageHeld: .fail("MESSAGE_HELD")
        case .messageRefused: .fail("MESSAGE_REFUSED")
        case .noSuchHeldMessage: .fail("NO_SUCH_MESSAGE")
        case .textTooLong: .numeric(.errInputTooLong)
        case .channelIsFull: .numeric(.errChannelIsFull)
        case .banned: .numeric(.errBannedFromChan)
        case .inviteOnly: .numeric(.errInviteOnlyChan)
        case .badKey: .numeric(.errBadChannelKey)
        case .loginNeeded: .numeric(.errNeedReggedNick)
        case .secureNeeded: .numeric(.errSecureOnlyChan)
        case .tooManyJoins: .numeric(.errThrottle)
        case .forwarded: .numeric(.errLinkChannel)
        case .tooManyChannels: .numeric(.errTooManyChannels)
        case .networkHasTooManyChannels:
            .numeric(.errTooManyChannels, text: "This network has as many channels as it may")
        case .channelsAreMissing: .fail("TEMPORARILY_UNAVAILABLE")
        case .channelIsRegistered: .fail("CHANNEL_REGISTERED")
        case .channelIsNotRegistered: .fail("CHANNEL_NOT_REGISTERED")
        case .cannotRegisterChannel: .fail("CANNOT_REGISTER")
        case .tooManyRegisteredChannels: .fail("LIMIT_REACHED")
        case .founderNeeded: .fail("FOUNDER_NEEDED")
        case .levelNeeded: .fail("LEVEL_NEEDED")
        case .cannotGiveLevel: .fail("CANNOT_GIVE_LEVEL")
        case .invalidAutoKick: .fail("INVALID_MASK")
        case .noSuchAutoKick: .fail("NO_SUCH_MASK")
        case .noSuchAccount: .fail("NO_SUCH_ACCOUNT")
        case .channelNameInUse: .fail("CHANNEL_NAME_IN_USE")
        case .cannotRename: .fail("CANNOT_RENAME")
        case .knockOnOwnChannel: .numeric(.errKnockOnChan)
        case .channelIsOpen: .numeric(.errChanOpen)
        case .tooManyKnocks: .numeric(.errTooManyKnock)
        case .notOnChannel: .numeric(.errNotOnChannel)
        case .hostNeeded: .numeric(.errChanOPrivsNeeded)
        case .ownerNeeded: .numeric(.errChanOPrivsNeeded, text: "Only an owner of the channel does this")
        case .ownerCannotBeKicked: .numeric(.errChanOPrivsNeeded, text: "You cannot kick an owner of the channel")
        case .cannotSpeak: .numeric(.errCannotSendToChan)
        case .nickIsKept: .numeric(.errNoNickChange)
        case .relayingNeeded: .fail("PRIVS_NEEDED")
        case .relayedIsBanned: .fail("BANNED")
        case .rightNeeded: .numeric(.errNoPrivileges)
        case .unknownMode: .numeric(.errUnknownMode)
        case .invalidModeParameter: .numeric(.errInvalidModeParam)
        case .listIsFull: .numeric(.errBanListFull)
        case .modeIsLocked: .numeric(.errMlockRestricted)
        case .insecureMembers: .numeric(.errAllMustBeSecure)
        case .silenceListIsFull: .numeric(.errSilenceListFull)
        case .metadataIsFull: .fail("LIMIT_REACHED")
        case .wrongPassword: .numeric(.errPasswdMismatch)
        case .tooManyLogins: .fail("TOO_MANY_LOGINS")
        case .accountNeeded: .fail("ACCOUNT_REQUIRED")
        case .tooManyDevices: .fail("MAX_REGISTRATIONS")
        case .nothingToResume: .fail("CANNOT_RESUME")
        case .loggedIn: .numeric(.errSaslAlready)
        case .registrationIsClosed: .fail("DISALLOWED")
        case .connectionNeeded: .fail("COMPLETE_CONNECTION_REQUIRED")
        case .hasAccount: .fail("ALREADY_AUTHENTICATED")
        case .nickNeeded: .fail("NEED_NICK")
        case .accountExists: .fail("ACCOUNT_EXISTS")
        case .badAccountName: .fail("BAD_ACCOUNT_NAME")
        case .accountIsNotNick: .fail("ACCOUNT_NAME_MUST_BE_NICK")
        case .weakPassword: .fail("WEAK_PASSWORD")
        case .unacceptablePassword: .fail("UNACCEPTABLE_PASSWORD")
        case .invalidEmail: .fail("INVALID_EMAIL")
        case .unacceptableEmail: .fail("UNACCEPTABLE_EMAIL")
        case .wrongCode: .fail("INVALID_CODE")
        case .codeNeeded: .fail("CODE_REQUIRED")
        case .tooManyRegistrations, .networkHasTooManyAccounts: .fail("TEMPORARILY_UNAVAILABLE")
        case .accountWaits: .fail("VERIFICATION_REQUIRED")
        case .serviceNick:
            .numeric(.errErroneousNickname, text: "Erroneous nickname: it is that of a service of the network")
        case .nickReserved:
            .numeric(
                .errNicknameInUse,
                text: "That nickname belongs to an account: log in to it, or choose another nickname"
            )
        case .tooManyNicks: .fail("LIMIT_REACHED")
        case .noCertificate: .fail("NO_CERTIFICATE")
        case .noSuchCertificate: .fail("UNKNOWN_CERTIFICATE")
        case .certificateInUse: .fail("CERTIFICATE_IN_USE")
        case .tooManyCertificates: .fail("LIMIT_REACHED")
        case .noHistory: .fail("HISTORY_DISABLED")
        case .noSuchMessage: .fail("UNKNOWN_MSGID")
        case .messageOfAnother: .fail("REDACT_FORBIDDEN")
        case .proofNeeded: .fail("PROOF_REQUIRED")
        case .wrongProof: .fail("INVALID_PROOF")
        case .notTrusted: .numeric(.errYoureBannedCreep)
        case .bannedFromNetwork: .numeric(.errYoureBannedCreep)
        case .invalidHost: .fail("INVALID_HOST")
        case .invalidBan: .fail("INVALID_MASK")
        case .noSuchBan: .fail("NO_SUCH_BAN")
        case .tooManyBans: .fail("LIMIT_REACHED")
        case .apart: .fail("IN_QUARANTINE")
        case .notApart: .fail("NOT_IN_QUARANTINE")
        case .muted: .fail("MUTED")
        case .notMuted: .fail("NOT_MUTED")
        case .noSuchInviteLink: .fail("NO_SUCH_LINK")
        case .tooManyInviteLinks: .fail("LIMIT_REACHED")
        case .noSuchReport: .fail("NO_SUCH_REPORT")
        case .reportIsTaken: .fail("REPORT_TAKEN")
        case .tooManyReports: .fail("LIMIT_REACHED")
        case .rateLimited: .fail("RATE_LIMITED")
        case .networkIsFull, .networkHasTooManySessions, .addressHasTooMany, .networkIsClosed:
            .fail("CONNECTION_REFUSED")
        case .unavailable: .fail("TEMPORARILY_UNAVAILABLE")
        case .gone: .silence
        }
    }
}

extension Refusal {
    /// What a client is told where there is no numeric with a text of its own.
    var told: Phrase { self.text ?? "It was not done: \(self.reason.rawValue)" }
}

extension Connection {
    /// Says why something was not done.
    ///
    /// - Parameters:
    ///   - refusal: Why.
    ///   - command: What was not done.
    ///   - context: What the command was about, for FAIL.
    ///   - isForAll: Whether FAIL is for clients that have not asked for it, too.
    func refuse(_ refusal: Refusal, command: String, context: [String], isForAll: Bool = false) {
        switch refusal.reason.wording {
        case .numeric(let numeric, let text): self.reply(numeric, refusal.subject, text: refusal.text ?? text)
        case .fail(let code):
            // Programs look for where to go.
            let context = context + (refusal.reason == .proofNeeded ? refusal.subject : [])
            self.standardReply(.fail, command: command, code: code, context: context, isForAll: isForAll, refusal.told)
        case .silence: break
        }
    }
}
