// What checks say of a text, of who says it and of what was said before.

import Chat
import Checks
import IRC
import Testing

@Suite struct CheckPipelineTests {
    /// A check of a kind, called like it.
    static func check(_ kind: Check.Kind, _ action: Check.Action = .refuse, _ change: (inout Check) -> Void = { _ in })
        -> Check
    {
        var check = Check()
        (check.name, check.kind, check.action) = (kind.rawValue.lowercased(), kind, action)
        change(&check)
        return check
    }

    static func pipeline(_ checks: [Check]) -> CheckPipeline {
        CheckPipeline(checks, revision: 1) { $0.lowercased() }
    }

    /// What one text hits.
    private func reason(_ check: Check, _ text: String, to place: CheckedMessage.Place = .channel("#a"))
        -> CheckVerdict.Reason?
    {
        var memory = SenderMemory()
        return Self.pipeline([check]).judge(CheckedMessage(text, to: place), &memory, now: 0).hits.first?.reason
    }

    @Test(
        arguments: [
            ("HELLO WORLD HELLO", .capitals(100)), ("HELLO", nil), ("hello world HELLO", nil),
            ("\u{1}ACTION SHOUTS ALL DAY\u{1}", .capitals(100)), ("ПРИВЕТ ВСЕМ ТУТ", .capitals(100)),
            ("1234567890 !!!!!!!!!!", nil),
        ] as [(String, CheckVerdict.Reason?)]
    )
    func `capitals are a share of the letters`(text: String, reason: CheckVerdict.Reason?) {
        #expect(self.reason(Self.check(.capitals), text) == reason)
    }

    @Test(
        arguments: [
            ("\u{2}a\u{2}b\u{3}4,12c\u{3}", .formatting(4)), ("\u{2}a\u{2}\u{1f}", nil), ("plain", nil),
            ("\u{4}ff00aaX\u{4}ff00aaY\u{7}\u{1b}", .formatting(4)),
        ] as [(String, CheckVerdict.Reason?)]
    )
    func `formatting is counted by its codes`(text: String, reason: CheckVerdict.Reason?) {
        #expect(self.reason(Self.check(.formatting) { $0.limit = 3 }, text) == reason)
    }

    @Test(
        arguments: [
            ("see https://evil.example/path", "evil.example"), ("see www.evil.example.", "www.evil.example"),
            ("HTTP://EVIL.EXAMPLE:8080/", "evil.example"), ("http://good.example@evil.example/", "evil.example"),
            ("(https://good.example/x), fine", nil), ("https://a.b.good.example", nil),
            ("https://notgood.example", "notgood.example"), ("write to me@evil.example", nil), ("e.g. file.txt", nil),
            ("evil.example/now", "evil.example"), ("\u{3}4https://evil\u{200b}.example", "evil.example"),
            ("a://b", nil), ("http://a_b.evil.com/", "a_b.evil.com"), ("http://evil%2ecom/", "evil.com"),
            ("http://evil\u{3002}com", "evil.com"), ("\u{201c}http://evil.com\u{201d}", "evil.com"),
            ("*http://evil.com*", "evil.com"), ("http://3232235777/", "3232235777"), ("http://[::1]/", "[::1]"),
            ("http://\u{ff45}vil.com", "evil.com"), ("x\u{3000}www.evil.com", "www.evil.com"),
            ("*http://good.example*", nil), ("and/or", nil), ("well...yes/no", nil),
        ] as [(String, String?)]
    )
    func `links lead where they may, or not`(text: String, host: String?) {
        let check = Self.check(.links) { $0.allow = ["good.example"] }
        #expect(self.reason(check, text) == host.map { .link($0) })
    }

    @Test(
        arguments: [
            ("evil.example", "evil.example"), ("a.evil.example is down", "a.evil.example"),
            ("https://other.example", nil),
            ("https://fine.evil.example", nil),
        ] as [(String, String?)]
    )
    func `domains that are listed are found without a scheme too`(text: String, host: String?) {
        let check = Self.check(.links) { ($0.deny, $0.allow) = (["evil.example"], ["fine.evil.example"]) }
        #expect(self.reason(check, text) == host.map { .link($0) })
    }

    @Test(
        arguments: [
            ("You are a FOO!", "foo"), ("food is good", nil), ("barking", "bar*"), ("rebar", nil), ("a rebaz", "*baz"),
            ("xquxx", "*qux*"), ("buy it now", "Buy it"), ("buy, it now", "Buy it"), ("buy its", nil),
            ("go Buy buy it", "Buy it"), ("qu xqu", nil), ("f\u{2}o\u{2}o", "foo"), ("f\u{200b}oo", "foo"), ("", nil),
        ] as [(String, String?)]
    )
    func `words are whole, unless a star says otherwise`(text: String, word: String?) {
        let check = Self.check(.words) { $0.words = ["foo", "bar*", "*baz", "*qux*", "Buy it"] }
        #expect(self.reason(check, text) == word.map { .word($0) })
    }

