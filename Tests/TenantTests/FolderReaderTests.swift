import Foundation
import Synchronization
import Tenant
import Testing

/// A folder that is looked at while people write to it, with times that the test says.
@Suite struct `A folder that is written to` {
    /// Two tenants with everything that a cut could take from them, in one file.
    private static let whole = """
        \(freePlan)
        ---
        \(tenantYAML("acme", spec: "  motd: welcome\n  quotas: {connections: 1000}"))
        ---
        \(tenantYAML("globex", spec: "  motd: hello\n  quotas: {connections: 2000}"))

        """

    /// What files are read from, which may fail.
    private final class Disk: Sendable {
        private let broken = Mutex(false)
        var isBroken: Bool {
            get { self.broken.withLock { $0 } }
            set { self.broken.withLock { $0 = newValue } }
        }
    }

    private struct Rig {
        let folder: Folder
        var reader: FolderReader
        var now = Duration.zero
        let disk = Disk()

        init(_ folder: Folder) {
            self.folder = folder
            let disk = self.disk
            self.reader = FolderReader(folder: folder.path) { path in
                disk.isBroken ? nil : FileManager.default.contents(atPath: path).map(Array.init)
            }
        }

        /// Looks after a time, and writes down who is there.
        mutating func look(
            after time: Duration = .zero,
            isFirst: Bool = false,
            isAsked: Bool = false,
            writing: [String] = []
        ) -> FolderReader.Reading {
            self.now += time
            let files = writing.compactMap { FileVersion("\(self.folder.path)/\($0)")?.identity }
            return self.reader.look(at: self.now, isFirst: isFirst, isAsked: isAsked, writing: Set(files))
        }
    }

    private func withRig(_ files: [String: String], _ body: (inout Rig) throws -> Void) async throws {
        try await withFolder(files) { folder in
            var rig = Rig(folder)
            #expect(rig.look(isFirst: true).isNew)
            try body(&rig)
        }
    }

    private func names(_ reading: FolderReader.Reading) -> [String] {
        reading.resources.tenants.map(\.id.text).sorted()
    }

    /// All that is known of the tenants.
    private func catalog(_ reading: FolderReader.Reading) -> [HostedTenant] {
        TenantCatalog.make(from: reading.resources, previous: .empty).catalog.sorted
    }

    @Test func `a file cut at any byte takes no tenant away and changes none`() async throws {
        let text = Self.whole
        try await self.withRig(["a.yaml": text]) { rig in
            let before = self.catalog(rig.look(after: .seconds(10)))
            #expect(before.count == 2)
            for length in 0..<text.utf8.count {
                try rig.folder.write("a.yaml", String(decoding: text.utf8.prefix(length), as: UTF8.self))
                // Whatever makes somebody look meanwhile, and however often.
                for time in [0, 100, 399] {
                    let reading = rig.look(after: .milliseconds(time))
                    #expect(self.catalog(reading) == before && !reading.isNew, "after \(length) bytes")
                }
            }
            try rig.folder.write("a.yaml", text)
            #expect(self.catalog(rig.look(after: .seconds(1))) == before)
            #expect(self.catalog(rig.look(after: .seconds(10))) == before)
        }
    }

    @Test func `a file that somebody writes counts once it is closed, however long that takes`() async throws {
        let (first, half) = (Self.whole, String(Self.whole.prefix(Self.whole.count / 2)))
        try await self.withRig(["a.yaml": first]) { rig in
            try rig.folder.write("a.yaml", half)
            var told = 0
            for _ in 0..<20 {
                let reading = rig.look(after: .seconds(7), writing: ["a.yaml"])
                #expect(self.names(reading) == ["acme", "globex"])
                if reading.isNew { told += 1 }
            }
            #expect(told == 1, "it is held open: that is said once")
            try rig.folder.write("a.yaml", tenantYAML("acme") + "\n---\n" + freePlan)
            _ = rig.look()
            #expect(self.names(rig.look(after: .seconds(1))) == ["acme", "globex"], "one is described no more")
            let after = rig.look(after: .seconds(3))
            #expect(self.names(after) == ["acme"] && after.isNew && after.errors.isEmpty)
        }
    }

