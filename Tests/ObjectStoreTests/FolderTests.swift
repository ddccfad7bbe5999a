import Foundation
import NIOCore
import Testing

@testable import ObjectStore

/// What only a folder does.
@Suite struct FolderTests {
    @Test func `what was put is there when another process opens the folder`() async throws {
        try await withFolder { path in
            let first = try await FolderStore.open("\(path)/bucket")
            try await first.put("a/b", "kept")
            let second = try await FolderStore.open("\(path)/bucket")
            #expect(try await second.text("a/b") == "kept")
            try await second.put("a/b", "replaced")
            #expect(try await first.text("a/b") == "replaced")
            await first.shutdown()
            #expect(await failure { _ = try await first.text("a/b") }?.isTransient == true)
            await second.shutdown()
        }
    }

    @Test func `what a process left half-written is swept, what another one is writing is not`() async throws {
        try await withFolder { path in
            let store = try await FolderStore.open(path)
            try Data("half".utf8).write(to: URL(filePath: "\(path)/partial/leftover"))
            _ = try await store.put(try key("a"), PutOptions()) { writer in
                try await writer.write(ByteBuffer(string: "still "))
                let other = try await FolderStore.open(path)
                await other.shutdown()
                try await writer.write(ByteBuffer(string: "there"))
            }
            #expect(try await store.text("a") == "still there")
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(path)/partial") == [])
            await store.shutdown()
        }
    }

    @Test func `bytes that the disk changed are not given out as whole`() async throws {
        try await withFolder { path in
            let store = try await FolderStore.open(path)
            try await store.put("a", "what was put")
            let handle = try FileHandle(forUpdating: URL(filePath: "\(path)/objects/f-a"))
            try handle.seek(toOffset: UInt64(ObjectHeader.length))
            try handle.write(contentsOf: Data("W".utf8))
            guard case .corrupt = await failure({ _ = try await store.text("a") }) else {
                Issue.record("it was read")
                return
            }
            // Of a part nobody can tell.
            #expect(String(buffer: try await store.get(try key("a"), .bytes(5, through: nil), limit: 20)) == "was put")
            try handle.truncate(atOffset: 515)
            try handle.close()
            guard case .corrupt = await failure({ _ = try await store.head(try key("a"), version: nil) }) else {
                Issue.record("a cut file was taken")
                return
            }
            await store.shutdown()
        }
    }

    @Test func `no link leads out of the folder`() async throws {
        try await withFolder { path in
            let store = try await FolderStore.open("\(path)/bucket")
            try FileManager.default.createDirectory(atPath: "\(path)/outside", withIntermediateDirectories: true)
            try await store.put("real", "real")
            try FileManager.default.copyItem(atPath: "\(path)/bucket/objects/f-real", toPath: "\(path)/outside/f-a")
            let manager = FileManager.default
            try manager.createSymbolicLink(
                atPath: "\(path)/bucket/objects/d-linked",
                withDestinationPath: "\(path)/outside"
            )
            try manager.createSymbolicLink(
                atPath: "\(path)/bucket/objects/f-file",
                withDestinationPath: "\(path)/outside/f-a"
            )
            for name in ["linked/a", "file"] {
                guard case .accessDenied = await failure({ _ = try await store.text(name) }) else {
                    Issue.record("\(name) was followed")
                    continue
                }
            }
            guard case .accessDenied = await failure({ try await store.put("linked/b") }) else {
                Issue.record("it was written")
                return
            }
            #expect(try manager.contentsOfDirectory(atPath: "\(path)/outside") == ["f-a"])
            // One that is no link of a file is replaced as a name, not where it leads.
            try await store.put("file", "own")
            #expect(try await store.text("file") == "own")
            #expect(try manager.contentsOfDirectory(atPath: "\(path)/outside") == ["f-a"])
            await store.shutdown()
        }
    }

    @Test func `folders that are taken away when they are empty are in nobody's way`() async throws {
        try await withFolder { path in
            let store = try await FolderStore.open(path)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<6 {
                    group.addTask {
                        for round in 0..<30 {
                            try await store.put("x/y/z/\(task)", "\(round)")
                            #expect(try await store.text("x/y/z/\(task)") == "\(round)")
                            #expect(try await store.delete([ObjectVersion(try key("x/y/z/\(task)"))]).isEmpty)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(path)/objects") == [])
            await store.shutdown()
        }
    }

    @Test func `what a folder cannot do is refused`() async throws {
        try await withFolder { path in
            let store = try await FolderStore.open(path)
            let name = try key("a")
            let refused = (0..<4).map { which in
                var options = PutOptions()
                if which == 0 { options.storageClass = "GLACIER" }
                if which == 1 { options.encryption = .store }
                if which == 2 { options.lockedUntil = 4_000_000_000 }
                options.legalHold = which == 3
                return options
            }
            for options in refused {
                let error = await failure { _ = try await store.put(name, ByteBuffer(), options) }
                guard case .unsupported = error else {
                    Issue.record("\(options) was taken")
                    continue
                }
            }
            guard case .unsupported = await failure({ _ = try await store.presign(.get, name, for: .seconds(60)) })
            else {
                Issue.record("a URL was made")
                return
            }
            #expect(await failure { _ = try await store.head(name, version: "1") } == .notFound(name))
            try FileManager.default.moveItem(atPath: "\(path)/objects", toPath: "\(path)/elsewhere")
            guard case .noBucket = await failure({ _ = try await store.facts() }) else {
                Issue.record("the folder is gone")
                return
            }
            await store.shutdown()
        }
    }

    @Test func `what the disk says is told in words`() async throws {
        #expect(ObjectStoreError.system("write a", ENOSPC) == .full("cannot write a: No space left on device"))
        #expect(ObjectStoreError.system("write a", EIO).isTransient)
        guard case .noBucket(let text) = await failure({ _ = try await FolderStore.open("/nowhere/at/all") }) else {
            Issue.record("there is no such folder")
            return
        }
        #expect(text.contains("/nowhere/at/all"))
    }
}
