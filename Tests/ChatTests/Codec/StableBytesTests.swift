// Pods of two versions share the store's logs and fields while they are upgraded: what one number meant it means forever.

import Chat
import IRC
import NIOCore
import Testing

@Suite struct StableBytesTests {
    @Test(
        arguments: [
            ("i", [0, 1]), ("m", [0, 2]), ("n", [0, 4]), ("p", [0, 8]), ("s", [0, 16]), ("t", [0, 32]), ("r", [0, 64]),
            ("J", [0, 128]), ("C", [1, 0]), ("c", [2, 0]), ("R", [4, 0]), ("M", [8, 0]), ("z", [16, 0]),
            ("T", [32, 0]),
            ("N", [64, 0]), ("u", [128, 0]),
        ] as [(Character, [UInt8])]
    )
    func `a channel's switch keeps its bit`(letter: Character, bits: [UInt8]) throws {
        let mode = try #require(ChannelModes.letters.first { $0.letter == letter }?.mode)
        #expect(bytes { ModeChange.flag(mode, on: true).encode(into: &$0) } == [1] + bits + [1])
        #expect(bytes { ModeChange.flag(mode, on: false).encode(into: &$0) } == [1] + bits + [0])
    }

    @Test(arguments: [("v", 1), ("o", 2), ("q", 4)] as [(Character, UInt8)])
    func `a rank keeps its bit`(letter: Character, bit: UInt8) throws {
        let rank = try #require(MemberModes.ranks.first { $0.letter == letter }?.mode)
        let change = ModeChange.rank(rank, SessionID(rawValue: 3), nick: "b", on: true)
        #expect(bytes { change.encode(into: &$0) } == [5, bit, 0, 0, 0, 0, 0, 0, 0, 3, 0, 1, 98, 1])
    }

    @Test(arguments: [("i", 1), ("o", 2), ("w", 4), ("B", 8), ("r", 16), ("Z", 32)] as [(Character, UInt8)])
    func `a user's mode keeps its bit`(letter: Character, bit: UInt8) throws {
        let mode = try #require(UserModes.letters.first { $0.letter == letter }?.mode)
        #expect(bytes { UserChange.modes(mode).encode(into: &$0) } == [6, bit])
    }

    @Test(
        arguments: [
            (.key("k"), [2, 1, 0, 1, 107]), (.key(nil), [2, 0]),
            (.flag(.freeForward, on: true), [7, 0, 1, 0, 0, 1]), (.flag(.heardByHosts, on: false), [7, 0, 2, 0, 0, 0]),
            (.value(.slow, "9"), [6, 0, 1, 87, 1, 0, 1, 57]), (.value(.forward, nil), [6, 0, 1, 102, 0]),
            (.value(.throttle, nil), [6, 0, 1, 106, 0]), (.limit(258), [3, 0, 0, 0, 0, 0, 0, 1, 2]),
            (.limit(nil), [3] + Array(repeating: 255, count: 8)),
            (
                .list(.ban, ListEntry(mask: "m", setter: "s", time: 1), on: true),
                [4, 0, 1, 98, 0, 1, 109, 0, 1, 115, 0, 0, 0, 0, 0, 0, 0, 1, 1]
            ),
            (
                .list(.ban, ListEntry(mask: "m", setter: "s", time: 1, until: 2), on: true),
                [8, 0, 1, 98, 0, 1, 109, 0, 1, 115, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 1]
            ),
        ] as [(ModeChange, [UInt8])]
    )
    func `a change of a channel keeps its bytes`(change: ModeChange, expected: [UInt8]) {
        #expect(bytes { change.encode(into: &$0) } == expected)
        var buffer = ByteBuffer(bytes: expected)
        #expect(ModeChange(from: &buffer) == change)
    }

    @Test(
        arguments: [
            (.away("x"), [2, 1, 0, 1, 120]), (.away(nil), [2, 0]), (.account("x"), [3, 1, 0, 1, 120]),
            (.host(username: "u", host: "h"), [4, 0, 1, 117, 0, 1, 104]), (.realname("x"), [5, 0, 1, 120]),
            (
                .metadata([MetadataChange("a", "x"), MetadataChange("b", nil)]),
                [7, 2, 0, 1, 97, 1, 0, 1, 120, 0, 1, 98, 0]
            ),
        ] as [(UserChange, [UInt8])]
    )
    func `a change of a user keeps its bytes`(change: UserChange, expected: [UInt8]) {
        #expect(bytes { change.encode(into: &$0) } == expected)
        var buffer = ByteBuffer(bytes: expected)
        #expect(UserChange(from: &buffer) == change)
    }