    @Test(
        arguments: [
            ("call 555-1234", 1), ("call 5555", nil), ("FREE money", 2), ("free MONEY", 2), ("fr\u{2}ee money", 2),
        ] as [(String, Int?)]
    )
    func `patterns are searched for in the text without formatting`(text: String, number: Int?) {
        let check = Self.check(.patterns) { $0.patterns = [#"\b\d{3}-\d{4}\b"#, "(?i)free money"] }
        #expect(self.reason(check, text) == number.map { .pattern($0) })
    }

    @Test func `a rate is more messages than may be within a time, of one sender`() {
        let pipeline = Self.pipeline([Self.check(.rate) { ($0.limit, $0.within) = (3, .seconds(10)) }])
        var (memory, other) = (SenderMemory(), SenderMemory())
        func says(_ memory: inout SenderMemory, at time: Int64, _ text: String? = "x") -> Bool {
            !pipeline.judge(CheckedMessage(text, to: .channel("#a")), &memory, now: time).hits.isEmpty
        }
        #expect((0..<5).map { says(&memory, at: $0 * 1000) } == [false, false, false, true, true])
        #expect(!says(&other, at: 5_000))
        // Tags alone count, too; those of ten seconds ago do not.
        #expect(says(&memory, at: 6_000, nil))
        #expect(!says(&memory, at: 20_000))
    }

    @Test(arguments: [
        ("Buy my cheap watches at the big market", true), ("buy my cheap watches at the big market!!! 123", true),
        ("buuuuy my cheap watches at the big market", true), ("Buy my cheap watches at the old market", true),
        ("I have nothing to sell to anybody today", false), ("the big market is closed on sundays, sadly", false),
    ])
    func `the same is the same however it is dressed up, or with another word`(text: String, isSame: Bool) {
        let check = Self.check(.repetition) { ($0.limit, $0.within) = (1, .seconds(60)) }
        let pipeline = Self.pipeline([check])
        var memory = SenderMemory()
        let first = CheckedMessage("buy my cheap watches at the big market", to: .channel("#a"))
        #expect(pipeline.judge(first, &memory, now: 0).hits.isEmpty)
        let verdict = pipeline.judge(CheckedMessage(text, to: .channel("#b")), &memory, now: 1000)
        #expect(verdict.hits.map(\.reason) == (isSame ? [.repeated(2, within: 60)] : []))
    }

    @Test(arguments: [
        (CheckedMessage.Sender(hasRole: true), true), (.init(hasAccount: true), false), (.init(rank: .voice), false),
        (.init(rank: .host), true), (.init(rank: .owner), true), (.init(), false),
    ])
    func `who has a role or runs the channel is exempt unless it is said otherwise`(
        sender: CheckedMessage.Sender,
        isExempt: Bool
    ) {
        func hits(_ check: Check) -> Bool {
            var memory = SenderMemory()
            let message = CheckedMessage("foo", to: .channel("#a"), by: sender)
            return !Self.pipeline([check]).judge(message, &memory, now: 0).hits.isEmpty
        }
        let check = Self.check(.words) { $0.words = ["foo"] }
        #expect(hits(check) != isExempt)
        var strict = check
        (strict.exempt.roles, strict.exempt.rank) = (false, .none)
        #expect(hits(strict))
        var mild = check
        (mild.exempt.accounts, mild.exempt.rank) = (true, .voice)
        #expect(hits(mild) == (sender == .init()))
    }

    @Test(arguments: [
        (CheckedMessage.Place.channel("#help-de"), true), (.channel("#tea"), false), (.person, false),
    ])
    func `a check holds where it says`(place: CheckedMessage.Place, holds: Bool) {
        let check = Self.check(.words) { ($0.words, $0.channels) = (["foo"], ["#Help*"]) }
        #expect((self.reason(check, "foo", to: place) != nil) == holds)
        let direct = Self.check(.words) { ($0.words, $0.inChannels, $0.directMessages) = (["foo"], false, true) }
        #expect((self.reason(direct, "foo", to: place) != nil) == (place == .person))
    }

    @Test func `of several that are hit the severest says what is done, and a dry run says nothing`() {
        let checks = [
            Self.check(.words, .warn) { $0.words = ["foo"] }, Self.check(.capitals, .hide) { $0.minimumLength = 1 },
            Self.check(.links, .ban) { $0.dryRun = true }, Self.check(.formatting, .hide) { $0.limit = 1 },
        ]
        var memory = SenderMemory()
        let text = "FOO \u{2}\u{2}HTTPS://EVIL.EXAMPLE"
        let verdict = Self.pipeline(checks).judge(CheckedMessage(text, to: .channel("#a")), &memory, now: 0)
        #expect(verdict.hits.map(\.name) == ["words", "capitals", "links", "formatting"])
        #expect(verdict.deciding?.name == "capitals")
    }

    @Test func `a sender's past is bounded, and forgotten where checks are others`() {
        let rate = Self.check(.rate) { ($0.limit, $0.within) = (50, .seconds(3600)) }
        let pipeline = Self.pipeline([rate])
        var memory = SenderMemory()
        for time in 0..<1000 {
            _ = pipeline.judge(CheckedMessage("x", to: .person), &memory, now: Int64(time))
            _ = pipeline.judge(CheckedMessage("x", to: .channel("#a")), &memory, now: Int64(time))
        }
        #expect(memory.count == CheckBounds.remembered)
        let others = CheckPipeline([rate], revision: 2) { $0 }
        #expect(others.judge(CheckedMessage("x", to: .channel("#a")), &memory, now: 1000).hits.isEmpty)
        #expect(memory.count == 1)
    }
}
