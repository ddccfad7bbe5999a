// The numerics, by their numbers. Names are those of RFC 2812 and modern.ircdocs.horse.

/// A numeric reply, <https://modern.ircdocs.horse/#numerics>, with those of MONITOR, WHOX, KNOCK and SASL
/// (<https://ircv3.net/specs/extensions/monitor>, <https://ircv3.net/specs/extensions/sasl-3.1>).
package enum Numeric: UInt16, CaseIterable, Sendable {
    // MARK: Registration and 005

    case rplWelcome = 1
    case rplYourHost = 2
    case rplCreated = 3
    case rplMyInfo = 4
    case rplISupport = 5
    case rplBounce = 10
    case rplMap = 15
    case rplMapEnd = 17

    // MARK: Replies

    case rplStatsCommands = 212
    case rplEndOfStats = 219
    case rplUModeIs = 221
    case rplStatsUptime = 242
    case rplStatsOLine = 243
    case rplStatsDebug = 249
    case rplLUserClient = 251
    case rplLUserOp = 252
    case rplLUserUnknown = 253
    case rplLUserChannels = 254
    case rplLUserMe = 255
    case rplAdminMe = 256
    case rplAdminLoc1 = 257
    case rplAdminLoc2 = 258
    case rplAdminEmail = 259
    case rplTryAgain = 263
    case rplLocalUsers = 265
    case rplGlobalUsers = 266
    case rplSilenceList = 271
    case rplEndOfSilenceList = 272
    case rplWhoisCertFP = 276
    case rplAway = 301
    case rplUserHost = 302
    case rplIsOn = 303
    case rplUnAway = 305
    case rplNowAway = 306
    case rplWhoisRegNick = 307
    case rplWhoisUser = 311
    case rplWhoisServer = 312
    case rplWhoisOperator = 313
    case rplWhoWasUser = 314
    case rplEndOfWho = 315
    case rplWhoisIdle = 317
    case rplEndOfWhois = 318
    case rplWhoisChannels = 319
    case rplWhoisSpecial = 320
    case rplListStart = 321
    case rplList = 322
    case rplListEnd = 323
    case rplChannelModeIs = 324
    case rplCreationTime = 329
    case rplWhoisAccount = 330
    case rplNoTopic = 331
    case rplTopic = 332
    case rplTopicWhoTime = 333
    case rplWhoisBot = 335
    case rplInviteList = 336
    case rplEndOfInviteList = 337
    case rplWhoisActually = 338
    case rplUserIP = 340
    case rplInviting = 341
    case rplInvexList = 346
    case rplEndOfInvexList = 347
    case rplExceptList = 348
    case rplEndOfExceptList = 349
    case rplVersion = 351
    case rplWhoReply = 352
    case rplNamReply = 353
    case rplWhoSpecialReply = 354
    case rplLinks = 364
    case rplEndOfLinks = 365
    case rplEndOfNames = 366
    case rplBanList = 367
    case rplEndOfBanList = 368
    case rplEndOfWhoWas = 369
    case rplInfo = 371
    case rplMotd = 372
    case rplEndOfInfo = 374
    case rplMotdStart = 375
    case rplEndOfMotd = 376
    case rplWhoisHost = 378
    case rplWhoisModes = 379
    case rplYoureOper = 381
    case rplRehashing = 382
    case rplTime = 391
    case rplVisibleHost = 396

    // MARK: Errors

    case errUnknownError = 400
    case errNoSuchNick = 401
    case errNoSuchServer = 402
    case errNoSuchChannel = 403
    case errCannotSendToChan = 404
    case errTooManyChannels = 405
    case errWasNoSuchNick = 406
    case errTooManyTargets = 407
    case errNoOrigin = 409
    case errInvalidCapCmd = 410
    case errNoRecipient = 411
    case errNoTextToSend = 412
    case errNoTopLevel = 413
    case errWildTopLevel = 414
    case errInputTooLong = 417
    case errUnknownCommand = 421
    case errNoMotd = 422
    case errNoNicknameGiven = 431
    case errErroneousNickname = 432
    case errNicknameInUse = 433
    case errNickCollision = 436
    case errUnavailResource = 437
    case errUserNotInChannel = 441
    case errNotOnChannel = 442
    case errUserOnChannel = 443
    case errNoNickChange = 447
    case errNotRegistered = 451
    case errNeedMoreParams = 461
    case errAlreadyRegistered = 462
    case errPasswdMismatch = 464
    case errYoureBannedCreep = 465
    case errInvalidUsername = 468
    case errLinkChannel = 470
    case errChannelIsFull = 471
    case errUnknownMode = 472
    case errInviteOnlyChan = 473
    case errBannedFromChan = 474
    case errBadChannelKey = 475
    case errBadChanMask = 476
    case errNeedReggedNick = 477
    case errBanListFull = 478
    case errBadChanName = 479
    case errThrottle = 480
    case errNoPrivileges = 481
    case errChanOPrivsNeeded = 482
    case errCantKillServer = 483
    case errUniqOpPrivsNeeded = 485
    case errSecureOnlyChan = 489
    case errAllMustBeSecure = 490
    case errNoOperHost = 491
    case errUModeUnknownFlag = 501
    case errUsersDontMatch = 502
    case errSilenceListFull = 511
    case errHelpNotFound = 524
    case errInvalidKey = 525

    // MARK: Extensions

    case rplStartTLS = 670
    case rplWhoisSecure = 671
    case rplYourLanguagesAre = 687
    case errStartTLS = 691
    case errInvalidModeParam = 696
    case rplHelpStart = 704
    case rplHelpTxt = 705
    case rplEndOfHelp = 706
    case rplKnock = 710
    case rplKnockDlvr = 711
    case errTooManyKnock = 712
    case errChanOpen = 713
    case errKnockOnChan = 714
    case errNoPrivs = 723
    case rplMonOnline = 730
    case rplMonOffline = 731
    case rplMonList = 732
    case rplEndOfMonList = 733
    case errMonListFull = 734
    case errMlockRestricted = 742
    case rplWhoisKeyValue = 760
    case rplKeyValue = 761
    case rplKeyNotSet = 766
    case rplMetadataSubOK = 770
    case rplMetadataUnsubOK = 771
    case rplMetadataSubs = 772
    case rplMetadataSyncLater = 774

    // MARK: SASL

    case rplLoggedIn = 900
    case rplLoggedOut = 901
    case errNickLocked = 902
    case rplSaslSuccess = 903
    case errSaslFail = 904
    case errSaslTooLong = 905
    case errSaslAborted = 906
    case errSaslAlready = 907
    case rplSaslMechs = 908

    // MARK: Languages

    case errTooManyLanguages = 981
    case errNoLanguage = 982

    /// The three digits that stand on the wire.
    package var code: String {
        String(unsafeUninitializedCapacity: 3) { digits in
            var rest = self.rawValue
            for index in (0..<3).reversed() {
                digits.initializeElement(at: index, to: UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
                rest /= 10
            }
            return 3
        }
    }
}
