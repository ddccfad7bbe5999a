import Foundation
package import Logging

/// Logs to standard error, a line an entry: for people as text, for machines as JSON.
///
/// Text: `2026-01-31T12:34:56.789Z info roost: message key=value`. JSON: one object with `time`, `level`, `label`,
/// `message` and the metadata under their own names. Line breaks in values never break the line.
package struct LineLogHandler: LogHandler {
    package enum Format: String, CaseIterable, Sendable {
        case text
        case json
    }

    let label: String
    let format: Format
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]

    package init(label: String, format: Format, level: Logger.Level) {
        self.label = label
        self.format = format
        self.logLevel = level
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let fields = self.metadata.merging(event.metadata ?? [:]) { $1 }
        let time = Date().formatted(.iso8601.year().month().day().time(includingFractionalSeconds: true))
        let line: String
        switch self.format {
        case .text:
            let pairs = fields.sorted { $0.key < $1.key }.map { " \($0.key)=\(Self.quoted("\($0.value)"))" }
            line = "\(time)Z \(event.level) \(self.label): \(Self.oneLine("\(event.message)"))\(pairs.joined())"
        case .json:
            var object = fields.mapValues { "\($0)" }
            object["time"] = time + "Z"
            object["level"] = event.level.rawValue
            object["label"] = self.label
            object["message"] = "\(event.message)"
            let data = try? JSONSerialization.data(
                withJSONObject: object,
                options: [.sortedKeys, .withoutEscapingSlashes]
            )
            line = data.map { String(decoding: $0, as: UTF8.self) } ?? ""
        }
        // One write a line: lines of several threads do not mix.
        // A full disk or a closed pipe costs the line, not the process.
        try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8))
    }

    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    private static func quoted(_ value: String) -> String {
        let text = Self.oneLine(value)
        return text.contains(" ") || text.isEmpty ? "\"\(text.replacing("\"", with: "'"))\"" : text
    }
}
