// A message as its entry's bytes: whoever passes it on reads there what it was made of.

import Chat
import IRC
import NIOCore
import Testing

@Suite struct ChatMessageTests {
    private static func message(_ account: String?, isBot: Bool, tags: String) -> ChatMessage {
        ChatMessage(
            verb: .notice,
            sender: SessionID(rawValue: 7),
            origin: 5,
            account: account,
            isBot: isBot,
            minimum: .voice,
            clientTags: tags,
            capacity: 64
        ) { $0.message(source: "bob!u@h", command: "NOTICE", parameters: ["#x", "hi"], forcesTrailing: true) }
    }

    @Test(arguments: [nil, "", "b", "älice"], ["", "+", "+x", "+typing=active;+a=b"])
    func `what a message was made of is read from its entry`(account: String?, tags: String) throws {
        for isBot in [true, false] {
            let made = Self.message(account, isBot: isBot, tags: tags)
            // In the midst of others, as a store hands it out.
            var all = ByteBuffer(string: "before")
            all.writeImmutableBuffer(made.entry)
            all.moveReaderIndex(forwardBy: "before".utf8.count)
            for message in [made, try #require(ChatMessage(entry: all))] {
                #expect(message == made)
                #expect(message.verb == .notice)
                #expect(message.sender == SessionID(rawValue: 7) && message.origin == 5 && !message.isCopy)
                #expect(message.minimum == .voice)
                #expect(message.isBot == isBot)
                #expect(message.account == account)
                #expect(message.clientTags == tags)
                #expect(String(buffer: message.line) == ":bob!u@h NOTICE #x :hi\r\n")
                #expect(message.withLine { String(decoding: $0, as: UTF8.self) } == ":bob!u@h NOTICE #x :hi\r\n")
            }
        }
    }

    @Test(arguments: [nil, "b"], ["", "+x"])
    func `a message of several lines is read from its entry, and is none for who does not know it`(
        account: String?,
        tags: String
    ) throws {
        var text = MultilineText()
        text.append(.init(ByteBuffer(string: "one"), isContinuation: false))
        text.append(.init(ByteBuffer(string: "two"), isContinuation: true))
        let plain = Self.message(account, isBot: true, tags: tags)
        let made = ChatMessage(plain, prefix: "bob!u@h", target: "#x", text: text)
        let message = try #require(ChatMessage(entry: made.entry))
        #expect(message == made && message.hasSeveralLines && !plain.hasSeveralLines)
        #expect(message.verb == .notice && message.sender == plain.sender && message.origin == 5 && message.isBot)
        #expect(message.account == account && message.clientTags == tags && message.minimum == .voice)
        let several = try #require(message.several)
        #expect(several.prefix == "bob!u@h" && several.target == "#x" && several.text == text)
        let said = try #require(message.said)
        #expect(said.prefix == "bob!u@h" && said.target == "#x" && said.text == "onetwo")
        #expect(ChatMessage(entry: message.copy)?.isCopy == true)
        // No verb that others know: they pass over it.
        #expect(made.entry.getInteger(at: 2, as: UInt8.self) == 130)
        #expect(EntryForm.unknown(made.entry) == .passOver)
        let cut = made.entry.getSlice(at: 0, length: made.entry.readableBytes - 1)
        #expect(ChatMessage(entry: try #require(cut)) == nil)
    }

    @Test func `an entry that ends before its line is no message`() {
        let entry = Self.message("bob", isBot: false, tags: "+x").entry
        let head = 21 + "bob+x".utf8.count
        for length in 0..<entry.readableBytes {
            let cut = ChatMessage(entry: ByteBuffer(entry.readableBytesView.prefix(length)))
            #expect((cut != nil) == (length >= head))
            #expect(cut?.line.readableBytes == (length < head ? nil : length - head))
            #expect(cut?.withLine { $0.count } == cut?.line.readableBytes)
        }
    }

    @Test func `an entry of another kind is no message`() {
        var entry = Self.message("bob", isBot: false, tags: "").entry
        for kind in UInt8(0)...20 {
            entry.setInteger(kind, at: entry.readerIndex + 1)
            #expect((ChatMessage(entry: entry) != nil) == (kind == ChatMessage.tag))
        }
    }

    @Test func `what is longer than its length can say is cut`() {
        let long = String(repeating: "x", count: 70_000)
        let message = Self.message(long, isBot: false, tags: long)
        #expect(message.account?.utf8.count == 65_535)
        #expect(message.clientTags.utf8.count == 65_535)
        #expect(ChatMessage(entry: message.entry)?.line == message.line)
        #expect(message.line.readableBytes == ":bob!u@h NOTICE #x :hi\r\n".utf8.count)
    }

    private static let lines: [(source: String?, words: [String], text: String?, said: [String?]?)] = [
        ("bob!u@h", ["NOTICE", "#x"], "hi :there", ["bob!u@h", "#x", "hi :there"]),
        ("bob!u@h", ["NOTICE", "#x"], "", ["bob!u@h", "#x", ""]),
        ("bob!u@h", ["TAGMSG", "#x"], nil, ["bob!u@h", "#x", nil]),
        // Its text is not marked as the last.
        ("bob!u@h", ["NOTICE", "#x", "hi"], nil, nil), ("bob!u@h", ["NOTICE"], nil, nil),
        (nil, ["NOTICE", "#x"], "hi", nil),
    ]

    @Test(arguments: [true, false], [true, false])
    func `it is known of a sender whether it is a bot and whether an operator`(isBot: Bool, isOperator: Bool) throws {
        let made = ChatMessage(
            verb: .privmsg,
            sender: SessionID(rawValue: 7),
            origin: 5,
            account: nil,
            isBot: isBot,
            isOperator: isOperator,
            minimum: [],
            clientTags: "",
            capacity: 64
        ) { $0.message(source: "bob!u@h", command: "PRIVMSG", parameters: ["#x", "hi"], forcesTrailing: true) }
        for message in [made, try #require(ChatMessage(entry: made.entry))] {
            #expect(message.isBot == isBot && message.isOperator == isOperator && message.account == nil)
            #expect(!message.isCopy && !message.hasSeveralLines)
        }
    }

    @Test(arguments: Self.lines.indices)
    func `what a message says is read from its line, where that is a message`(index: Int) {
        let line = Self.lines[index]
        let message = ChatMessage(
            verb: .notice,
            sender: SessionID(rawValue: 7),
            origin: 5,
            account: nil,
            isBot: false,
            minimum: [],
            clientTags: "",
            capacity: 64
        ) { writer in
            if let source = line.source { writer.source(source) }
            writer.command(line.words[0])
            for word in line.words.dropFirst() { writer.parameter(word) }
            if let text = line.text { writer.trailing(text) }
            writer.end()
        }
        #expect(message.said.map { [$0.prefix, $0.target, $0.text] } == line.said)
    }

    @Test(arguments: [
        ("+typing=active", true), ("+draft/typing=done;+typing", true), ("+typing=active;+x", false),
        ("+x=+typing", false),
        ("+typingx", false),
    ])
    func `tags that say nothing but typing are known`(tags: String, expected: Bool) {
        #expect(ChatMessage.tellOnlyTyping(tags) == expected)
    }
}
