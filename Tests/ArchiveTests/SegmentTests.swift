import Archive
import Chat
import Foundation
import NIOCore
import ObjectStore
import StateStore
import Tenant
import TestSupport
import Testing

/// What is in a segment, and that nothing of it can be changed unseen.
@Suite struct SegmentTests {
    @Test func `lines come by conversation and time, each once, whatever order they came in`() async throws {
        try await ArchiveRig.with { rig in
            let acme = try TenantID.acme
            let first = [3, 1, 2].map { ArchiveRig.said($0, in: "#tea", of: acme) }
            let second = [2, 1].map { ArchiveRig.said($0, in: "#art", of: acme, text: "art \($0)") }
            try await rig.store(first + second)
            // A batch that comes again has nothing new but its last.
            try await rig.store(first + [ArchiveRig.said(4, in: "#tea", of: acme)])
            let lease = try await rig.lease(acme)
            #expect(try await rig.archive(of: acme).seal(ArchiveRig.day, by: lease) == 1)
            #expect(
                try await rig.texts(of: acme)
                    == ["art 1", "art 2", "message 1", "message 2", "message 3", "message 4"]
            )
        }
    }

    @Test func `a line says all that is known, and any text comes back as it was`() async throws {
        try await ArchiveRig.with { rig in
            let acme = try TenantID.acme
            let text = "quote \" back \\ tab \t line\nfeed \u{1}\u{1F} é 🙂 </script>"
            let said = ArchiveRig.said(1, of: acme, text: text)
            let record = ArchivedRecord(
                log: LogKey(acme, .user, "s\"1"),
                stamp: said.stamp,
                content: HistoryRecord(
                    acme,
                    in: "@aann abob",
                    id: said.stamp,
                    .notice,
                    prefix: "ann!a@host",
                    account: "ann",
                    isBot: true,
                    target: "bob",
                    tags: "+x=1",
                    text: text
                )
            )
            try await rig.store([record])
            let lease = try await rig.lease(acme)
            _ = try await rig.archive(of: acme).seal(ArchiveRig.day, by: lease)
            let line = try #require(try await rig.lines(of: acme).first)
            let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            #expect(object["text"] as? String == text)
            #expect(object["id"] as? String == said.stamp.messageID)
            #expect(object["time"] as? String == "2024-10-04T00:00:00.001Z")
            #expect(object["log"] as? String == "u:s\"1")
            #expect(object["conversation"] as? String == "@aann abob")
            #expect(object["kind"] as? String == "notice")
            #expect(object["from"] as? String == "ann!a@host")
            #expect(object["account"] as? String == "ann")
            #expect(object["bot"] as? Bool == true)
            #expect(object["to"] as? String == "bob")
            #expect(object["tags"] as? String == "+x=1")
            #expect(object.count == 11)
        }
    }

    @Test func `what is taken back stays, and a later line says so`() async throws {
        try await ArchiveRig.with { rig in
            let acme = try TenantID.acme
            let said = ArchiveRig.said(1, of: acme, text: "wrong")
            let redaction = ArchiveRig.said(2, of: acme, redacts: said.stamp)
            try await rig.store([said])
            try await rig.store([redaction])
            try await rig.store([said, redaction])
            let lease = try await rig.lease(acme)
            _ = try await rig.archive(of: acme).seal(ArchiveRig.day, by: lease)
            let lines = try await rig.lines(of: acme)
            #expect(lines.count == 2)
            #expect(lines[0].contains("\"text\":\"wrong\""))
            #expect(lines[1].contains("\"kind\":\"redaction\""))
            #expect(lines[1].contains("\"redacts\":\"\(said.stamp.messageID)\""))
            #expect(lines[1].contains("\"text\":\"it was wrong\""))
            // The history has nothing of it any more.
            let kept = try await rig.store.history.read(
                "#tea",
                of: acme,
                .latest(after: nil),
                limit: 10,
                events: true
            )
            #expect(kept.map(\.text) == [nil])
        }
    }

    @Test(arguments: Driver.allCases)
    func `a message that was taken back before it came is archived all the same`(driver: Driver) async throws {
        try await ArchiveRig.with(driver) { rig in
            let acme = try TenantID.acme
            let said = ArchiveRig.said(1, of: acme, text: "wrong")
            try await rig.store([ArchiveRig.said(2, of: acme, redacts: said.stamp)])
            try await rig.store([said])
            let lease = try await rig.lease(acme)
            _ = try await rig.archive(of: acme).seal(ArchiveRig.day, by: lease)
            #expect(try await rig.texts(of: acme) == ["wrong", "it was wrong"])
        }
    }

    @Test func `one conversation is read without the others`() async throws {
        try await ArchiveRig.with { rig in
            let acme = try TenantID.acme
            let text = String(repeating: "some words that are said again and again ", count: 10)
            var records: [ArchivedRecord] = []
            for channel in 0..<40 {
                for number in 1...100 {
                    records.append(
                        ArchiveRig.said(
                            number,
                            in: "#channel\(channel)",
                            of: acme,
                            text: "\(channel) \(number) \(text)"
                        )
                    )
                }
            }
            try await rig.store(records)
            let lease = try await rig.lease(acme)
            _ = try await rig.archive(of: acme).seal(ArchiveRig.day, by: lease)
            let before = rig.bucket.reads
            let name = SegmentName(tenant: acme, day: ArchiveRig.day, number: 1)
            let archive = rig.archive(of: acme)
            let reader = try await archive.segment(name)
            let frames = reader.frames(of: "#channel7", 0 ... .max)
            #expect(frames.count < reader.footer.frames.count / 4)
            var cursor = try reader.cursor(frames)
            var found = 0
            while let (_, lines) = try await cursor.next() {
                found += String(decoding: lines, as: UTF8.self).split(separator: "\n")
                    .count { $0.contains("\"conversation\":\"#channel7\"") }
            }
            #expect(found == 100)
            // The end, with footer and index, and the frames.
            #expect(rig.bucket.reads - before == 2)
            #expect(reader.frames(of: "#nowhere", 0 ... .max).isEmpty)
            #expect(reader.frames(of: "#channel7", 0...5).isEmpty)
        }
    }

    @Test func `a byte that is changed anywhere is found, and nothing crashes`() async throws {
        try await ArchiveRig.with { rig in
            let acme = try TenantID.acme
            try await rig.store((1...50).map { ArchiveRig.said($0, of: acme) })
            let lease = try await rig.lease(acme)
            let archive = rig.archive(of: acme)
            _ = try await archive.seal(ArchiveRig.day, by: lease)
            let name = SegmentName(tenant: acme, day: ArchiveRig.day, number: 1)
            let object = try archive.paths.segment(name)
            let bytes = Array(try await rig.bucket.get(object, limit: 1 << 20).readableBytesView)
            let footer = try await archive.segment(name).footer
            for place in stride(from: 0, to: bytes.count, by: 7) {
                var changed = bytes
                changed[place] ^= 0x10
                let opened = changed
                await #expect(throws: ArchiveError.self, "byte \(place) of \(bytes.count)") {
                    let reader = try await SegmentReader(name, bytes: opened, archive.paths) {
                        id throws(ArchiveError) in try await archive.key(id)
                    }
                    var cursor = try reader.cursor(0..<reader.footer.frames.count)
                    while try await cursor.next() != nil {}
                    // What is no secret is in the footer, whose bytes only a manifest vouches for.
                    if reader.footer != footer { throw ArchiveError.damaged("the footer") }
                }
            }
            for length in [0, 5, 12, bytes.count / 2, bytes.count - 1] {
                await #expect(throws: ArchiveError.self) {
                    _ = try await SegmentReader(name, bytes: Array(bytes.prefix(length)), archive.paths) {
                        id throws(ArchiveError) in try await archive.key(id)
                    }
                }
            }
        }
    }
}
