/// How lines are shown to people.
package enum TranscriptFormat: String, CaseIterable, Sendable {
    /// As they lie in the archive.
    case jsonl
    /// As clients write logs.
    case irc
    /// RFC 4180, with a header.
    case csv
    /// A page to print.
    case html
}

/// Writes lines in one of the formats.
package struct Transcript {
    let format: TranscriptFormat
    private let title: String
    /// Where a page is: another day or conversation has a heading.
    private var heading = ""

    package init(_ format: TranscriptFormat, title: String) {
        self.format = format
        self.title = title
    }

    /// What stands before the first line.
    package var beginning: String {
        switch self.format {
        case .jsonl, .irc: ""
        case .csv: "time,conversation,kind,from,account,to,text,id,redacts\r\n"
        case .html:
            """
            <!doctype html>
            <html><head><meta charset="utf-8"><title>\(Self.escaped(self.title))</title><style>
            body { font: 11pt/1.4 sans-serif; margin: 2em; } h2 { break-after: avoid; font-size: 12pt; }
            p { margin: 0; padding-left: 14em; text-indent: -14em; white-space: pre-wrap; overflow-wrap: anywhere; }
            time { color: #555; } .event { color: #555; font-style: italic; }
            </style></head><body><h1>\(Self.escaped(self.title))</h1>

            """
        }
    }

    /// What stands behind the last line.
    package var end: String { self.format == .html ? "</body></html>\n" : "" }

    /// A line as the format has it.
    ///
    /// - Throws: ``ArchiveError/damaged(_:)``
    package mutating func text(of bytes: ArraySlice<UInt8>) throws(ArchiveError) -> String {
        if self.format == .jsonl { return String(decoding: bytes, as: UTF8.self) }
        let line = try ArchiveLine(bytes)
        switch self.format {
        case .jsonl, .irc:
            let time = line.time.prefix(19).replacing("T", with: " ")
            return "[\(time)] \(line.conversation) \(Self.words(of: line))\n"
        case .csv:
            let fields = [
                line.time, line.conversation, line.kind, line.from, line.account ?? "", line.to ?? "", line.text ?? "",
                line.id, line.redacts ?? "",
            ]
            return fields.map(Self.field).joined(separator: ",") + "\r\n"
        case .html:
            let heading = "\(line.conversation), \(line.time.prefix(10))"
            let head = heading == self.heading ? "" : "<h2>\(Self.escaped(heading))</h2>\n"
            self.heading = heading
            let isSaid = ["privmsg", "notice"].contains(line.kind)
            let words = Self.escaped(Self.words(of: line))
            let time = "<time datetime=\"\(line.time)\">\(line.time.dropFirst(11).prefix(8))</time>"
            return "\(head)<p\(isSaid ? "" : " class=\"event\"")>\(time) \(words)</p>\n"
        }
    }

    /// What happened, in a sentence as clients write it.
    private static func words(of line: ArchiveLine) -> String {
        let (nick, text) = (line.nick, line.text ?? "")
        // What controls a terminal is no part of a log.
        let shown = String(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : Character($0) })
        switch line.kind {
        case "privmsg":
            if text.hasPrefix("\u{1}ACTION ") { return "* \(nick) \(shown.dropFirst(8).trimmed)" }
            return "<\(nick)> \(shown)"
        case "notice": return "-\(nick)- \(shown)"
        case "join": return "*** \(nick) joined"
        case "part": return "*** \(nick) left" + (text.isEmpty ? "" : " (\(shown))")
        case "quit": return "*** \(nick) quit" + (text.isEmpty ? "" : " (\(shown))")
        case "kick": return "*** \(nick) kicked \(shown)"
        case "mode": return "*** \(nick) set mode \(shown)"
        case "topic": return "*** \(nick) set the topic: \(shown)"
        case "nick": return "*** \(nick) is now \(shown)"
        case "redaction": return "*** \(nick) took back \(line.redacts ?? "")" + (text.isEmpty ? "" : " (\(shown))")
        case "erased": return "*** erased"
        default: return "*** \(nick) \(line.kind) \(shown)"
        }
    }

    /// RFC 4180; what spreadsheets take for a formula begins with an apostrophe.
    private static func field(_ text: String) -> String {
        let isFormula = text.first.map { "=+-@\t\r".contains($0) } ?? false
        let safe = isFormula ? "'" + text : text
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }

    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}

extension StringProtocol {
    fileprivate var trimmed: String {
        var text = self[...]
        while text.last == " " { text = text.dropLast() }
        return String(text)
    }
}
