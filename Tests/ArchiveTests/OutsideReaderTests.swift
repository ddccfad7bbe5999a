import Archive
import Chat
import Foundation
import NIOCore
import ObjectStore
import StateStore
import Tenant
import TestChildren
import TestSupport
import Testing

/// That the format's page is all that somebody needs who reads an archive without anything of ours.
@Suite struct OutsideReaderTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The program on the page.
    private func program() throws -> String {
        let page = try String(
            contentsOf: Self.root.appending(path: "docs/operations/archive-format.md"),
            encoding: .utf8
        )
        let parts = page.components(separatedBy: "```python\n")
        return try #require(parts.dropFirst().first?.components(separatedBy: "```").first)
    }

    @Test func `the program on the page reads a segment and finds every line`() async throws {
        try await ArchiveRig.with { rig in
            let acme = try TenantID.acme
            let texts = (1...2000).map { "line \($0) \"quoted\" é 🙂\nsecond" }
            try await rig.store(texts.enumerated().map { ArchiveRig.said($0.offset + 1, of: acme, text: $0.element) })
            let lease = try await rig.lease(acme)
            let archive = rig.archive(of: acme)
            _ = try await archive.seal(ArchiveRig.day, by: lease)
            let segment = try archive.paths.segment(SegmentName(tenant: acme, day: ArchiveRig.day, number: 1))
            try await rig.export(segment, to: "segment")
            var keys: [ObjectKey] = []
            try await archive.list(archive.paths.keys) { keys.append($0.key) }
            try await rig.export(try #require(keys.first), to: "key")
            let script =
                try self.program() + """

                    import sys
                    folder = sys.argv[1]
                    text = open(folder + "/key").read()
                    keys = {json.loads(text)["key"]: text}
                    segment = open(folder + "/segment", "rb").read()
                    for line in lines(segment, {"1": bytes([7] * 32)}, keys):
                        print(json.dumps(line["text"]))
                    """
            let file = rig.folder.appending(path: "read.py")
            try script.write(to: file, atomically: true, encoding: .utf8)
            let python = Self.root.appending(path: ".venv/bin/python").path
            let output = try await Self.run(python, [file.path, rig.folder.path])
            let read = output.split(separator: "\n").compactMap { line in
                try? JSONSerialization.jsonObject(with: Data(line.utf8), options: .fragmentsAllowed) as? String
            }
            #expect(read == texts)
        }
    }

    private static func run(_ program: String, _ arguments: [String]) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    with: Result {
                        let child = try Child(program, arguments, output: .pipe)
                        return child.readAll()
                    }
                )
            }
        }
    }
}

extension ArchiveRig {
    /// Writes an object's bytes into a file of the rig's folder.
    fileprivate func export(_ key: ObjectKey, to name: String) async throws {
        let bytes = try await self.bucket.get(key, limit: 64 << 20)
        try Data(bytes.readableBytesView).write(to: self.folder.appending(path: name))
    }
}
