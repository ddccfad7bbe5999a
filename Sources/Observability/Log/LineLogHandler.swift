package import Logging

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

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
    private let now: @Sendable () -> Int64
    private let write: @Sendable (String) -> Void

    /// Makes a handler.
    ///
    /// - Parameters:
    ///   - label: The logger's name.
    ///   - format: For whom the lines are.
    ///   - level: What is less than that is not logged.
    ///   - now: Milliseconds since 1970.
    ///   - write: Takes a line with its end.
    package init(
        label: String,
        format: Format,
        level: Logger.Level,
        now: @escaping @Sendable () -> Int64 = WallClock.system,
        write: @escaping @Sendable (String) -> Void = LineLogHandler.standardError
    ) {
        self.label = label
        self.format = format
        self.logLevel = level
        self.now = now
        self.write = write
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let fields = self.metadata.merging(event.metadata ?? [:]) { $1 }
        let time = UTCInstant(milliseconds: self.now()).text(withThousandths: true)
        let line: String
        switch self.format {
        case .text:
            let pairs = fields.sorted { $0.key < $1.key }.map { " \($0.key)=\(Self.quoted("\($0.value)"))" }
            line = "\(time) \(event.level) \(self.label): \(Self.oneLine("\(event.message)"))\(pairs.joined())"
        case .json:
            var object = fields.mapValues { "\($0)" }
            object["time"] = time
            object["level"] = event.level.rawValue
            object["label"] = self.label
            object["message"] = "\(event.message)"
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            line = (try? encoder.encode(object)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        }
        self.write(line + "\n")
    }

    /// One write a line: lines of several threads do not mix.
    ///
    /// A full disk or a closed pipe costs the line, not the process.
    package static let standardError: @Sendable (String) -> Void = { line in
        var line = line
        line.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = systemWrite(STDERR_FILENO, rest)
                if count < 0, errno == EINTR { continue }
                if count <= 0 { return }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            }
        }
    }

    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    private static func quoted(_ value: String) -> String {
        let text = Self.oneLine(value)
        return text.contains(" ") || text.isEmpty ? "\"\(text.replacing("\"", with: "'"))\"" : text
    }
}

/// The system's, apart from the handler's own.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(descriptor, bytes.baseAddress, bytes.count)
}
