import Foundation
import Glibc
import Logging
import NIOCore
import StateStore
import Testing

/// Real files.
struct FilesTests {
    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.path + "/roost-files-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await body(path)
    }

    private func mode(_ path: String) throws -> Int {
        try #require(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    @Test func `a data folder belongs to one at a time`() async throws {
        try await self.withFolder { path in
            var first: DataFolder? = try DataFolder(path: "\(path)/deep/down")
            #expect(throws: DataFolder.Problem.self) { try DataFolder(path: "\(path)/deep/down") }
            #expect(try self.mode("\(path)/deep/down") == 0o700)
            #expect(try self.mode("\(path)/deep/down/lock") == 0o600)
            withExtendedLifetime(first) {}
            first = nil
            _ = try DataFolder(path: "\(path)/deep/down")
        }
    }

    @Test func `a folder that is a file is said so`() async throws {
        try await self.withFolder { path in
            try Files.replace(path, with: [])
            let problem = #expect(throws: DataFolder.Problem.self) { try DataFolder(path: path) }
            #expect(problem?.description.contains("Not a directory") == true)
        }
    }

    @Test(arguments: ["", "\(URL.temporaryDirectory.path)/roost-\(String(repeating: "x", count: 300))/deep"])
    func `a path that no folder can have is said so`(path: String) {
        #expect(throws: FileFailure.self) { try Files.makeFolder(path) }
    }

    @Test func `a file is replaced as a whole, for its owner only`() async throws {
        try await self.withFolder { path in
            try Files.makeFolder(path)
            for bytes in [[1, 2, 3], [UInt8](repeating: 7, count: 100_000), []] {
                try Files.replace("\(path)/file", with: bytes)
                #expect(FileManager.default.contents(atPath: "\(path)/file") == Data(bytes))
            }
            #expect(try self.mode("\(path)/file") == 0o600)
            #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["file"])
        }
    }

    @Test func `what is written to a folder is read again, and removed for good`() async throws {
        try await self.withFolder { path in
            let folder = try SystemFolder(path: path)
            let file = try folder.create("a")
            try file.write(ByteBuffer(repeating: 1, count: 200_000), at: 10)
            try file.write(ByteBuffer(string: "begin"), at: 0)
            try file.sync()
            file.close()
            let contents = try folder.read("a")
            #expect(contents.unreadable.isEmpty)
            let read = contents.bytes
            #expect(read.readableBytes == 200_010)
            #expect(read.getString(at: 0, length: 5) == "begin")
            #expect(throws: FileFailure.self) { try folder.create("a") }
            #expect(try self.mode("\(path)/a") == 0o600)
            #expect(try folder.names() == ["a"])
            try folder.rename("a", to: "b")
            #expect(try folder.names() == ["b"])
            try folder.remove("b")
            #expect(try folder.names().isEmpty)
            #expect(#expect(throws: FileFailure.self) { try folder.read("b") }?.isAbsence == true)
        }
    }

    @Test(arguments: [[], [0..<1], [5000..<5001], [4096..<8192, 12_288..<12_289], [2_999_999..<3_000_000]])
    func `a file is read but for the blocks that the disk refuses`(bad: [Range<Int>]) {
        let file = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 % 251) }
        let contents = JournalFileContents(length: file.count) { target, offset in
            let wanted = offset..<offset + target.count
            if bad.contains(where: { $0.overlaps(wanted) }) { return (-1, EIO) }
            target.copyBytes(from: file[wanted])
            return (target.count, 0)
        }
        let blocks = bad.map { $0.lowerBound / 4096 * 4096..<min(file.count, ($0.upperBound + 4095) / 4096 * 4096) }
        #expect(contents.unreadable == blocks)
        var left = file
        for block in blocks { left.replaceSubrange(block, with: repeatElement(0, count: block.count)) }
        #expect(contents.bytes == ByteBuffer(bytes: left))
    }

    @Test func `a process without descriptors still makes one file`() async {
        await #expect(processExitsWith: .success) {
            let path = FileManager.default.temporaryDirectory.path + "/roost-files-\(UUID().uuidString)"
            defer { try? FileManager.default.removeItem(atPath: path) }
            let folder = try SystemFolder(path: path)
            let first = try folder.create("a")
            var taken: [CInt] = []
            var limit = rlimit(rlim_cur: 256, rlim_max: 256)
            try #require(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
            while true {
                let descriptor = dup(0)
                if descriptor < 0 { break }
                taken.append(descriptor)
            }
            let second = try folder.create("b")
            try second.write(ByteBuffer(string: "b"), at: 0)
            try second.sync()
            try folder.sync()
            for descriptor in taken { close(descriptor) }
            try #require(try folder.read("b").bytes == ByteBuffer(string: "b"))
            try #require(try folder.names().sorted() == ["a", "b"])
            first.close()
            second.close()
        }
    }

    @Test func `a commit of the database waits for the disk`() async throws {
        try await self.withFolder { path in
            let database = try SQLiteDatabase(path: "\(path)/roost.sqlite")
            let synchronous = try await database.execute("PRAGMA synchronous", in: .cell)
            let mode = try await database.execute("PRAGMA journal_mode", in: .cell)
            #expect(try synchronous.first?.integer(0) == 2)
            #expect(try mode.first?.text(0) == "wal")
            for name in ["roost.sqlite", "roost.sqlite-wal"] { #expect(try self.mode("\(path)/\(name)") == 0o600) }
            await database.close()
        }
    }
}
