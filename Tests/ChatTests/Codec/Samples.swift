// One or more of every event there is.

import Chat
import IRC
import NIOCore

/// Events of every kind, with their optional parts there and missing.
enum Samples {
    static func users() throws -> [User] {
        var full = try person("Älice", account: "alice", modes: [.bot, .registered]).user
        full.apply(.away("out for lunch"))
        let plain = try person("Bob").user
        return [full, plain]
    }

    static func actors() throws -> [Author] {
        let alice = try person("Alice", account: "alice")
        return [
            Author(alice.session, alice.user), Author(session: nil, prefix: "irc.example.com", account: nil),
            Author(session: SessionID(rawValue: .max), prefix: "", account: ""),
        ]
    }

    static func changes() throws -> [UserChange] {
        let nick = try person("Carol").user.nick
        return [
            .nick(nick), .away("lunch"), .away(nil), .away(""), .account("alice"), .account(nil),
            .host(username: "u", host: "h.example.com"), .realname(""), .realname("Ünï"), .modes([]),
            .modes([.invisible, .wallops]), .metadata([MetadataChange("color", "#ünï"), MetadataChange("a/b", nil)]),
        ]
    }

    static func modeChanges() throws -> [ModeChange] {
        let bob = try person("Bob")
        let flags = ChannelModes.letters.flatMap { [ModeChange.flag($0.mode, on: true), .flag($0.mode, on: false)] }
        let lists = ListMode.allCases.flatMap { list in
            let entry = ListEntry(mask: "bob!*@*", setter: "Älice", time: 1_700_000_000_000)
            let ending = ListEntry(mask: "m:a:bob", setter: "irc.example", time: 7, until: .max)
            return [
                ModeChange.list(list, entry, on: true), .list(list, entry, on: false), .list(list, ending, on: true),
            ]
        }
        let ranks = MemberModes.ranks.flatMap { rank in
            [
                ModeChange.rank(rank.mode, bob.session, nick: "Bob", on: true),
                .rank(rank.mode, bob.session, nick: "Bob", on: false),
            ]
        }
        let set: [(ValueMode, String)] = [(.forward, "#Other"), (.throttle, "5:10"), (.slow, "30")]
        let values = set.map { ModeChange.value($0.0, $0.1) } + set.map { ModeChange.value($0.0, nil) }
        let others: [ModeChange] = [.key("sesame"), .key(nil), .limit(1), .limit(1_000_000), .limit(nil)]
        return flags + lists + ranks + values + others
    }

    private static func message(
        verb: ChatMessage.Verb,
        sender: SessionID,
        account: String?,
        isBot: Bool,
        minimum: MemberModes,
        clientTags: String,
        target: String,
        text: String?
    ) -> ChatMessage {
        ChatMessage(
            verb: verb,
            sender: sender,
            origin: 9,
            account: account,
            isBot: isBot,
            minimum: minimum,
            clientTags: clientTags,
            capacity: 512
        ) { writer in
            writer.source("Bob!u@h")
            writer.command(verb.command)
            writer.parameter(target)
            if let text { writer.trailing(text) }
            writer.end()
        }
    }

    static func messages() throws -> [ChatMessage] {
        let bob = try person("Bob").session
        return [
            Self.message(
                verb: .privmsg,
                sender: bob,
                account: nil,
                isBot: false,
                minimum: [],
                clientTags: "",
                target: "#Room",
                text: "hello"
            ),
            Self.message(
                verb: .notice,
                sender: bob,
                account: "bob",
                isBot: true,
                minimum: .host,
                clientTags: "+typing=active;+x",
                target: "@#Room",
                text: "ünï"
            ),
            Self.message(
                verb: .tagmsg,
                sender: bob,
                account: "",
                isBot: false,
                minimum: .voice,
                clientTags: "+a",
                target: "#Room",
                text: nil
            ),
        ]
    }

