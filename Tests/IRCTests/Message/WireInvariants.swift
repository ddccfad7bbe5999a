// What must hold for every stream of bytes. The seeded test and the fuzzer (Fuzz/) both call this.

import IRC
import NIOCore

/// Properties of the wire that no input may break.
enum WireInvariants {
    /// What was broken.
    struct Violation: Error, CustomStringConvertible {
        let description: String
    }

    private static func require(_ condition: Bool, _ what: @autoclosure () -> String) throws {
        if !condition { throw Violation(description: what()) }
    }

    /// Checks everything on one input.
    ///
    /// - Throws: ``Violation``.
    static func check(_ input: [UInt8]) throws {
        // Small limits reach the overlong paths with short inputs.
        for limits in [LineLimits.fromClient, LineLimits(tags: 24, body: 20)] {
            let whole = try self.checkFrames(input, limits: limits)
            if limits == .fromClient {
                for line in whole { try self.checkMessage(line) }
                try self.checkBatch(whole)
            }
        }
        let text = String(decoding: input, as: UTF8.self)
        try self.checkWriter(text)
        try self.checkNames(text)
        try self.checkMasks(text)
        try self.checkSupport(text)
        try self.checkAddresses(text)
    }

    // MARK: Framing

    /// Frames do not depend on how the stream is chopped up, and are what splitting it at LF gives.
    private static func checkFrames(_ input: [UInt8], limits: LineLimits) throws -> [ByteBuffer] {
        let whole = Self.frames(of: input, chunk: input.count + 1, limits: limits)
        for chunk in [1, 2, 3, 7, 1 + Int(input.first ?? 0)] {
            let other = Self.frames(of: input, chunk: chunk, limits: limits)
            try self.require(other == whole, "frames differ in chunks of \(chunk)")
        }
        var expected: [LineFramer.Frame] = []
        var pieces = input.split(separator: 0x0A, omittingEmptySubsequences: false)
        pieces.removeLast()
        for piece in pieces {
            let content = piece.last == 0x0D ? piece.dropLast() : piece
            let tags =
                content.first == 0x40 ? (content.firstIndex(of: 0x20) ?? content.endIndex) - content.startIndex : 0
            if tags > 0, tags + 1 > limits.tags {
                expected.append(.tagsTooLong)
            } else if content.count - (tags > 0 ? min(tags + 1, content.count) : 0) > limits.body - 2 {
                let section = tags > 0 ? content.dropFirst().prefix(tags - 1) : []
                expected.append(.bodyTooLong(tags: ByteBuffer(bytes: section)))
            } else if !content.isEmpty {
                expected.append(.line(ByteBuffer(bytes: content)))
            }
        }
        // An unfinished line may have been found too long already.
        try self.require(whole.starts(with: expected) && whole.count <= expected.count + 1, "frames are wrong")
        return whole.compactMap { frame in
            if case .line(let line) = frame { line } else { nil }
        }
    }

    private static func frames(of input: [UInt8], chunk: Int, limits: LineLimits) -> [LineFramer.Frame] {
        var framer = LineFramer(limits: limits)
        var buffer = ByteBuffer()
        var result: [LineFramer.Frame] = []
        for start in stride(from: 0, to: input.count, by: chunk) {
            buffer.writeBytes(input[start..<min(start + chunk, input.count)])
            while let frame = framer.next(from: &buffer) { result.append(frame) }
        }
        return result
    }

    // MARK: Messages

    private static func checkMessage(_ line: ByteBuffer) throws {
        let isValid = line.readableBytesView.withContiguousStorageIfAvailable { bytes in
            String(validating: bytes, as: UTF8.self) != nil
        }
        let head = LineHead(line)
        guard let message = try? Message(line) else { return }
        try self.require(head.tags == message.tags, "a line's head has other tags")
        let isNamed = message.command.utf8.allSatisfy { 0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 }
        let command = isNamed && message.command.utf8.count <= 20 ? message.command : nil
        try self.require(head.command == command, "a line's head has another command")
        try self.require(isValid == true, "a message is not UTF-8")
        var writer = LineWriter(limits: .longest)
        writer.message(message)
        let again = try Message(Self.line(writer.take()))
        try self.require(again == message, "a message written and read again differs")

        var tags: [String: String] = [:]
        message.tags.forEach { tags[$0] = $1 }
        for (key, value) in tags {
            try self.require(message.tags[key]?.utf8.elementsEqual(value.utf8) == true, "a tag is not found")
        }
        var relayed = LineWriter()
        relayed.tag("time", "2001-01-01T00:00:00.000Z")
        relayed.rawTags(message.tags.clientOnly)
        relayed.source(nick: "n", user: "u", host: "h")
        relayed.command(message.command)
        for index in 0..<message.parameterCount where index + 1 < message.parameterCount {
            relayed.parameter(message.parameters.bytes(index))
        }
        if message.parameterCount > 0 { relayed.trailing(message.parameters.bytes(message.parameterCount - 1)) }
        relayed.end()
        let relay = try Message(Self.line(relayed.take()))
        try self.require(relay.parameterCount == message.parameterCount, "a relayed message has other parameters")
    }

