import Chat
import StateStore
import Tenant
import Testing
import WebPush

/// What is pushed, and to whom.
struct PushRuleTests {
    private static let guest = SessionID(rawValue: 1).text

    private func said(_ text: String?, by account: String? = "bob", in conversation: String = "#a") throws
        -> HistoryRecord
    {
        HistoryRecord(
            try #require(TenantID("acme")),
            in: conversation,
            id: Stamp(position: Position(epoch: 1, sequence: 2), time: 5_000),
            prefix: "bob!~b@host",
            account: account,
            target: "#A",
            tags: "+draft/reply=x",
            text: text
        )
    }

    @Test(arguments: [
        ("ann: hello", true), ("hello ANN", true), ("@ann?", true), ("(ann)", true), ("_ann_", true), ("\"ann\"", true),
        ("thanks, ann's idea", true), ("\u{2}ann\u{2} hi", true), ("a\nann b", true), ("ann", true),
        ("annual", false), ("susann", false), ("an n", false), ("ann-marie", false), ("", false), ("hello", false),
        ("ann2", false),
    ])
    func `who is called by the nickname as a word is pushed a channel's message`(text: String, isCalled: Bool) throws {
        let members = [PushMember(account: "annette", nick: "ann"), PushMember(account: "cid", nick: "cid")]
        #expect(PushRule.called(in: try self.said(text), of: members) == (isCalled ? ["annette"] : []))
    }

    @Test func `nobody is pushed what it says itself, or what was taken back`() throws {
        let members = [PushMember(account: "bob", nick: "ann")]
        #expect(PushRule.called(in: try self.said("ann"), of: members).isEmpty)
        #expect(PushRule.called(in: try self.said("ann", by: "BOB"), of: members).isEmpty)
        #expect(PushRule.called(in: try self.said("ann", by: nil), of: members) == ["bob"])
        #expect(PushRule.called(in: try self.said(nil), of: members).isEmpty)
    }

    @Test(
        arguments: [
            ("@aann abob", "bob", "ann"), ("@aann abob", "Ann", "bob"), ("@aann g\(Self.guest)", nil, "ann"),
            ("@aann g\(Self.guest)", "ann", nil), ("@aann aann", "ann", nil),
            ("@g\(Self.guest) g\(Self.guest)", nil, nil), ("#a", "bob", nil),
        ] as [(String, String?, String?)]
    )
    func `a direct message is the other party's`(conversation: String, sender: String?, receiver: String?) throws {
        let event = PushEvent.message(try self.said("hi", by: sender, in: conversation))
        #expect(event.account == receiver)
    }

    @Test(arguments: [(nil, true), (4_999, true), (5_000, false), (6_000, false)] as [(Int64?, Bool)])
    func `what was read already is not pushed`(marker: Int64?, isUnread: Bool) {
        #expect(PushRule.isUnread(5_000, readUpTo: marker) == isUnread)
    }

    @Test func `a line is pushed as its client would be told it, without its end`() throws {
        func line(_ event: PushEvent, _ capabilities: String) throws -> String? {
            let registration = try #require(try Device().registration(capabilities))
            return PushLine.bytes(of: event, to: "ann", from: "acme.example", for: registration)
                .map { String(decoding: $0, as: UTF8.self) }
        }
        let record = try self.said("hello\nand more")
        let id = record.id.messageID
        #expect(
            try line(.message(record), "message-tags server-time account-tag")
                == "@time=1970-01-01T00:00:05.000Z;account=bob;msgid=\(id);+draft/reply=x :bob!~b@host PRIVMSG #A :hello"
        )
        #expect(try line(.message(record), "") == ":bob!~b@host PRIVMSG #A :hello")
        #expect(
            try line(.read(account: "ann", target: "#a", upTo: 5_000), "")
                == ":acme.example MARKREAD #a timestamp=1970-01-01T00:00:05.000Z"
        )
    }

    @Test func `a line always fits a record, and the message's id stays`() throws {
        let long = HistoryRecord(
            try #require(TenantID("acme")),
            in: "#a",
            id: Stamp(position: Position(epoch: 1, sequence: 2), time: 5_000),
            prefix: "bob!~b@host",
            target: "#A",
            tags: "+x=" + String(repeating: "y", count: 4_000),
            text: "hello"
        )
        let registration = try #require(try Device().registration())
        let bytes = try #require(PushLine.bytes(of: .message(long), to: nil, from: "x", for: registration))
        #expect(bytes.count <= PushEncryption.maximumText)
        #expect(String(decoding: bytes, as: UTF8.self).contains("msgid=\(long.id.messageID) :bob"))
    }

    @Test(
        arguments: [
            (201, nil, .taken), (200, nil, .taken), (404, nil, .gone), (410, nil, .gone),
            (429, "30", .later(seconds: 30)),
            (429, "soon", .later(seconds: nil)), (429, "-1", .later(seconds: nil)), (503, nil, .later(seconds: nil)),
            (413, nil, .refused(status: 413)), (301, nil, .refused(status: 301)), (307, nil, .refused(status: 307)),
            (400, nil, .refused(status: 400)), (403, nil, .refused(status: 403)),
        ] as [(Int, String?, PushAnswer)]
    )
    func `what a push service answers has its meaning`(status: Int, after: String?, meaning: PushAnswer) {
        #expect(PushAnswer(status: status, retryAfter: after) == meaning)
    }
}