    /// Events about a channel that `alice` and `bob` are in.
    static func channelEvents() throws -> [ChannelEvent] {
        let bob = try person("Bob")
        let guest = try person("Guest", account: "guest")
        let founding = Founding(name: try channelName("#ROOM"), created: 1_700_000_000_000)
        let actors = try Self.actors()
        let actor = actors[0]
        var known = bob.user
        known.apply(.metadata([MetadataChange("avatar", ""), MetadataChange("url", "x")]))
        var events: [ChannelEvent] = [
            .joined(Member(session: guest.session, user: known, modes: .voice), founding: nil),
            .joined(Member(session: guest.session, user: known, modes: .owner), founding: founding),
            .metadata([MetadataChange("url", "https://x"), MetadataChange("a", nil)], by: actor),
            .metadata([MetadataChange("url", nil)], by: actor),
            .joined(Member(session: guest.session, user: guest.user, modes: []), founding: nil),
            .joined(Member(session: guest.session, user: guest.user, modes: .owner), founding: founding),
            .parted(bob.session, by: actor, reason: nil), .parted(bob.session, by: actor, reason: "bye"),
            .parted(guest.session, by: actor, reason: ""),
            .quit(bob.session, by: actor, reason: "Ping timeout"), .quit(guest.session, by: actor, reason: ""),
            .kicked(bob.session, nick: "Bob", by: actor, reason: "spam"),
            .topic(nil, by: actor),
            .topic(Topic(text: "Ünï\u{1}", setter: "Alice", time: 1_700_000_000_123), by: actor),
            .topic(Topic(text: "again", setter: "", time: -1), by: actor),
            .invited(guest.session, nick: "Guest", by: actor), .invited(bob.session, nick: "Bob", by: actor),
            .knocked(by: actor, server: "irc.example"), .modes([], by: actor), .continued(from: "#räume"),
            .renamed(try channelName("#rOOm"), by: actor, reason: nil),
            .renamed(try channelName("#elsewhere"), by: actor, reason: "better"),
            .modes(try Self.modeChanges(), by: actor),
        ]
        let alice = AccountReference(name: "Alice", since: 1_700_000_000_000)
        let level = ChannelLevel(
            account: AccountReference(name: "bob", since: .min),
            rank: .host,
            setter: "Älice",
            time: 7
        )
        let registrations: [[RegistrationChange]] = [
            [], [.founder(alice, since: 9)], [.dropped], [.successor(alice)], [.successor(nil)],
            [.level(folded: "bob", level)], [.level(folded: "bob", nil)],
            [.founder(alice, since: 9), .level(folded: "bob", level), .successor(level.account), .dropped],
            [.level(folded: "bob", level), .founder(level.account, since: 1), .level(folded: "bob", nil)],
        ]
        events += (registrations + (try Self.policies())).map { .registration($0, by: actor) }
        events.append(.restored)
        let awaited = AwaitedRank(identity: "aalice", modes: [.owner, .host], since: 7, until: .max)
        let guest0 = AwaitedRank(identity: "gbob!b@h", modes: .voice, since: 0, until: 9)
        events += [.awaited([], gone: []), .awaited([awaited, guest0], gone: []), .awaited([], gone: ["aalice", ""])]
        let raid = ChannelRaid(reason: "Ünï", setter: "Bob", until: .max)
        events += [.raid(raid, by: actor, server: "irc.example"), .raid(nil, by: actor, server: "irc.example")]
        events += try Self.modeChanges().map { .modes([$0], by: actor) }
        events += try Self.changes().map { .changed(bob.session, $0, by: actor, number: 3) }
        events += try Self.changes().map { .changed(guest.session, $0, by: actor, number: .max) }
        events += try Self.messages().map { .message($0) }
        events += actors.map { .kicked(bob.session, nick: "Bob", by: $0, reason: "") }
        return events
    }

    private static func policies() throws -> [[RegistrationChange]] {
        let entries = [nil, Int64.max].compactMap { until in
            AutoKick(mask: "*!*@bad", reason: "spam", setter: "Älice", time: 7, until: until)
        }
        let locks = try [["+nt-sk"], ["+l-W", "30"], ["-i"]].map {
            try ModeLock($0, of: try channelName("#room"))
        }
        return entries.map { [.autoKick(mask: $0.mask, $0)] } + locks.map { [.modeLock($0)] } + [
            [.autoKick(mask: "a:bob", nil)], [.modeLock(nil)], [.topicLock(true)], [.topicLock(false)],
            [.description("Ünï"), .isPrivate(true)], [.description(nil), .isPrivate(false)], [.used(.min)], [.used(9)],
        ]
    }