    /// What comes of a batch keeps its bounds, and is the same from its bytes, in pieces and as one text.
    private static func checkBatch(_ lines: [ByteBuffer]) throws {
        let messages = lines.compactMap { try? Message($0) }
        guard let first = messages.first(where: { $0.parameterCount > 0 }) else { return }
        var limits = MultilineBatch.Limits()
        (limits.bytes, limits.lines) = (40, 3)
        var batch = MultilineBatch(reference: "1", target: first.parameters[0], limits: limits)
        for message in messages { try? batch.add(message) }
        let text = batch.text
        try self.require(batch.count == text.lines.count && batch.count <= 3, "a batch has other lines")
        guard batch.count > 0 else { return }
        try self.require(text.combined.utf8.count <= 40, "a batch has more than it may")
        try self.require(MultilineText(bytes: text.bytes) == text, "a text of lines does not come back")
        let combined = MultilineText(combined: text.combined).combined
        try self.require(combined.utf8.elementsEqual(text.combined.utf8), "a text of lines is another")
        for (line, limit) in zip(text.lines, [1, 4, 9]) {
            let pieces = line.pieces(of: limit)
            let joined = pieces.flatMap { Array($0.text.readableBytesView) }
            try self.require(joined.elementsEqual(line.text.readableBytesView), "the pieces of a line are not it")
            let isSmall = pieces.allSatisfy { $0.text.readableBytes <= max(limit, 4) }
            try self.require(isSmall, "a piece of a line is too long")
            let isWhole = pieces.allSatisfy {
                String(validating: Array($0.text.readableBytesView), as: UTF8.self) != nil
            }
            try self.require(isWhole, "a character is in pieces")
        }
    }

    // MARK: Writing

    /// Whatever the parts, one line comes out, within its limits, with as many parameters as went in.
    private static func checkWriter(_ text: String) throws {
        let words = text.split(separator: "|", maxSplits: 13, omittingEmptySubsequences: false).map(String.init)
        var buffer = ByteBuffer()
        buffer.writeMessage(tags: ["k": text, text: "v"], source: words.first, command: "CMD", parameters: words)
        let line = try Self.line(buffer)
        let message = try Message(line)
        try self.require(message.command == "CMD", "the command is another")
        try self.require(message.parameterCount <= words.count, "a parameter became two")
        let isCut = line.readableBytes - message.tags.bytes.readableBytes > 500
        try self.require(isCut || message.parameterCount == words.count, "a parameter is lost")
        let body = line.readableBytes - message.tags.bytes.readableBytes
        try self.require(body <= 512 && message.tags.bytes.readableBytes <= 8190, "a line is too long")
        try self.checkRelay(text)
        let escaped = TagValue.escape(text)
        try self.require(
            TagValue.unescape(escaped).utf8.elementsEqual(text.utf8.filter { $0 != 0 }),
            "a value does not come back"
        )
    }

    /// What is said to fit is passed on whole, and nothing else.
    private static func checkRelay(_ text: String) throws {
        let (source, command, target) = ("nick!~user@host", "PRIVMSG", "#channel")
        var written = ByteBuffer()
        ByteBuffer(string: text).withUnsafeReadableBytes { bytes in
            written.withLineWriter { $0.relay(source: source, command: command, target: target, text: bytes) }
        }
        let count = text.utf8.count
        let fits = LineWriter.fitsRelay(source: source, command: command, target: target, text: count)
        let isWhole = written.readableBytes == ":\(source) \(command) \(target) :\r\n".utf8.count + count
        try self.require(fits == isWhole && written.readableBytes <= 512, "a relayed text is cut, or said to be")
    }

