import Foundation
import Synchronization

/// How far something is, on the standard error: one line that changes on a terminal, elsewhere one for each tenth.
final class ProgressLine: Sendable {
    /// What is counted.
    private let unit: String
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let last = Mutex("")

    init(counting unit: String) { self.unit = unit }

    func show(_ done: Int64, _ total: Int64, _ message: String) {
        let share = total > 0 ? done * 100 / total : nil
        let text = share.map { "\(message): \(done) of \(total) \(self.unit), \($0)%" } ?? message
        // What is not a terminal needs no line for each step.
        let key = self.isTerminal ? text : share.map { "\($0 / 10)" } ?? "looking"
        let isNews = self.last.withLock { last in
            defer { last = key }
            return last != key
        }
        if isNews { Self.write(self.isTerminal ? "\r\u{1B}[K\(text)" : "\(text)\n") }
    }

    func end() { if self.isTerminal, self.last.withLock({ !$0.isEmpty }) { Self.write("\n") } }

    private static func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
