// What is written down beside the rows of settings says what they say.

import Foundation
import Tenant
import Testing

@Suite struct `Generated files` {
    private static let advice: Comment = "run scripts/generate-crds and commit what it wrote"

    @Test(arguments: Definition.all.map(\.kind), ["k8s/crds", "helm/roost/files/crds"])
    func `are those that the rows of settings give`(kind: String, folder: String) throws {
        let definition = try #require(Definition.all.first { $0.kind == kind })
        #expect(try self.text("\(folder)/\(definition.file)") == definition.text, Self.advice)
    }

    @Test func `say in the documentation what there is`() throws {
        let limits = try self.text("docs/operations/limits.md")
        #expect(limits == SettingsPages.limits(limits), Self.advice)
        #expect(try self.text("docs/operations/settings.md") == SettingsPages.settings, Self.advice)
        let modes = try self.text("docs/operations/failure-modes.md")
        #expect(modes == ConditionPages.failureModes(modes), Self.advice)
        let plugin = try self.text("scripts/kubectl-roost")
        #expect(plugin == ConditionPages.plugin(plugin), Self.advice)
    }

    @Test(arguments: ConditionCatalog.all.map(\.kind))
    func `say of every complaint what to do`(kind: String) throws {
        let rows = try #require(ConditionCatalog.all.first { $0.kind == kind }).rows
        let silent = rows.filter { $0.severity == .complaint && $0.remedy.isEmpty }
        #expect(silent.map { "\($0.type) \($0.reason)" } == [])
        #expect(Set(rows.map { [$0.type, $0.reason] }).count == rows.count)
    }

    @Test(arguments: Definition.all.map(\.kind))
    func `explain every setting in a sentence`(kind: String) throws {
        let lines = try #require(Definition.all.first { $0.kind == kind }).lines
        #expect(lines.filter { $0.says.isEmpty }.map(\.path) == [])
        #expect(Set(lines.map(\.path)).count == lines.count)
    }

    /// What is between the marks is written anew, and nothing else.
    @Test func `keep what people wrote around the tables`() {
        let page = "# Title\n\n<!-- made: quotas -->\nold\n<!-- end -->\n\nText.\n"
        let filled = SettingsPages.limits(page)
        #expect(filled.hasPrefix("# Title\n\n<!-- made: quotas -->\n\n| quota |"))
        #expect(filled.hasSuffix("\n<!-- end -->\n\nText.\n") && !filled.contains("old"))
        #expect(SettingsPages.limits(filled) == filled)
    }

    private func text(_ path: String) throws -> String {
        try String(contentsOf: CustomResource.root.appending(path: path), encoding: .utf8)
    }
}