    /// The one line that a writer wrote, without its CR LF.
    private static func line(_ written: ByteBuffer) throws -> ByteBuffer {
        var written = written
        let bytes = Array(written.readableBytesView)
        try self.require(bytes.suffix(2) == [0x0D, 0x0A], "a line has no end")
        let content = bytes.dropLast(2)
        try self.require(!content.contains { $0 == 0 || $0 == 0x0D || $0 == 0x0A }, "a line breaks inside")
        try self.require(String(validating: content, as: UTF8.self) != nil, "a line is not UTF-8")
        return written.readSlice(length: content.count) ?? ByteBuffer()
    }

    // MARK: Names, masks, tokens

    private static func checkNames(_ text: String) throws {
        for mapping in CaseMapping.allCases {
            let folded = mapping.fold(text)
            try self.require(
                mapping.fold(folded).utf8.elementsEqual(folded.utf8),
                "folding twice differs: \(text.debugDescription)"
            )
            let names: [(name: (any Name)?, limit: Int)] = [
                (Nickname(text, under: mapping), Lengths.nick), (ChannelName(text, under: mapping), Lengths.channel),
                (Username(text, under: mapping), Lengths.username - 1),
                (AccountName(text, under: mapping), Lengths.nick),
                (Username(sanitizing: text, under: mapping), Lengths.username - 1), (Hostname(text), 254),
            ]
            for case (let name?, let limit) in names {
                let longest = max(name.raw.utf8.count, name.folded.utf8.count)
                try self.require(longest <= limit, "a name has \(longest) bytes")
                try self.require(!name.folded.isEmpty && !name.raw.isEmpty, "a name is empty")
                let isWhole = (name.raw + name.folded).unicodeScalars.allSatisfy { $0.value > 0x20 && $0 != "," }
                try self.require(isWhole, "a name has a separator")
            }
            if let relayed = RelayedName(text, under: mapping) {
                try self.require(Nickname(text, under: mapping) == nil, "a nick is a relayed name")
                try self.require(Nickname(relayed.folded, under: mapping) == nil, "a relayed name folds to a nick")
                try self.require(RelayedName(relayed.folded, under: mapping) != nil, "a folded relayed name is none")
                let isWhole = (relayed.raw + relayed.folded).unicodeScalars.allSatisfy {
                    $0.value > 0x20 && !",!@*?".unicodeScalars.contains($0)
                }
                try self.require(isWhole, "a relayed name has a separator")
            }
            if let nick = Nickname(text, under: mapping) {
                try self.require(Nickname(nick.folded, under: mapping) == nick, "a folded nick is another")
            }
            if let channel = ChannelName(text, under: mapping) {
                try self.require(ChannelName(channel.folded, under: mapping) == channel, "a folded channel is another")
            }
        }
    }

    private static func checkMasks(_ text: String) throws {
        for mapping in CaseMapping.allCases {
            let folded = mapping.fold(text)
            try self.require(Glob("*", under: mapping).matches(folded: folded), "* does not match")
            let pattern = Glob(text, under: mapping)
            try self.require(pattern.matches(folded: folded), "a pattern does not match itself")
            try self.require(Glob(text + "*", under: mapping).matches(folded: folded), "a prefix does not match")
            try self.require(Glob("*" + text, under: mapping).matches(folded: folded), "a suffix does not match")
            let scalars = String(repeating: "?", count: folded.unicodeScalars.count)
            try self.require(Glob(scalars, under: mapping).matches(folded: folded), "? does not match a character")
            try self.require(!Glob(scalars + "?", under: mapping).matches(folded: folded), "? matches nothing")
            if let mask = Mask(text, under: mapping) {
                try self.require(Mask(mask.text, under: mapping) == mask, "a completed mask is another")
                _ = mask.matches(text)
            }
        }
    }

    private static func checkAddresses(_ text: String) throws {
        guard let range = AddressRange(text) else { return }
        let address = text.prefix { $0 != "/" }
        try self.require(range.contains(address), "a network does not have its own address")
        try self.require(AddressRange(address) != nil, "a network's address is none")
        try self.require(AddressRange(text.uppercased()) == range, "a network in capitals is another")
    }

    private static func checkSupport(_ text: String) throws {
        var support = ISupport()
        for word in text.split(separator: "|") { support.set("K\(word.utf8.count)", String(word)) }
        for line in support.lines(for: "nick", source: "irc.example") {
            let message = try Message(Self.line(line))
            try self.require(line.readableBytes <= 512, "a 005 line is too long")
            try self.require(message.parameterCount <= 15, "a 005 line has too many tokens")
        }
        if let request = CapabilityRequest(text) {
            try self.require(request.enabled.isDisjoint(with: request.disabled), "a capability is both")
        }
    }
}