    @Test func `a change of a registration keeps its bytes, behind the event's number and its author`() throws {
        let actor = Author(session: nil, prefix: "p", account: nil)
        let head = ChannelEvent.registration([], by: actor).encoded.readableBytes - 1
        let account = AccountReference(name: "a", since: 1)
        let level = ChannelLevel(account: account, rank: .host, setter: "s", time: 2)
        let entry = try #require(AutoKick(mask: "a:b", reason: "r", setter: "s", time: 2, until: 3))
        let lock = try ModeLock(["+nl-k", "7"], of: try channelName("#x"))
        func long(_ number: UInt8) -> [UInt8] { [0, 0, 0, 0, 0, 0, 0, number] }
        func check(_ change: RegistrationChange, _ expected: [UInt8]...) {
            let event = ChannelEvent.registration([change], by: actor)
            let written = Array(event.encoded.readableBytesView.dropFirst(head))
            #expect(written == [1] + expected.flatMap { $0 }, "\(change)")
            #expect(ChannelEvent(event.encoded) == event)
        }
        check(.founder(account, since: 2), [1, 0, 1, 97], long(1), long(2))
        check(.dropped, [2])
        check(.successor(account), [3, 1, 0, 1, 97], long(1))
        check(.successor(nil), [3, 0])
        check(.level(folded: "a", level), [4, 0, 1, 97, 1, 0, 1, 97], long(1), [2, 0, 1, 115], long(2))
        check(.level(folded: "a", nil), [4, 0, 1, 97, 0])
        check(
            .autoKick(mask: "a:b", entry),
            [5, 0, 3, 97, 58, 98, 1, 0, 1, 114, 0, 1, 115],
            long(2),
            [1],
            long(3)
        )
        check(.autoKick(mask: "a:b", nil), [5, 0, 3, 97, 58, 98, 0])
        check(.modeLock(lock), [6, 1, 0, 1, 110, 0, 1, 107], long(7))
        check(.modeLock(nil), [6, 0])
        check(.topicLock(true), [7, 1])
        check(.description("d"), [8, 1, 0, 1, 100])
        check(.description(nil), [8, 0])
        check(.isPrivate(true), [9, 1])
        check(.used(2), [10], long(2))
    }

