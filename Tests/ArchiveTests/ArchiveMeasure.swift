import Archive
import Chat
import Crypto
import Foundation
import NIOCore
import ObjectStore
import StateStore
import Tenant
import TestSupport
import Testing

/// What archives cost: run by hand, with a file of lines that people said.
///
/// ```
/// ROOST_MEASURE_TEXTS=lines.txt swift test -c release --filter ArchiveMeasure
/// ```
@Suite(.serialized, .enabled(if: measuredTexts != nil)) struct ArchiveMeasure {
    private static let records = 400_000
    private static let channels = 200

    private static func cpu() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    private func report(_ line: String) { FileHandle.standardError.write(Data("MEASURE \(line)\n".utf8)) }

    /// A day of a tenant: people say lines of the file, in no order, in channels of which few are busy.
    private static func said(_ texts: [String], _ tenant: TenantID) -> [ArchivedRecord] {
        var random = SystemRandomNumberGenerator()
        return (0..<self.records).map { number in
            let channel = Int(pow(Double(self.channels), Double.random(in: 0..<1, using: &random))) - 1
            let user = Int.random(in: 0..<40, using: &random) + channel * 7
            let name = "#channel-\(channel)"
            let stamp = Stamp(
                position: Position(epoch: UInt64(1_834_185_600 + channel), sequence: UInt64(number)),
                time: ArchiveRig.day.start + Int64(number) * 200 + Int64.random(in: 0..<200, using: &random)
            )
            return ArchivedRecord(
                log: LogKey(tenant, .channel, name),
                stamp: stamp,
                content: HistoryRecord(
                    tenant,
                    in: name,
                    id: stamp,
                    prefix: "user\(user)!~user\(user)@user-\(user).hidden.example",
                    account: user.isMultiple(of: 3) ? nil : "user\(user)",
                    target: name,
                    text: texts[Int.random(in: 0..<texts.count, using: &random)]
                )
            )
        }
    }

    @Test func `what a day of chat costs`() async throws {
        let file = try #require(measuredTexts)
        let texts = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").map(String.init)
        try await ArchiveRig.with { rig in
            let acme = try TenantID.acme
            let records = Self.said(texts, acme)
            // What the history's writer does for the archive.
            var chunks: [ArchiveChunk] = []
            var before = Self.cpu()
            for start in stride(from: 0, to: records.count, by: 4000) {
                chunks.append(try rig.tap.chunk(of: Array(records[start..<min(start + 4000, records.count)])))
            }
            let intake = Self.cpu() - before
            let raw = chunks.reduce(0) { $0 + $1.rawBytes }
            // What a worker does, without the database.
            before = Self.cpu()
            let archive = rig.archive(of: acme)
            let (bytes, summary) = try archive.segmentForMeasure(
                chunks.map(\.bytes),
                SegmentName(tenant: acme, day: ArchiveRig.day, number: 1)
            )
            let sealing = Self.cpu() - before
            let perSecond = Double(records.count) / (intake + sealing)
            self.report(
                "intake \(Int(Double(records.count) / intake)) lines/s, sealing \(Int(Double(records.count) / sealing)) "
                    + "lines/s, together \(Int(perSecond)) lines/s of one core"
            )
            self.report(
                "\(raw) bytes of JSON (\(raw / records.count) a line) are \(bytes.count): "
                    + "\(Double(bytes.count) / Double(raw)) with the index, \(summary.footer.frames.count) frames"
            )
        }
    }

    @Test func `what verifying costs`() async throws {
        let file = try #require(measuredTexts)
        let texts = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").map(String.init)
        try await ArchiveRig.with { rig in
            let acme = try TenantID.acme
            let records = Self.said(texts, acme)
            for start in stride(from: 0, to: records.count, by: 4000) {
                try await rig.store(Array(records[start..<min(start + 4000, records.count)]))
            }
            let lease = try await rig.lease(acme)
            let archive = rig.archive(of: acme)
            _ = try await archive.seal(ArchiveRig.day, by: lease, limit: 16 << 20)
            var before = Self.cpu()
            #expect(try await archive.close(ArchiveRig.day, by: lease, now: 0))
            self.report("closing \(Int(Double(records.count) / (Self.cpu() - before))) lines/s of one core")
            try await archive.deleteReplaced(by: lease)
            before = Self.cpu()
            let report = try await ArchiveVerifier(rig.archive(of: acme, withDatabase: false)).verify()
            let spent = Self.cpu() - before
            #expect(report.isWell && report.records == records.count)
            let manifest = try #require(try await archive.manifest(1)).manifest
            let raw = manifest.segments.reduce(0) { $0 + $1.rawBytes }
            self.report(
                "verifying \(raw / 1_000_000) MB of lines, \(report.bytes / 1_000_000) MB of objects: "
                    + "\(Int(Double(raw) / spent / 1e6)) MB/s of lines a core"
            )
            rig.bucket.slow(by: .milliseconds(10))
            for withDatabase in [true, false] {
                let reads = rig.bucket.reads
                let began = ContinuousClock.now
                var found = 0
                try await ArchiveReader(rig.archive(of: acme, withDatabase: withDatabase)).read(
                    ArchiveQuery(
                        conversation: "#channel-20",
                        times: ArchiveRig.day.start...(ArchiveRig.day.end - 1)
                    )
                ) { _ in
                    found += 1
                    return true
                }
                self.report(
                    "reading \(found) lines of one channel's day from a store 10 ms away, "
                        + "\(withDatabase ? "keys in the database" : "nothing but the bucket"): "
                        + "\(ContinuousClock.now - began), \(rig.bucket.reads - reads) requests"
                )
            }
        }
    }
}

private let measuredTexts = ProcessInfo.processInfo.environment["ROOST_MEASURE_TEXTS"]
