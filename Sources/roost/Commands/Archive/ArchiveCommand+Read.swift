// What is done with an archive that changes nothing of it.

import Archive
import ArgumentParser
import Foundation
import Observability
import Tenant

extension ArchiveCommand {
    /// Is `roost archive list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List the days that have something: day, segments, bytes."
        )

        @OptionGroup var options: ArchiveOptions
        @OptionGroup var selection: ArchiveSelection

        func run() async throws {
            let query = try self.selection.query
            try await self.options.with { archive in
                for day in try await ArchiveReader(archive).days(query.days) {
                    print("\(day.day)\t\(day.segments)\t\(day.bytes)")
                }
            }
        }
    }

    /// Is `roost archive get`.
    struct Get: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "get",
            abstract: "Write what was said: by day, then by conversation, then by time."
        )

        @OptionGroup var options: ArchiveOptions
        @OptionGroup var selection: ArchiveSelection
        @Option(help: "jsonl, irc, csv or html.") var format = TranscriptFormat.jsonl

        func run() async throws {
            let query = try self.selection.query
            try await self.options.with { archive in
                try await Self.write(archive, query, self.format) { _ in true }
            }
        }

        /// Writes lines that a block wants.
        static func write(
            _ archive: TenantArchive,
            _ query: ArchiveQuery,
            _ format: TranscriptFormat,
            where isWanted: (ArraySlice<UInt8>) throws -> Bool
        ) async throws {
            let name = query.conversation.map { "\(archive.tenant) \($0)" } ?? archive.tenant.text
            var transcript = Transcript(format, title: name)
            let output = FileHandle.standardOutput
            var text = transcript.beginning
            try await ArchiveReader(archive).read(query) { line in
                guard try isWanted(line) else { return true }
                text += try transcript.text(of: line)
                if text.utf8.count > 64 << 10 {
                    try output.write(contentsOf: Data(text.utf8))
                    text = ""
                }
                return true
            }
            try output.write(contentsOf: Data((text + transcript.end).utf8))
        }
    }

    /// Is `roost archive grep`.
    struct Grep: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "grep",
            abstract: "Write the lines whose text has some words, in upper or lower case."
        )

        @Argument(help: "The words, or with --regex an expression.") var words: String
        @Flag(help: "The words are a regular expression.") var regex = false
        @OptionGroup var options: ArchiveOptions
        @OptionGroup var selection: ArchiveSelection
        @Option(help: "jsonl, irc, csv or html.") var format = TranscriptFormat.irc

        func run() async throws {
            let query = try self.selection.query
            let pattern = self.regex ? self.words : NSRegularExpression.escapedPattern(for: self.words)
            let expression: NSRegularExpression
            do { expression = try NSRegularExpression(pattern: pattern, options: .caseInsensitive) } catch {
                throw ValidationError("'\(self.words)' is no regular expression")
            }
            try await self.options.with { archive in
                try await Get.write(archive, query, self.format) { bytes in
                    guard let text = try ArchiveLine(bytes).text else { return false }
                    let whole = NSRange(text.startIndex..., in: text)
                    return expression.firstMatch(in: text, range: whole) != nil
                }
            }
        }
    }

    /// Is `roost archive verify`.
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: "Look whether everything is there as it was put, from the bucket and the keys alone.",
            discussion: "Ends with 0 if all is well, and with 1 if anything is missing, changed or there twice."
        )

        @OptionGroup var options: ArchiveOptions
        @Option(help: "From which day on segments are looked at.", transform: ArchiveSelection.instant)
        var from: UTCInstant?
        @Option(help: "Until which day.", transform: ArchiveSelection.end) var to: UTCInstant?
        @Flag(help: "Look only whether objects are there, with their sizes, and not at what is in them.")
        var presence = false

        func run() async throws {
            guard self.from.map({ from in self.to.map { from <= $0 } ?? true }) ?? true else {
                throw ValidationError("--to: is before --from")
            }
            let days = ArchiveQuery(
                times: max(0, self.from?.milliseconds ?? 0)...max(0, self.to?.milliseconds ?? .max)
            ).days
            try await self.options.with { archive in
                let report = try await ArchiveVerifier(archive, self.presence ? .presence : .lines, days: days).verify()
                for finding in report.findings { print("\(finding)") }
                let counts =
                    "\(report.manifests) manifests, \(report.segments) segments, \(report.open) of them open, "
                    + "\(report.records) lines, \(report.bytes) bytes"
                print(
                    "\(archive.tenant): \(report.isWell ? "all is well" : "\(report.findings.count) findings"): \(counts)"
                )
                if !report.isWell { throw ExitCode(1) }
            }
        }
    }

    /// Is `roost archive erasures`.
    struct Erasures: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "erasures",
            abstract: "Look whether what was erased under a tenant's name is gone, by the certificates in the bucket.",
            discussion: "Ends with 0 if all is as the certificates say, and with 1 if not, or if there is none."
        )

        @OptionGroup var options: ArchiveOptions

        func run() async throws {
            try await self.options.with { archive in
                let erasures = try await archive.erasures()
                for erasure in erasures {
                    if let certificate = erasure.certificate {
                        let locked =
                            certificate.lockedVersions == 0
                            ? "" : ", \(certificate.lockedVersions) locked versions without a key"
                        print(
                            "\(certificate.namespace)/\(certificate.tenant) \(certificate.uid): erased \(certificate.finished): "
                                + "\(certificate.versions) versions of objects, \(certificate.bytes) bytes, \(certificate.keys.count) keys\(locked)"
                        )
                    }
                    for problem in erasure.problems { print("\(erasure.object): \(problem)") }
                }
                if erasures.isEmpty { print("\(archive.tenant): there is no certificate of an erasure") }
                if erasures.isEmpty || erasures.contains(where: { !$0.problems.isEmpty }) { throw ExitCode(1) }
            }
        }
    }
}
