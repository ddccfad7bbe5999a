// docs/conformance.md has tables that are made of those of the program, and of which suites prove what.

import Edge
import Foundation
import IRC
import Simulation
import Tenant
import Testing

@Suite struct ConformanceTests {
    private static let tests = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    private static let page = Self.tests.appending(path: "../docs/conformance.md").standardized

    /// The files of suites, by their names.
    private static let suites: [String: String] = {
        let paths = FileManager.default.enumerator(atPath: Self.tests.path)?.compactMap { $0 as? String } ?? []
        // Where two are called the same, the one that speaks IRC is meant.
        let sorted = paths.filter { $0.hasSuffix("Tests.swift") }.sorted { ($0.place, $0) < ($1.place, $1) }
        return Dictionary(
            sorted.map { (URL(filePath: $0).deletingPathExtension().lastPathComponent, $0) },
            uniquingKeysWith: { first, _ in first }
        )
    }()

    // MARK: What is proved

    @Test func `every capability is proved by a suite that names it`() throws {
        #expect(capabilityProofs.count == Capabilities.rows.count, "a row of capabilityProofs for each capability")
        for row in Capabilities.rows + Capabilities.announced {
            let suites = self.proofs(of: row)
            let texts = try suites.map { suite in
                let path = try #require(Self.suites[suite], "\(row.name): no file \(suite).swift under Tests")
                return try String(contentsOf: Self.tests.appending(path: path), encoding: .utf8)
            }
            #expect(texts.contains { $0.contains(row.name) }, "\(row.name): none of \(suites) has it")
        }
    }

    private func proofs(of row: CapabilityRow) -> [String] {
        (row.capability.isEmpty ? announcedProofs[row.name] : capabilityProofs[row.capability]) ?? []
    }

    @Test func `every token is proved by a suite, and every command follows something`() async throws {
        let tokens = try await self.tokens().map { String($0.prefix { $0 != "=" }) }
        #expect(Set(tokens) == Set(tokenProofs.keys), "a row of tokenProofs for each token")
        for (name, proof) in tokenProofs {
            for suite in proof.suites {
                #expect(Self.suites[suite] != nil, "\(name): no file \(suite).swift under Tests")
            }
        }
        let commands = commandProofs.flatMap { $0.commands.split(separator: " ").map(String.init) }
        #expect(commands.sorted() == CommandTable.standard.names, "each command once in commandProofs")
    }

    // MARK: The page

    @Test func `the page says what the tables say`() async throws {
        let known = try String(contentsOf: Self.page, encoding: .utf8)
        var text = known
        for (name, rows) in [
            ("capabilities", self.capabilities(try await self.offer())),
            ("tokens", self.rows(of: try await self.tokens())),
            ("commands", self.commands()),
        ] {
            let begin = try #require(text.range(of: "<!-- made: \(name) -->\n"), "no mark of \(name)")
            let end = try #require(text[begin.upperBound...].range(of: "<!-- end -->"), "no end of \(name)")
            text.replaceSubrange(begin.upperBound..<end.lowerBound, with: rows.joined(separator: "\n") + "\n")
        }
        if ProcessInfo.processInfo.environment["ROOST_RECORD"] == "1" {
            try text.write(to: Self.page, atomically: true, encoding: .utf8)
        }
        #expect(text == known, "ROOST_RECORD=1 swift test --filter ConformanceTests writes it")
    }

    /// Capabilities as a tenant with a history offers them, in the order of their rows.
    private func capabilities(_ offered: [String: String]) -> [String] {
        ["| capability | offered | specification | status | proved by |", "| --- | --- | --- | --- | --- |"]
            + (Capabilities.rows + Capabilities.announced).map { row in
                let word = offered[row.name].map { $0.isEmpty ? row.name : "\(row.name)=\($0)" } ?? row.name
                let place =
                    if offered[row.name] == nil {
                        "where the tenant wants it"
                    } else {
                        Self.condition(of: row.capability)
                    }
                let proofs = self.links(self.proofs(of: row))
                return
                    "| `\(word)` | \(place) | \(row.specification.text) | \(row.specification.status(of: row.name)) | \(proofs) |"
            }
    }

    private static func condition(of capability: Capabilities) -> String {
        if capability == .accountRegistration { return "where people may register" }
        if [.webPush, .webPushOfSoju].contains(capability) { return "where devices are pushed to" }
        return Capabilities.past.contains(capability) ? "where a history is kept" : "always"
    }

    private func rows(of tokens: [String]) -> [String] {
        ["| token | follows | proved by |", "| --- | --- | --- |"]
            + tokens.map { token in
                let proof = tokenProofs[String(token.prefix { $0 != "=" })]
                let shown = token.replacing("|", with: "\\|")
                return "| `\(shown)` | \(proof?.follows.text ?? "") | \(self.links(proof?.suites ?? [])) |"
            }
    }

    private func commands() -> [String] {
        ["| commands | follow |", "| --- | --- |"]
            + commandProofs.map { "| `\($0.commands.replacing(" ", with: "`, `"))` | \($0.follows.text) |" }
    }

    private func links(_ suites: [String]) -> String {
        suites.map { "[\($0)](../Tests/\(Self.suites[$0] ?? ""))" }.joined(separator: ", ")
    }

    // MARK: What the program says

    /// What CAP LS offers where a history is kept and devices are pushed to, with values.
    private func offer() async throws -> [String: String] {
        let client = try await PastRig(pushes: true).harness.stranger()
        return await client.send("CAP LS 302").with("CAP").flatMap { $0.text.split(separator: " ") }
            .reduce(into: [:]) { offered, word in
                let parts = word.split(separator: "=", maxSplits: 1)
                offered[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
            }
    }

    /// The tokens of a tenant that says all there is to say.
    private func tokens() async throws -> [String] {
        let harness = try await PastRig(pushes: true).harness
        let client = await harness.client("ann")
        var tenant = harness.tenant
        tenant.settings.icon = "https://acme.example.com/icon.png"
        tenant.settings.clientTagDeny = ["typing"]
        tenant.settings.accounts.required = true
        await harness.apply(tenant)
        _ = await client.hears()
        return await client.send("ISUPPORT").with("005").flatMap { $0.parameters.dropFirst().dropLast() }
    }
}

extension CapabilityRow.Specification {
    fileprivate var text: String {
        switch self {
        case .ircv3(let page): "[\(page.split(separator: "/").last ?? "")](https://ircv3.net/specs/\(page))"
        case .other(let link): "[\(URL(string: link)?.host() ?? "")](\(link))"
        case .document(let path): "[\(path)](\(path.replacing("docs/", with: "")))"
        }
    }

    fileprivate func status(of name: String) -> String {
        switch self {
        case .ircv3: name.hasPrefix("draft/") ? "draft" : "ratified"
        case .other(let link): link.contains("ircv3-specifications/pull") ? "proposed" : "another project's"
        case .document: "Roost's own"
        }
    }
}

extension String {
    /// Suites of commands come first.
    fileprivate var place: Int { self.hasPrefix("CommandTests/") ? 0 : 1 }
}
