import Archive
import Foundation
import StateStore
import Tenant
import Testing

/// What is no bundle, or is not what was exported, changes nothing and is told by its line.
@Suite struct BadBundleTests {
    /// A way to spoil a bundle, and a word of what is told.
    struct Damage: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let word: String
        /// Changes the lines; says whether an end that fits follows.
        let change: @Sendable (_ lines: inout [String]) -> Bool

        init(_ what: String, _ word: String, _ change: @escaping @Sendable (inout [String]) -> Bool) {
            (self.testDescription, self.word, self.change) = (what, word, change)
        }

        /// Replaces something in the first line that has it; the end fits what comes of it.
        static func replace(_ what: String, _ old: String, _ new: String, _ word: String) -> Damage {
            Damage(what, word) { lines in
                guard let index = lines.firstIndex(where: { $0.contains(old) }) else { return true }
                lines[index] = lines[index].replacing(old, with: new)
                return true
            }
        }

        static let all: [Damage] = [
            .replace("a newer schema", #""schema":\#(Schema.version)"#, #""schema":99"#, "version 99"),
            .replace("another format", "roost-bundle/1", "roost-bundle/2", "roost-bundle/2"),
            .replace("no tenant", #""tenant":"acme""#, #""tenant":"../a""#, "no tenant's name"),
            .replace("a table of the cell", #""table":"audit_log""#, #""table":"tenants""#, "called `tenants`"),
            .replace("a table of workers", #""table":"audit_log""#, #""table":"archive_keys""#, "archive_keys"),
            .replace("an unknown column", #""is_declared":"#, #""is_king":1,"is_declared":"#, "is_king"),
            .replace("somebody else's row", #""row":{"#, #""row":{"tenant":"globex","#, "column `tenant`"),
            .replace("a missing column", #""is_declared":0,"#, "", "is_declared"),
            .replace("a text for a number", #""is_declared":0"#, #""is_declared":"0""#, "is_declared"),
            .replace("a fraction for a number", #""is_declared":0"#, #""is_declared":0.5"#, "is_declared"),
            .replace("too large a number", #""is_declared":0"#, #""is_declared":9223372036854775808"#, "is_declared"),
            .replace("nothing where something has to be", #""role":"user""#, #""role":null"#, "role"),
            .replace("bytes that are none", #""fields":"AAH/""#, #""fields":"???""#, "fields"),
            .replace("a NUL", #""role":"user""#, #""role":"\u0000""#, "role"),
            .replace("a kind that nothing has", #""kind":1,"#, #""kind":77,"#, "kind"),
            .replace("no JSON", #"{"table":"audit_log""#, #"{"table":"audit_log"#, "line "),
            Damage("no end", "ends before its end") { _ in false },
            Damage("a row less than its end says", "should have") { lines in
                lines.append(#"{"end":{"archive":0,"lines":1,"sha256":"","tables":{"accounts":7}}}"#)
                return false
            },
            Damage("something behind the end", "follows") { lines in
                lines += [(try? BundleRig.end(of: lines)) ?? "", "{}"]
                return false
            },
            Damage("nothing at all", "empty") { lines in
                lines = []
                return false
            },
        ]
    }

    private func refused(_ rig: BundleRig, _ store: DurableStore) async throws -> String {
        let error = await #expect(throws: BundleError.self) { try await rig.bring(.globex, into: store) }
        #expect(try await store.eraser.remains(of: .globex).isEmpty)
        return error.map { "\($0)" } ?? ""
    }

    @Test(arguments: Damage.all)
    func `a bundle that cannot be is refused, with the reason`(_ damage: Damage) async throws {
        try await Driver.sqliteInMemory.withStore { store in
            try await BundleRig.with { rig in
                try await store.fill(.acme, history: 3)
                try await rig.export(.acme, from: store)
                var lines = try rig.lines.dropLast().map(\.self)
                let withEnd = damage.change(&lines)
                try rig.write(lines, withEnd: withEnd)
                let text = try await self.refused(rig, store)
                #expect(text.contains(damage.word), "\(text)")
            }
        }
    }

    @Test func `a file that was cut, changed or added to anywhere is refused`() async throws {
        try await Driver.sqliteInMemory.withStore { store in
            try await BundleRig.with { rig in
                try await store.fill(.acme, history: 50, bytes: 40)
                try await rig.export(.acme, from: store)
                let bytes = try rig.bytes
                let step = max(1, bytes.count / 40)
                var bad: [[UInt8]] = [[], bytes + [0], bytes + bytes]
                for place in stride(from: 0, to: bytes.count, by: step) {
                    bad.append(Array(bytes[..<place]))
                    var changed = bytes
                    changed[place] ^= 0x20
                    bad.append(changed)
                }
                for bytes in bad {
                    try Data(bytes).write(to: URL(filePath: rig.path))
                    _ = try await self.refused(rig, store)
                }
                try Data(bytes).write(to: URL(filePath: rig.path))
                try await rig.bring(.globex, into: store)
            }
        }
    }

    @Test(arguments: Driver.allCases)
    func `what an older version did not have yet is as it was for those who had it then`(_ driver: Driver) async throws
    {
        try await driver.withStore { store in
            try await BundleRig.with { rig in
                try await store.fill(.acme, history: 1)
                try await rig.export(.acme, from: store)
                var lines = try rig.lines.dropLast().map(\.self)
                lines[0] = lines[0].replacing(#""schema":\#(Schema.version)"#, with: #""schema":9"#)
                let alice = try #require(lines.firstIndex { $0.hasPrefix(#"{"table":"accounts""#) })
                for column in [#","state":"active""#, #","last_login_at":null"#, #""always_on":null,"#] {
                    #expect(lines[alice].contains(column))
                    lines[alice] = lines[alice].replacing(column, with: "")
                }
                try rig.write(lines)
                try await rig.bring(.globex, into: store)
                let account = try #require(try await store.accounts.find("alice", of: .globex))
                #expect(account.state == .active && account.lastLogInAt == nil)
                // What every version had is missing in none.
                lines[alice] = lines[alice].replacing(#""name":"alice","#, with: "")
                try rig.write(lines)
                let error = await #expect(throws: BundleError.self) { try await rig.bring(.acme, into: store) }
                #expect("\(try #require(error))".contains("lacks the column `name`"))
            }
        }
    }

    @Test func `a file of another kind is no bundle`() async throws {
        try await Driver.sqliteInMemory.withStore { store in
            try await BundleRig.with { rig in
                try Data("-- a dump\n".utf8).write(to: URL(filePath: rig.path))
                #expect(try await self.refused(rig, store).contains("is no bundle"))
                let error = await #expect(throws: BundleError.self) {
                    try await BundleRig(path: "/nowhere").bring(.globex, into: store)
                }
                #expect("\(try #require(error))".contains("No such file"))
            }
        }
    }
}