    @Test func `a file that is written in several goes loses nobody between them`() async throws {
        let parts = [freePlan, tenantYAML("acme"), tenantYAML("globex"), tenantYAML("initech")]
        try await self.withRig(["a.yaml": parts.joined(separator: "\n---\n")]) { rig in
            var text = ""
            for part in parts {
                text += part + "\n---\n"
                try rig.folder.write("a.yaml", text)
                for _ in 0..<4 { #expect(self.names(rig.look(after: .milliseconds(700))).count == 3) }
            }
        }
    }

    @Test(arguments: ["", "\n\n", "# nothing yet\n", "---\n", "{ not yaml", "kind: Tenant", "\u{FF}"])
    func `a file that says nothing, or nothing that can be read, keeps what it said and tells it once`(
        text: String
    ) async throws {
        try await self.withRig(["plan.yaml": freePlan, "a.yaml": tenantYAML()]) { rig in
            let bytes = text == "\u{FF}" ? Data([0xFF]) : Data(text.utf8)
            try bytes.write(to: URL(fileURLWithPath: "\(rig.folder.path)/a.yaml"))
            var news: [[ResourceError]] = []
            for _ in 0..<20 {
                let reading = rig.look(after: .seconds(1))
                #expect(self.names(reading) == ["acme"])
                if reading.isNew { news.append(reading.errors) }
            }
            #expect(news.last?.isEmpty == false && news.count <= 2, "\(news)")
            // Where nothing can be seen any more nobody looks.
            #expect(rig.look(after: .seconds(1)).lookAgain == nil)
            try rig.folder.remove("a.yaml")
            _ = rig.look()
            let gone = rig.look(after: .seconds(3))
            #expect(gone.resources.tenants.isEmpty && gone.errors.isEmpty && gone.isNew)
        }
    }

    @Test func `a file that goes takes its tenants, one that comes back in time does not`() async throws {
        try await self.withRig(["plan.yaml": freePlan, "a.yaml": tenantYAML()]) { rig in
            try rig.folder.remove("a.yaml")
            #expect(self.names(rig.look()) == ["acme"])
            #expect(self.names(rig.look(after: .milliseconds(400))) == ["acme"])
            // Half of it, and then the rest.
            try rig.folder.write("a.yaml", "apiVersion: roost.chat/v1alpha1\n")
            #expect(self.names(rig.look(after: .milliseconds(200))) == ["acme"])
            try rig.folder.write("a.yaml", tenantYAML(spec: "  motd: back"))
            #expect(self.names(rig.look(after: .milliseconds(400))) == ["acme"])
            #expect(self.catalog(rig.look(after: .milliseconds(500))).map(\.motd) == [["back"]])
            try rig.folder.remove("a.yaml")
            let pending = rig.look(after: .seconds(9))
            #expect(self.names(pending) == ["acme"] && !pending.isNew)
            #expect(self.names(rig.look(after: .milliseconds(2900))) == ["acme"])
            let gone = rig.look(after: .milliseconds(100))
            #expect(gone.resources.tenants.isEmpty && gone.isNew && gone.errors.isEmpty && gone.lookAgain == nil)
        }
    }

    @Test func `a link that leads nowhere for a while keeps what it led to`() async throws {
        try await self.withRig(["plan.yaml": freePlan, "a.txt": tenantYAML()]) { rig in
            let (link, target) = ("\(rig.folder.path)/a.yaml", "\(rig.folder.path)/a.txt")
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
            _ = rig.look()
            #expect(self.names(rig.look(after: .milliseconds(500))) == ["acme"])
            try rig.folder.remove("a.txt")
            for _ in 0..<10 { #expect(self.names(rig.look(after: .seconds(1))) == ["acme"]) }
            try rig.folder.write("a.txt", tenantYAML("globex"))
            _ = rig.look()
            #expect(self.names(rig.look(after: .milliseconds(500))) == ["acme", "globex"])
            #expect(self.names(rig.look(after: .seconds(3))) == ["globex"])
        }
    }

    @Test func `a file or folder that cannot be read for a moment is read again, ever more rarely`() async throws {
        try await self.withRig(["plan.yaml": freePlan, "a.yaml": tenantYAML()]) { rig in
            rig.disk.isBroken = true
            try rig.folder.write("a.yaml", tenantYAML(spec: "  motd: new"))
            _ = rig.look()
            let away = rig.folder.path + ".away"
            for isListed in [true, false] {
                if !isListed { try FileManager.default.moveItem(atPath: rig.folder.path, toPath: away) }
                var reading = rig.look(after: .milliseconds(500))
                var waits: [Duration] = []
                #expect(reading.errors.map(\.reason) == [.unreadable] && reading.isNew)
                for _ in 0..<12 {
                    let time = try #require(reading.lookAgain)
                    waits.append(time)
                    reading = rig.look(after: time)
                    #expect(self.names(reading) == ["acme"] && !reading.isNew)
                }
                #expect((waits.last ?? .zero) >= .seconds(30), "\(waits)")
                #expect((waits.max() ?? .zero) <= .seconds(60), "\(waits)")
            }
            try FileManager.default.moveItem(atPath: away, toPath: rig.folder.path)
            rig.disk.isBroken = false
            let reading = rig.look()
            #expect(self.catalog(reading).map(\.motd) == [["new"]] && reading.errors.isEmpty && reading.isNew)
            #expect(rig.look(after: .seconds(9)).lookAgain == nil)
        }
    }

    @Test func `whoever asks has everything read anew`() async throws {
        try await self.withRig(["plan.yaml": freePlan, "a.yaml": tenantYAML()]) { rig in
            _ = rig.look(after: .seconds(9))
            rig.disk.isBroken = true
            #expect(rig.look().errors.isEmpty)
            let broken = rig.look(isAsked: true)
            #expect(broken.errors.count == 2 && self.names(broken) == ["acme"])
            rig.disk.isBroken = false
            let mended = rig.look(isAsked: true)
            #expect(mended.errors.isEmpty && self.names(mended) == ["acme"])
        }
    }

    @Test func `a tenant whose file is gone stays while another file cannot be read`() async throws {
        try await self.withRig(["plan.yaml": freePlan, "a.yaml": tenantYAML()]) { rig in
            rig.disk.isBroken = true
            try FileManager.default.moveItem(atPath: "\(rig.folder.path)/a.yaml", toPath: "\(rig.folder.path)/b.yaml")
            for _ in 0..<20 { #expect(self.names(rig.look(after: .seconds(1))) == ["acme"]) }
            rig.disk.isBroken = false
            let reading = rig.look(after: .seconds(60))
            #expect(self.names(reading) == ["acme"] && reading.errors.isEmpty)
        }
    }

    @Test func `a tenant that moves to another file is there all the time, and once`() async throws {
        try await self.withRig(["plan.yaml": freePlan, "b.yaml": tenantYAML("acme") + "\n---\n" + tenantYAML("globex")])
        { rig in
            try rig.folder.write("b.yaml", tenantYAML("globex"))
            try rig.folder.write("c.yaml", tenantYAML("acme"))
            for _ in 0..<50 {
                let reading = rig.look(after: .milliseconds(100))
                #expect(self.names(reading) == ["acme", "globex"] && reading.errors.isEmpty)
            }
            try FileManager.default.moveItem(atPath: "\(rig.folder.path)/c.yaml", toPath: "\(rig.folder.path)/a.yaml")
            for _ in 0..<50 {
                let reading = rig.look(after: .milliseconds(100))
                #expect(self.names(reading) == ["acme", "globex"] && reading.errors.isEmpty)
            }
        }
    }

    @Test func `whoever looks is told when there is more to see`() async throws {
        try await self.withRig(["plan.yaml": freePlan]) { rig in
            while let time = rig.look().lookAgain { rig.now += time }
            try rig.folder.write("a.yaml", tenantYAML())
            #expect(rig.look(after: .seconds(5)).lookAgain == .milliseconds(500))
            #expect(rig.look(after: .milliseconds(200)).lookAgain == .milliseconds(300))
            #expect(self.names(rig.look(after: .milliseconds(300))) == ["acme"])
            while let time = rig.look().lookAgain { rig.now += time }
            try rig.folder.remove("a.yaml")
            var looks = 0
            var reading = rig.look()
            while let time = reading.lookAgain, looks < 10 {
                looks += 1
                reading = rig.look(after: time)
            }
            #expect(reading.resources.tenants.isEmpty && looks <= 2)
        }
    }

    @Test func `tenants whose file is replaced by one of another name are there all the time`() async throws {
        try await self.withRig(["plan.yaml": freePlan, "a.yaml": tenantYAML()]) { rig in
            rig.now += .milliseconds(50)
            try rig.folder.remove("a.yaml")
            #expect(self.names(rig.look()) == ["acme"])
            rig.now += .milliseconds(200)
            try rig.folder.write("b.yaml", tenantYAML())
            for _ in 0..<100 {
                let reading = rig.look()
                #expect(self.names(reading) == ["acme"] && reading.errors.isEmpty, "at \(rig.now)")
                rig.now += .milliseconds(50)
            }
        }
    }

    @Test func `what stood in a file that is gone stays while another one is written, which is told once`() async throws
    {
        try await self.withRig(["plan.yaml": freePlan, "a.yaml": tenantYAML()]) { rig in
            try rig.folder.remove("a.yaml")
            try rig.folder.write("b.yaml", "apiVersion: roost.chat/v1alpha1\n")
            var told: [ResourceError] = []
            for _ in 0..<20 {
                let reading = rig.look(after: .seconds(1), writing: ["b.yaml"])
                #expect(self.names(reading) == ["acme"])
                if reading.isNew { told = reading.errors }
            }
            #expect(told.contains { $0.file.hasSuffix("/a.yaml") } && told.contains { $0.file.hasSuffix("/b.yaml") })
            try rig.folder.write("b.yaml", tenantYAML("globex"))
            _ = rig.look()
            let after = rig.look(after: .milliseconds(500))
            #expect(self.names(after) == ["globex"] && after.errors.isEmpty)
        }
    }

    @Test func `a folder that is removed and copied again loses nobody meanwhile`() async throws {
        let files = ["plan.yaml": freePlan, "a.yaml": tenantYAML("acme"), "b.yaml": tenantYAML("globex")]
        try await self.withRig(files) { rig in
            for name in files.keys { try rig.folder.remove(name) }
            for _ in 0..<20 { #expect(self.names(rig.look(after: .milliseconds(100))) == ["acme", "globex"]) }
            for name in files.keys.sorted() {
                try rig.folder.write(name, files[name] ?? "")
                for _ in 0..<14 { #expect(self.names(rig.look(after: .milliseconds(50))) == ["acme", "globex"]) }
            }
            #expect(rig.look(after: .seconds(9)).errors.isEmpty)
        }
    }

    @Test func `a folder without a file, as of a volume that is not there, keeps what it said for half a minute`()
        async throws
    {
        try await self.withRig(["a.yaml": freePlan + "\n---\n" + tenantYAML()]) { rig in
            try rig.folder.remove("a.yaml")
            var reading = rig.look()
            var told = 0
            while let time = reading.lookAgain, rig.now + time < .seconds(30) {
                reading = rig.look(after: time)
                #expect(self.names(reading) == ["acme"])
                if reading.isNew { told += 1 }
            }
            #expect(told == 1 && reading.errors.map(\.file) == [rig.folder.path])
            let gone = rig.look(after: try #require(reading.lookAgain))
            #expect(gone.resources.tenants.isEmpty && gone.isNew && gone.errors.isEmpty && gone.lookAgain == nil)
        }
    }

    @Test(arguments: [
        ("", "items"), ("items:", "items"), ("items: null", "items"), ("items: 5", "items"), ("items: {a: b}", "items"),
        ("item: [\(Self.element)]", "item"), ("items: [null]", "items[0]"),
        ("items: [\(Self.element), null]", "items[1]"),
        ("items: []\nitem: [\(Self.element)]", "item"), ("items: [5]", ""),
        ("items: [{apiVersion: v1, kind: List, items: [\(Self.element)]}]", "items[0].kind"),
    ])
    func `a List that cannot be read as a whole takes no tenant away and says so`(lines: String, field: String)
        async throws
    {
        let list = "apiVersion: v1\nkind: List\nmetadata: {resourceVersion: \"\"}\n"
        let items = "items: [\(Self.element), \(Self.element.replacing("acme", with: "globex"))]\n"
        try await self.withRig(["plan.yaml": freePlan, "a.yaml": list + items]) { rig in
            let before = rig.look()
            #expect(self.names(before) == ["acme", "globex"] && before.errors.isEmpty)
            try rig.folder.write("a.yaml", list + lines + "\n")
            _ = rig.look()
            let reading = rig.look(after: .seconds(9))
            #expect(self.names(reading) == ["acme", "globex"])
            #expect(reading.errors.contains { $0.field ?? "" == field && $0.severity == .error }, "\(reading.errors)")
        }
    }

    @Test func `a List of nothing says that there is nothing`() async throws {
        let list = "apiVersion: v1\nkind: List\n"
        try await self.withRig(["plan.yaml": freePlan, "a.yaml": list + "items: [\(Self.element)]"]) { rig in
            #expect(self.names(rig.look()) == ["acme"])
            try rig.folder.write("a.yaml", list + "items: []\n")
            _ = rig.look()
            let reading = rig.look(after: .seconds(9))
            #expect(reading.resources.tenants.isEmpty && reading.errors.isEmpty)
        }
    }

    /// A tenant on one line.
    private static let element =
        "{apiVersion: roost.chat/v1alpha1, kind: Tenant, metadata: {name: acme}, "
        + "spec: {hostnames: [acme.localhost], planRef: {name: free}}}"
}
