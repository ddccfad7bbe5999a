// A line of the archive: one JSON object (RFC 8259) and a line feed. Its keys come in one order, so that whoever only looks for some of
// them need not read the rest; docs/operations/archive-format.md is what outside readers go by.

import Observability
package import StateStore

/// Writes lines.
package struct LineWriter: Sendable {
    private var times = TimestampCache()

    package init() {}

    /// Adds a record's line.
    ///
    /// - Parameters:
    ///   - record: What happened.
    ///   - bytes: Gets the line.
    package mutating func write(_ record: ArchivedRecord, to bytes: inout [UInt8]) {
        let content = record.content
        let isRedaction = content.redaction != nil
        Self.add("{\"id\":\"", to: &bytes)
        bytes += record.stamp.messageID.utf8
        Self.add("\",\"time\":\"", to: &bytes)
        bytes += self.times.text(at: max(0, record.stamp.time)).utf8
        Self.add("\",\"log\":\"", to: &bytes)
        bytes += record.log.kind.rawValue.utf8
        bytes.append(UInt8(ascii: ":"))
        Self.text(record.log.name, to: &bytes)
        Self.field("\",\"conversation\":", content.conversation, to: &bytes)
        Self.add(",\"kind\":\"", to: &bytes)
        Self.add(isRedaction ? "redaction" : Self.name(of: content.kind), to: &bytes)
        Self.field(",\"from\":", content.prefix, to: &bytes, afterText: true)
        if let account = content.account { Self.field(",\"account\":", account, to: &bytes) }
        if content.isBot { Self.add(",\"bot\":true", to: &bytes) }
        if record.isForRanks { Self.add(",\"ranks\":true", to: &bytes) }
        if !content.target.isEmpty { Self.field(",\"to\":", content.target, to: &bytes) }
        if !content.tags.isEmpty { Self.field(",\"tags\":", content.tags, to: &bytes) }
        if isRedaction {
            Self.field(",\"redacts\":", content.id.messageID, to: &bytes)
            if let reason = content.redactionReason { Self.field(",\"text\":", reason, to: &bytes) }
        } else if let text = content.text {
            Self.field(",\"text\":", text, to: &bytes)
        }
        Self.add("}\n", to: &bytes)
    }

    /// What is left of a line that is somebody's no more: where it stood, and what it took back.
    ///
    /// - Parameter line: As it was.
    /// - Returns: The line, with its line feed.
    static func erased(_ line: ArchiveLine) -> [UInt8] {
        var bytes: [UInt8] = []
        Self.add("{\"id\":\"", to: &bytes)
        bytes += line.id.utf8
        Self.add("\",\"time\":\"", to: &bytes)
        bytes += line.time.utf8
        Self.field(",\"log\":", line.log, to: &bytes, afterText: true)
        Self.field(",\"conversation\":", line.conversation, to: &bytes)
        Self.add(",\"kind\":\"", to: &bytes)
        Self.add(line.redacts == nil ? "erased" : "redaction", to: &bytes)
        Self.field(",\"from\":", "*", to: &bytes, afterText: true)
        if let redacts = line.redacts { Self.field(",\"redacts\":", redacts, to: &bytes) }
        Self.add("}\n", to: &bytes)
        return bytes
    }

    /// What kinds are called in lines.
    static func name(of kind: HistoryRecord.Kind) -> StaticString {
        switch kind {
        case .privmsg: "privmsg"
        case .notice: "notice"
        case .tagmsg: "tagmsg"
        case .join: "join"
        case .part: "part"
        case .quit: "quit"
        case .kick: "kick"
        case .mode: "mode"
        case .topic: "topic"
        case .nick: "nick"
        }
    }

    private static func add(_ text: StaticString, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Adds a key and its text; the quote of the text before it may still be to be written.
    private static func field(
        _ name: StaticString,
        _ value: String,
        to bytes: inout [UInt8],
        afterText: Bool = false
    ) {
        if afterText { bytes.append(UInt8(ascii: "\"")) }
        Self.add(name, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
        Self.text(value, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    private static func text(_ value: String, to bytes: inout [UInt8]) {
        var value = value
        value.withUTF8 { LineText.escape($0, to: &bytes) }
    }
}
