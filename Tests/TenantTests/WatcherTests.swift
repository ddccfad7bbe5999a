import Foundation
import Synchronization
import Tenant
import Testing

@Suite struct Watchers {
    /// Reads updates until one satisfies a condition, and returns it.
    private func update(
        _ watcher: FolderWatcher,
        until condition: @escaping @Sendable (CatalogUpdate) -> Bool
    ) async throws -> CatalogUpdate {
        try await within {
            for await update in watcher.updates where condition(update) { return update }
            throw DeadlinePassed()
        }
    }

    @Test func `a tenant comes, changes and goes while nothing restarts`() async throws {
        try await withFolder(["plan.yaml": freePlan, "acme.yaml": tenantYAML()]) { folder in
            let watcher = try FolderWatcher(folder: folder.path)
            #expect(watcher.initial.added.map(\.text) == ["acme"] && watcher.initial.errors.isEmpty)
            let globex = try TenantID.named("globex")
            try await within {
                var updates = watcher.updates.makeAsyncIterator()
                try folder.write("globex.yaml", tenantYAML("globex"))
                var update = try #require(await updates.next())
                #expect(update.added == [globex] && update.changed.isEmpty && update.removed.isEmpty)
                #expect(update.catalog.tenant(forHostname: "globex.localhost") != nil)

                try folder.write("globex.yaml", tenantYAML("globex", spec: "  state: Suspended"))
                update = try #require(await updates.next())
                #expect(update.changed == [globex] && update.added.isEmpty)
                #expect(update.catalog.tenants[globex]?.state == .suspended)

                try folder.remove("globex.yaml")
                update = try #require(await updates.next())
                #expect(update.removed == [globex])
                #expect(update.catalog.tenant(forHostname: "globex.localhost") == nil)
            }
        }
    }