    @Test func `an event keeps its number`() throws {
        let actor = Author(session: SessionID(rawValue: 1), prefix: "p", account: nil)
        let bob = try person("Bob")
        let session = bob.session
        let member = Member(session: session, user: bob.user, modes: [])
        let channel: [ChannelEvent] = [
            .joined(member, founding: nil), .parted(session, by: actor, reason: nil),
            .quit(session, by: actor, reason: ""), .kicked(session, nick: "b", by: actor, reason: ""),
            .modes([], by: actor), .topic(nil, by: actor), .changed(session, .away(nil), by: actor, number: 1),
            .invited(session, nick: "b", by: actor),
        ]
        #expect(
            Array(ChannelEvent.knocked(by: actor, server: "s").encoded.readableBytesView.prefix(2)) == [1, 20]
        )
        let later: [ChannelEvent] = [
            .renamed(try channelName("#x"), by: actor, reason: nil), .continued(from: "#x"),
        ]
        #expect(later.map { Array($0.encoded.readableBytesView.prefix(2)) } == [[0x81, 21], [0x81, 22]])
        #expect(Array(ChannelEvent.metadata([], by: actor).encoded.readableBytesView.prefix(2)) == [0x81, 23])
        #expect(Array(ChannelEvent.registration([], by: actor).encoded.readableBytesView.prefix(2)) == [0x81, 24])
        #expect(Array(ChannelEvent.restored.encoded.readableBytesView) == [0x81, 25])
        #expect(Array(ChannelEvent.awaited([], gone: []).encoded.readableBytesView) == [0x81, 26, 0, 0, 0, 0])
        #expect(
            ChannelEvent.raid(nil, by: actor, server: "s").encoded.readableBytesView.prefix(2) == [0x81, 27]
        )
        #expect(channel.map { Array($0.encoded.readableBytesView.prefix(2)) } == (1...8).map { [0x81, $0] })
        let user: [UserEvent] = [
            .signedOn, .invited(channel: "#x", by: actor), .changed(.away(nil), by: actor, number: 1),
            .killed(by: actor, reason: ""), .signedOff(reason: ""),
            .held(SessionHolds(holders: [], grace: 0, account: nil)), .entered(channel: "#x"), .replaced(by: 1),
            .redacted("1-1-1", to: "b", by: actor, reason: nil), .superseded(1), .read("#x", upTo: 1),
            .askedHowIdle(by: session), .idle(session, seconds: 1), .silenced(SilenceList()),
            .moved(from: "#x", to: "#y", mark: "1"), .ranked(.guide),
            .quarantined(nil), .memoLeft(by: "b"), .reviewed(target: "#x", rejection: nil),
            .clients(question: 1, []), .dismissed(nil, by: nil),
        ]
        #expect(
            user.map { Array($0.encoded.readableBytesView.prefix(2)) } == [
                [1, 1], [1, 2], [0x81, 3], [0x81, 4], [0x81, 5], [0x81, 6], [0x81, 7], [1, 8], [1, 10],
                [1, 11], [1, 12], [1, 13], [1, 14], [1, 15], [0x81, 16], [1, 17], [1, 18], [1, 19],
                [1, 20], [1, 21], [1, 22],
            ]
        )
        // Who keeps messages reads the same in both logs.
        let redaction = ChannelEvent.redacted("1-1-1", by: actor, reason: "slip")
        #expect(ChannelEvent(UserEvent.redacted("1-1-1", to: "b", by: actor, reason: "slip").encoded) == redaction)
        let tenant: [TenantEvent] = [.wallops(text: "", by: actor), .nickGivenUp(bob.user, at: 1)]
        #expect(tenant.map { Array($0.encoded.readableBytesView.prefix(2)) } == [[1, 1], [1, 2]])
        let moderation: [TenantEvent] = [
            .reported(1, by: "a", about: "b", place: nil, reason: ""), .reportsChanged,
            .askedForClients(of: "a", by: session, question: 1), .dismissed(account: "a", by: nil),
        ]
        #expect(
            moderation.map { Array($0.encoded.readableBytesView.prefix(2)) } == [[1, 6], [1, 7], [1, 8], [1, 9]]
        )
        #expect(Array(TenantEvent.accountsChanged.encoded.readableBytesView) == [1, 3])
        #expect(Array(TenantEvent.proofChanged(account: "a").encoded.readableBytesView.prefix(2)) == [1, 20])
        #expect(Array(TenantEvent.bansChanged.encoded.readableBytesView) == [1, 4])
        #expect(TenantEvent.audited(Samples.audited(nil)).encoded.readableBytesView.prefix(5) == [1, 100, 0, 0, 4])
        #expect(Array(TenantEvent.global(text: "", by: actor).encoded.readableBytesView.prefix(2)) == [1, 5])
        #expect(
            Samples.nickEvents.map { Array($0.encoded.readableBytesView.prefix(2)) } == [[1, 1], [1, 2], [1, 3]]
        )
    }

    @Test func `a message keeps its place for everything`() throws {
        let message = ChatMessage(
            verb: .notice,
            sender: SessionID(rawValue: 7),
            origin: 5,
            account: "ab",
            isBot: true,
            minimum: .host,
            clientTags: "+x",
            capacity: 0
        ) { writer in
            writer.command("Z")
            writer.end()
        }
        let head: [UInt8] = [1, 9, 2, 3, 2, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 5, 0, 2, 0, 2]
        #expect(Array(message.entry.readableBytesView) == head + Array("ab+xZ\r\n".utf8))
    }
}

/// What was written.
private func bytes(_ write: (inout ByteBuffer) -> Void) -> [UInt8] {
    var buffer = ByteBuffer()
    write(&buffer)
    return Array(buffer.readableBytesView)
}