    static func userEvents() throws -> [UserEvent] {
        let actors = try Self.actors()
        return [.signedOn, .signedOff(reason: "Quit: bye"), .signedOff(reason: "")]
            + actors.flatMap { actor in
                [UserEvent.invited(channel: "#Room", by: actor), .killed(by: actor, reason: "spam")]
            }
            + (try Self.messages().map { .message($0) })
            + (try Self.changes().map { .changed($0, by: actors[0], number: 9) })
            + Self.holds().map { .held($0) } + [.entered(channel: "#räume"), .replaced(by: .max), .superseded(1)]
            + [.read("#räume", upTo: .max), .read("Bob", upTo: 0)]
            + Self.silences.map { .silenced($0) }
            + [.askedHowIdle(by: SessionID(rawValue: .max)), .idle(SessionID(rawValue: 7), seconds: .max)]
            + [.moved(from: "#räume", to: "#rooms", mark: "1 #räume")]
            + actors.map { .redacted("a-1-1", to: "Bob", by: $0, reason: $0.account) }
            + Role.allCases.map { .ranked($0) }
            + [nil, "späm"].map { .reviewed(target: "#räume", rejection: $0) }
            + [nil, Self.quarantine(7), Self.quarantine(nil)].map { .quarantined($0) } + [.memoLeft(by: "Bób")]
            + [[], Self.clients].map { .clients(question: .max, $0) }
            + [.dismissed(nil, by: nil), .dismissed(.max, by: "Bób")]
    }

    private static let clients = [AttachedClient.Kind.irc, .webSocket].map { kind in
        AttachedClient(
            session: SessionID(rawValue: 7),
            number: .max,
            since: 1_700_000_000_000,
            facts: UserFacts(address: "2001:db8::1", isSecure: kind == .irc, fingerprint: kind == .irc ? "ab" : nil),
            kind: kind,
            agent: kind == .irc ? nil : "Browser/ß",
            isUnattended: kind == .irc
        )
    }

    static func audited(_ account: String?) -> AuditEntry {
        AuditEntry(account: account, nick: "Boss", role: .moderator, "KILL", "Bob", detail: "späm")
    }

    static func quarantine(_ until: Int64?) -> Quarantine { Quarantine(reason: "späm", until: until, role: .guide) }

    static let silences: [SilenceList] = [[], ["bob"], ["*!*@*.ip", "a:räuber"]].map { texts in
        texts.compactMap { Silenced($0) }.reduce(into: SilenceList()) { $0.add($1) }
    }

    static func holds() -> [SessionHolds] {
        let holders = [
            SessionHolds.Holder(pod: .max, shard: .max), SessionHolds.Holder(pod: 1, shard: 0),
        ]
        return [false, true].flatMap { isExact in
            [
                SessionHolds(revision: .max, holders: [], grace: 0, account: nil),
                SessionHolds(
                    revision: 3,
                    holders: holders,
                    grace: 120_000,
                    awayAfter: 60_000,
                    account: "ann",
                    detached: .init(since: 9, received: 7, isExact: isExact, reason: "Ping timeout: 120 seconds")
                ),
            ]
        }
    }

    static func tenantEvents() throws -> [TenantEvent] {
        try Self.actors().map { .wallops(text: "maintenance at noon", by: $0) }
            + Self.users().map { .nickGivenUp($0, at: 1_700_000_000_000) }
            + Self.users().map { .nickGivenUp($0, at: 1_700_000_000_000, address: "2001:db8::1") }
            + [.accountsChanged, .bansChanged] + Self.actors().map { .global(text: "maintenance", by: $0) }
            + ["boss", nil].map { .audited(Self.audited($0)) }
            + ["#räume", nil].map { .reported(.max, by: "Bób", about: "x!x@h", place: $0, reason: "späm") }
            + [.reportsChanged, .askedForClients(of: "bob", by: SessionID(rawValue: .max), question: 3)]
            + ["boss", nil].map { .dismissed(account: "bob", by: $0) } + [.proofChanged(account: "bób")]
    }

    static let nickEvents: [NickEvent] = [
        .online(prefix: "Bob!u@h", metadata: Metadata().applying(MetadataChange("url", "x")) ?? Metadata()),
        .offline(nick: "Bob"),
        .changed(.away("out"), by: Author(session: nil, prefix: "Bob!u@h", account: nil)),
    ]
}