    @Test func `a change is seen in about half a second`() async throws {
        try await withFolder(["plan.yaml": freePlan]) { folder in
            let watcher = try FolderWatcher(folder: folder.path)
            // The fastest of a few: a busy machine delays single ones.
            let fastest = try await within {
                var fastest = Duration.seconds(3600)
                var updates = watcher.updates.makeAsyncIterator()
                for name in ["a", "b", "c", "d", "e"] {
                    let began = ContinuousClock.now
                    try folder.write("\(name).yaml", tenantYAML(name))
                    var update = try #require(await updates.next())
                    while update.added.isEmpty { update = try #require(await updates.next()) }
                    fastest = min(fastest, ContinuousClock.now - began)
                }
                return fastest
            }
            #expect(fastest < .milliseconds(1500))
        }
    }

    @Test func `a file that breaks leaves its tenants as they were and says why`() async throws {
        try await withFolder(["plan.yaml": freePlan, "acme.yaml": tenantYAML()]) { folder in
            let watcher = try FolderWatcher(folder: folder.path)
            try folder.write("acme.yaml", "{ not yaml")
            let broken = try await self.update(watcher) { !$0.errors.isEmpty }
            #expect(broken.catalog.tenant(forHostname: "acme.localhost") != nil && broken.changes.isEmpty)
            #expect(broken.errors.map(\.reason) == [.syntax])
        }
    }

    @Test func `a broken field keeps the old version and a repaired one counts`() async throws {
        try await withFolder(["plan.yaml": freePlan, "acme.yaml": tenantYAML(spec: "  motd: old")]) { folder in
            let watcher = try FolderWatcher(folder: folder.path)
            try await within {
                var updates = watcher.updates.makeAsyncIterator()
                try folder.write("acme.yaml", tenantYAML(spec: "  motd: [bad]"))
                var update = try #require(await updates.next())
                #expect(update.errors.map(\.field) == ["spec.motd"])
                #expect(update.catalog.tenants.values.map(\.motd) == [["old"]])
                try folder.write("acme.yaml", tenantYAML(spec: "  motd: new"))
                update = try #require(await updates.next())
                #expect(update.errors.isEmpty && update.catalog.tenants.values.map(\.motd) == [["new"]])
            }
        }
    }

    @Test func `who is connected stays while their tenant's file is open and half written`() async throws {
        let text = tenantYAML(spec: "  motd: new\n  quotas: {connections: 7}")
        try await withFolder(["plan.yaml": freePlan, "acme.yaml": tenantYAML(spec: "  motd: old")]) { folder in
            let watcher = try FolderWatcher(folder: folder.path)
            try await within {
                var updates = watcher.updates.makeAsyncIterator()
                let file = try #require(FileHandle(forWritingAtPath: "\(folder.path)/acme.yaml"))
                try file.truncate(atOffset: 0)
                for (name, length) in [("a", 0), ("b", 30), ("c", 130)] {
                    try file.seek(toOffset: 0)
                    try file.write(contentsOf: Data(text.utf8.prefix(length)))
                    // Another tenant's file settles meanwhile.
                    try folder.write("\(name).yaml", tenantYAML(name))
                    var update = try #require(await updates.next())
                    while update.added.isEmpty { update = try #require(await updates.next()) }
                    #expect(update.removed.isEmpty && update.changed.isEmpty)
                    #expect(try update.catalog.tenants[.named("acme")]?.motd == ["old"])
                }
                try file.write(contentsOf: Data(text.utf8.dropFirst(130)))
                try file.close()
                var update = try #require(await updates.next())
                while update.changed.isEmpty { update = try #require(await updates.next()) }
                #expect(try update.removed.isEmpty && update.catalog.tenants[.named("acme")]?.motd == ["new"])
            }
        }
    }

    @Test func `what is wrong is new once`() async throws {
        try await withFolder(["plan.yaml": freePlan, "acme.yaml": tenantYAML()]) { folder in
            let watcher = try FolderWatcher(folder: folder.path)
            try await within {
                var updates = watcher.updates.makeAsyncIterator()
                try folder.write("acme.yaml", "")
                let told = try #require(await updates.next())
                #expect(told.newErrors.map(\.file) == ["\(folder.path)/acme.yaml"] && told.removed.isEmpty)
                watcher.reload()
                let again = try #require(await updates.next())
                #expect(again.errors == told.errors && again.newErrors.isEmpty)
            }
        }
    }

    @Test func `a folder that goes keeps its tenants, and the one that comes in its place counts`() async throws {
        try await withFolder { base in
            let path = base.path + "/tenants"
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            try base.write("tenants/a.yaml", freePlan + "\n---\n" + tenantYAML())
            let watcher = try FolderWatcher(folder: path)
            try await within {
                var updates = watcher.updates.makeAsyncIterator()
                try base.remove("tenants")
                var update = try #require(await updates.next())
                while update.errors.isEmpty { update = try #require(await updates.next()) }
                #expect(update.catalog.tenants.count == 1)
                let next = base.path + "/next"
                try FileManager.default.createDirectory(atPath: next, withIntermediateDirectories: false)
                try base.write("next/b.yaml", freePlan + "\n---\n" + tenantYAML("globex"))
                try FileManager.default.moveItem(atPath: next, toPath: path)
                while update.removed.isEmpty { update = try #require(await updates.next()) }
                #expect(update.catalog.sorted.map(\.id.text) == ["globex"])
                try base.write("tenants/c.yaml", tenantYAML("late"))
                update = try #require(await updates.next())
                #expect(update.added.map(\.text) == ["late"], "the new folder is watched too")
            }
        }
    }

    /// Lays out a folder as Kubernetes does with the contents of a ConfigMap or Secret.
    private func publish(_ version: String, _ files: [String: String], in folder: Folder) throws {
        let manager = FileManager.default
        try manager.createDirectory(atPath: "\(folder.path)/..\(version)", withIntermediateDirectories: false)
        for (name, text) in files {
            try folder.write("..\(version)/\(name)", text)
            if !manager.fileExists(atPath: "\(folder.path)/\(name)") {
                try? manager.createSymbolicLink(atPath: "\(folder.path)/\(name)", withDestinationPath: "..data/\(name)")
            }
        }
        try manager.createSymbolicLink(atPath: "\(folder.path)/..next", withDestinationPath: "..\(version)")
        #expect(rename("\(folder.path)/..next", "\(folder.path)/..data") == 0)
    }

    @Test func `a volume of Kubernetes is followed through its link`() async throws {
        try await withFolder { folder in
            try self.publish("1", ["a.yaml": freePlan + "\n---\n" + tenantYAML(spec: "  motd: one")], in: folder)
            let watcher = try FolderWatcher(folder: folder.path)
            #expect(watcher.initial.catalog.tenants.values.map(\.motd) == [["one"]])
            try self.publish("2", ["a.yaml": freePlan + "\n---\n" + tenantYAML(spec: "  motd: two")], in: folder)
            let update = try await self.update(watcher) { !$0.changed.isEmpty }
            #expect(update.catalog.tenants.values.map(\.motd) == [["two"]])
        }
    }

    @Test func `watches that the kernel refuses to renew are told and tried again`() async throws {
        try await withFolder { folder in
            let refusals = Refusals()
            let (looks, continuation) = AsyncStream.makeStream(of: WatchError?.self)
            let watcher = try PathWatcher(
                paths: ["\(folder.path)/later"],
                add: { (inotify: borrowing Inotify, path: String) throws(WatchError) in
                    if path.hasSuffix("/later"), refusals.isRefused() { throw WatchError(code: ENOSPC) }
                    return try inotify.add(path)
                },
                look: { _, _, refusal in
                    continuation.yield(refusal)
                    return nil
                }
            )
            let path = "\(folder.path)/later"
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            try await within {
                var iterator = looks.makeAsyncIterator()
                #expect(await iterator.next() == .some(WatchError(code: ENOSPC)))
                #expect(await iterator.next() == .some(WatchError(code: ENOSPC)), "without an event")
                #expect(await iterator.next() == .some(nil))
                try folder.write("later/a", "x")
                #expect(await iterator.next() == .some(nil), "it is watched")
            }
            watcher.cancel()
        }
    }

    /// A kernel that refuses twice.
    private final class Refusals: Sendable {
        private let left = Mutex(2)
        func isRefused() -> Bool {
            self.left.withLock { left in
                left -= 1
                return left >= 0
            }
        }
    }

    @Test func `each of many links in a folder is followed`() async throws {
        try await withFolder { folder in
            for name in ["links", "one", "other"] {
                let path = "\(folder.path)/\(name)"
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            }
            // More than one path may have.
            for number in 10...60 {
                let (link, target) = (
                    "\(folder.path)/links/\(number)", number < 60 ? "../one/\(number)" : "../other/last"
                )
                try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
            }
            let watcher = try FileWatcher(paths: ["\(folder.path)/links"])
            try folder.write("other/last", "new")
            try await within { for await _ in watcher.changes { break } }
        }
    }

    @Test func `changes that nobody took are told with the next update`() async throws {
        try await withFolder(["plan.yaml": freePlan]) { folder in
            let watcher = try FolderWatcher(folder: folder.path)
            for name in ["one", "two", "three"] { try folder.write("\(name).yaml", tenantYAML(name)) }
            try await within {
                var added: Set<TenantID> = []
                for await update in watcher.updates {
                    added.formUnion(update.added)
                    if added.count == 3 { break }
                }
                #expect(added.map(\.text).sorted() == ["one", "three", "two"])
            }
        }
    }

    @Test func `a reload that was asked for delivers without a change`() async throws {
        try await withFolder(["plan.yaml": freePlan]) { folder in
            let watcher = try FolderWatcher(folder: folder.path)
            watcher.reload()
            let update = try await self.update(watcher) { _ in true }
            #expect(update.changes.isEmpty && update.resources.plans.count == 1)
        }
    }

    @Test func `a certificate that is swapped through links is told`() async throws {
        try await withFolder { folder in
            try self.publish("1", ["tls.crt": "one"], in: folder)
            let watcher = try FileWatcher(paths: ["\(folder.path)/tls.crt", "\(folder.path)/tls.key"])
            try self.publish("2", ["tls.crt": "two"], in: folder)
            try await within {
                for await _ in watcher.changes { break }
                let text = try String(contentsOfFile: "\(folder.path)/tls.crt", encoding: .utf8)
                #expect(text == "two")
            }
        }
    }

    @Test func `a file that is written in place is told, and its neighbour is not`() async throws {
        try await withFolder(["tls.crt": "one"]) { folder in
            let watcher = try FileWatcher(paths: ["\(folder.path)/tls.crt"])
            let order = try FileWatcher(paths: [folder.path])
            try await within {
                var neighbours = order.changes.makeAsyncIterator()
                var changes = watcher.changes.makeAsyncIterator()
                try folder.write("other", "x")
                _ = await neighbours.next()
                try folder.write("tls.crt", "two")
                _ = await changes.next()
                let text = try String(contentsOfFile: "\(folder.path)/tls.crt", encoding: .utf8)
                #expect(text == "two")
            }
        }
    }
}
