// Whether the bucket has what was put there, from the bucket and the cell's keys alone: the chain of manifests from the first to the last,
// every segment that it lists, and what is not in any manifest yet.

import Crypto
import FoundationEssentials
import Numbers
import ObjectStore
import StateStore
import Tenant

/// Verifies a tenant's archive.
package struct ArchiveVerifier: Sendable {
    /// What is looked at of each segment.
    package enum Depth: Sendable {
        /// That it is there, with its size.
        case presence
        /// Its bytes and every line.
        case lines
    }

    /// Something that is wrong.
    package struct Finding: Hashable, Sendable, CustomStringConvertible {
        package let object: String
        package let problem: String

        package var description: String { "\(self.object): \(self.problem)" }
    }

    /// What was looked at, and what is wrong with it.
    package struct Report: Hashable, Sendable {
        package var manifests = 0
        package var segments = 0
        package var records = 0
        package var bytes = 0
        /// Segments that no manifest lists yet.
        package var open = 0
        /// Segments that were destroyed by what manifests say.
        package var deleted = 0
        package var findings: [Finding] = []

        package init() {}

        package var isWell: Bool { self.findings.isEmpty }
    }

    /// More findings than this say nothing more.
    private static let findings = 1000

    private let archive: TenantArchive
    private let depth: Depth
    private let days: ClosedRange<ArchiveDay>
    private let sample: Int?
    private let progress: @Sendable (Report, Int) -> Void

    /// - Parameters:
    ///   - archive: Which.
    ///   - depth: What is looked at of segments.
    ///   - days: Of which days segments are looked at; the chain is looked at as a whole.
    ///   - sample: Of how many segments that manifests list the bytes are looked at, drawn by chance; nil is of all.
    ///   - progress: Told after each segment, with how many there are in all manifests.
    package init(
        _ archive: TenantArchive,
        _ depth: Depth = .lines,
        days: ClosedRange<ArchiveDay> = ArchiveDay(number: 0)...ArchiveDay(number: .max / 86_400_000),
        sample: Int? = nil,
        progress: @escaping @Sendable (Report, Int) -> Void = { _, _ in }
    ) {
        self.archive = archive
        self.depth = depth
        self.days = days
        self.sample = sample
        self.progress = progress
    }

    /// Looks at everything.
    ///
    /// - Returns: What was looked at and what is wrong.
    /// - Throws: ``ArchiveError/store(_:)`` if the store does not answer, and nothing can be said then.
    package func verify() async throws(ArchiveError) -> Report {
        var report = Report()
        var known: Set<Int64> = []
        let numbers = try await self.listManifests()
        var (previous, next) = ("", Int64(1))
        var manifests: [Manifest] = []
        var isChainWhole = true
        for number in numbers {
            if number != next {
                let key = try self.archive.paths.manifest(next)
                self.add(.init(object: key.text, problem: "is missing"), to: &report)
                (previous, isChainWhole) = ("?", false)
            }
            next = number.plus(1)
            guard let signed = try await self.read(number, &report) else {
                (previous, isChainWhole) = ("?", false)
                continue
            }
            if previous != "?", signed.manifest.previous != previous {
                let key = try self.archive.paths.manifest(number)
                self.add(.init(object: key.text, problem: "does not go on from the one before"), to: &report)
            }
            previous = signed.sha256.hex
            manifests.append(signed.manifest)
            known.formUnion(signed.manifest.segments.map(\.number))
            known.formUnion(signed.manifest.replaced)
            known.formUnion(signed.manifest.unused)
            report.manifests += 1
        }
        let deleted = Set(manifests.filter { $0.kind == .deletion }.flatMap { $0.segments.map(\.number) })
        report.deleted = deleted.count
        // What a person said was taken out of, in a later manifest.
        let gone = deleted.union(manifests.flatMap(\.replaced))
        let listed = Set(manifests.flatMap { $0.segments.map(\.number) }).subtracting(gone)
        let drawn = self.sample.map { Set(listed.shuffled().prefix($0)) }
        for manifest in manifests where manifest.kind == .day {
            try await self.verify(manifest, without: gone, drawn, of: listed.count, &report)
        }
        try await self.verifyOpen(known, deleted, withGaps: isChainWhole, &report)
        return report
    }

    private func add(_ finding: Finding, to report: inout Report) {
        if report.findings.count < Self.findings { report.findings.append(finding) }
    }

    private func listManifests() async throws(ArchiveError) -> [Int64] {
        var numbers: [Int64] = []
        try await self.archive.list(self.archive.paths.manifests) { item in
            if let number = self.archive.paths.manifest(item.key) { numbers.append(number) }
        }
        return numbers.sorted()
    }

    private func read(_ number: Int64, _ report: inout Report) async throws(ArchiveError) -> SignedManifest? {
        let key = try self.archive.paths.manifest(number)
        do throws(ArchiveError) { return try await self.archive.manifest(number) } catch {
            guard let problem = Self.problem(error) else { throw error }
            self.add(.init(object: key.text, problem: problem), to: &report)
            return nil
        }
    }

    /// What is wrong with an object; nil for what says nothing of it.
    private static func problem(_ error: ArchiveError) -> String? {
        switch error {
        case .store(let failure):
            switch failure {
            case .notFound: "is missing"
            case .corrupt, .invalidRange, .tooLarge: "\(failure)"
            default: nil
            }
        case .damaged, .keyMissing, .keyDestroyed, .newerFormat, .tooLarge: "\(error)"
        case .configuration, .database, .leaseLost, .cancelled: nil
        }
    }

    // MARK: Segments

    private func verify(
        _ manifest: Manifest,
        without gone: Set<Int64>,
        _ drawn: Set<Int64>?,
        of total: Int,
        _ report: inout Report
    ) async throws(ArchiveError) {
        guard let day = ArchiveDay(manifest.day), self.days.contains(day) else { return }
        var logs: [String: Manifest.Log] = [:]
        var isWhole = true
        for segment in manifest.segments {
            if gone.contains(segment.number) {
                isWhole = false
                continue
            }
            try ArchiveError.checkCancellation()
            report.segments += 1
            self.progress(report, total)
            let depth = drawn.map { $0.contains(segment.number) ? self.depth : .presence } ?? self.depth
            do throws(ArchiveError) {
                try await self.verify(segment, of: day, manifest, depth, &logs, &report)
            } catch {
                guard let problem = Self.problem(error) else { throw error }
                isWhole = false
                self.add(.init(object: segment.object, problem: problem), to: &report)
            }
        }
        guard self.depth == .lines, drawn == nil, isWhole else { return }
        let object = try self.archive.paths.manifest(manifest.sequence).text
        let found = logs.values.sorted { $0.log < $1.log }
        if found != manifest.logs {
            self.add(.init(object: object, problem: "its logs are not those of its segments"), to: &report)
        }
    }

    private func verify(
        _ segment: Manifest.Segment,
        of day: ArchiveDay,
        _ manifest: Manifest,
        _ depth: Depth,
        _ logs: inout [String: Manifest.Log],
        _ report: inout Report
    ) async throws(ArchiveError) {
        let name = SegmentName(tenant: self.archive.tenant, day: day, number: segment.number)
        let object = try self.archive.paths.segment(name)
        guard object.text == segment.object else { throw .damaged("is listed under another name") }
        guard depth == .lines else {
            let attributes = try await ArchiveError.storing { () throws(ObjectStoreError) in
                try await self.archive.objects.head(object, version: nil)
            }
            guard attributes.size == segment.bytes else {
                throw .damaged("has \(attributes.size) bytes where the manifest says \(segment.bytes)")
            }
            report.bytes += segment.bytes
            return
        }
        let check = try await self.archive.check(name)
        report.bytes += check.bytes
        report.records += check.records
        guard check.sha256 == segment.sha256 else { throw .damaged("is not what was put: its SHA-256 differs") }
        guard check.records == segment.records, check.lines == segment.lines, check.rawBytes == segment.rawBytes else {
            throw .damaged("has other lines than the manifest says")
        }
        let key = try await self.archive.key(manifest.codeKey)
        for log in check.logs { Manifest.add(log, as: Manifest.code(log.name, key), to: &logs) }
    }

    /// Looks at what is in no manifest yet: numbers without gaps, and what can be read.
    ///
    /// Which numbers there should be nobody knows where a manifest cannot be read.
    private func verifyOpen(
        _ known: Set<Int64>,
        _ deleted: Set<Int64>,
        withGaps: Bool,
        _ report: inout Report
    ) async throws(ArchiveError) {
        var open: [SegmentName] = []
        var here: Set<Int64> = []
        try await self.archive.list(self.archive.paths.segments) { item in
            guard let name = self.archive.paths.segment(item.key) else { return }
            here.insert(name.number)
            if !known.contains(name.number) { open.append(name) }
        }
        for number in deleted.sorted() where here.contains(number) {
            self.add(
                .init(object: "segment \(number)", problem: "is there, and a manifest says it was deleted"),
                to: &report
            )
        }
        if withGaps {
            var next: Int64 = 1
            for number in known.union(here).sorted() {
                if number > next {
                    let missing = number == next.plus(1) ? "segment \(next)" : "segments \(next) to \(number.minus(1))"
                    self.add(.init(object: missing, problem: "is missing, and no manifest says why"), to: &report)
                }
                next = number.plus(1)
            }
        }
        for name in open.sorted(by: { $0.number < $1.number }) where self.days.contains(name.day) {
            try ArchiveError.checkCancellation()
            report.open += 1
            do throws(ArchiveError) {
                switch self.sample == nil ? self.depth : .presence {
                case .presence: _ = try await self.archive.segment(name)
                case .lines:
                    let check = try await self.archive.check(name)
                    report.records += check.records
                    report.bytes += check.bytes
                }
            } catch {
                guard let problem = Self.problem(error) else { throw error }
                self.add(.init(object: try self.archive.paths.segment(name).text, problem: problem), to: &report)
            }
        }
    }
}
