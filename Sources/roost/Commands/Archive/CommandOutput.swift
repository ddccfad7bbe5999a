import Foundation
import StateStore

/// Where a command writes what it makes: a file that appears once it is complete, or the standard output.
final class CommandOutput {
    private let file: NewFile?

    /// - Parameter path: The file; nil for the standard output.
    /// - Throws: What could not be done.
    init(_ path: String?) throws(FileFailure) { self.file = if let path { try NewFile(path) } else { nil } }

    func write(_ bytes: [UInt8]) throws {
        if let file {
            try file.write(bytes)
        } else {
            try FileHandle.standardOutput.write(contentsOf: Data(bytes))
        }
    }

    /// Has the file appear.
    func finish() throws(FileFailure) { try self.file?.finish() }

    /// Says something beside what is written.
    static func say(_ text: String) { FileHandle.standardError.write(Data("roost: \(text)\n".utf8)) }
}

/// Says how far a long command has come: each table, and each hundred thousand rows of one.
final class CommandProgress {
    private var table = ""
    private var rows = 0
    private static let step = 100_000

    func note(_ table: String, _ rows: Int) {
        if table != self.table || rows / Self.step > self.rows / Self.step {
            CommandOutput.say("\(table): \(rows) rows")
        }
        (self.table, self.rows) = (table, rows)
    }
}
