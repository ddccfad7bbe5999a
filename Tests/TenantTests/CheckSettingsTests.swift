// Checks of messages as tenants write them, and what is wrong with them.

import Checks
import Foundation
import Tenant
import Testing

@Suite struct CheckSettingsTests {
    private static func read(_ checks: String) async throws -> (resources: ResourceSet, errors: [ResourceError]) {
        let spec = "  moderation:\n    checks:\n" + checks
        let loaded = try await load(tenantYAML(spec: spec) + "\n---\n" + freePlan)
        return (loaded.resources, loaded.errors.mistakes)
    }

    @Test func `checks are read as they are written, and come to the edges so`() async throws {
        let text = #"""
                - {name: flood, kind: Rate, action: Mute, limit: 8, within: 4s, duration: 90s, channels: ["#lobby*"]}
                - {name: shouting, kind: Capitals, action: Warn, share: 80, minimumLength: 20, dryRun: true}
                - name: phones
                  kind: Patterns
                  action: Hold
                  directMessages: true
                  patterns: ['\d{3}-\d{4}', '(?i)free']
                  exempt: {roles: false, rank: None, accounts: true}
                - {name: adverts, kind: Links, action: Refuse, allow: [acme.example], deny: [evil.example]}
            """#
        let (set, errors) = try await Self.read(text)
        #expect(errors.isEmpty, "\(errors)")
        let settings = try #require(set.tenants.first?.spec.settings)
        let checks = settings.moderation.checks
        #expect(checks.map(\.name) == ["flood", "shouting", "phones", "adverts"])
        #expect(checks[0].limit == 8 && checks[0].within == .seconds(4) && checks[0].duration == .seconds(90))
        #expect(checks[0].channels == ["#lobby*"] && checks[1].dryRun && checks[1].share == 80)
        #expect(checks[2].patterns.count == 2 && checks[2].exempt.rank == .none && !checks[2].exempt.roles)
        var hosted = HostedTenant(id: try .named("acme"), hostnames: ["chat.acme.example"])
        hosted.settings.moderation = settings.moderation
        let projected = try ProjectedTenant(json: ProjectedTenant(hosted, uid: "u", generation: 1).json())
        #expect(projected.hosted.settings.moderation == settings.moderation)
    }

    @Test(arguments: [
        ("{name: a, kind: Words, action: Hold}", "is missing or empty: write words"),
        (
            "{name: a, kind: Patterns, action: Hold, patterns: ['(x']}",
            "no regular expression that can be used: missing"
        ),
        ("{name: a, kind: Patterns, action: Hold, patterns: ['(((x{200}){50}){20})']}", "too large"),
        ("{name: a, kind: Links, action: Mute, directMessages: true}", "cannot be Mute between people"),
        ("{name: A b, kind: Rate, action: Hold}", "no name of a check"),
        ("{kind: Rate, action: Hold}", "name the check"),
        ("{name: a, kind: Speed, action: Hold}", "not known here"), ("{name: a, kind: Rate}", "action"),
        ("{name: a, kind: Rate, action: Hold, limit: 64}", "at most 63"),
        ("{name: a, kind: Rate, action: Hold, within: 2h}", "out of bounds"),
        ("{name: a, kind: Words, action: Hold, words: ['']}", "no word or phrase"),
        ("{name: a, kind: Rate, action: Hold, channels: ['#a b']}", "no mask of channels"),
        ("{name: a, kind: Rate, action: Hold, channels: ['']}", "no mask of channels"),
        ("{name: a, kind: Rate, action: Hold}\n        - {name: a, kind: Rate, action: Hold}", "occurs already"),
    ])
    func `what cannot be is refused with what to write`(check: String, text: String) async throws {
        let told = try await Self.read("        - " + check).errors.map { "\($0)" }.joined(separator: "\n")
        #expect(told.contains(text), "\(told)")
    }

    @Test func `of all checks together there are as many patterns as may be`() async throws {
        let patterns = (0..<20).map { "'x\($0)'" }.joined(separator: ", ")
        let checks = (0..<4).map { "        - {name: c\($0), kind: Patterns, action: Hold, patterns: [\(patterns)]}" }
        let errors = try await Self.read(checks.joined(separator: "\n")).errors
        #expect(errors.contains { "\($0)".contains("have 80 patterns together") }, "\(errors)")
    }

    @Test func `what a later version checks is left out by this one`() throws {
        var hosted = HostedTenant(id: try .named("acme"), hostnames: ["chat.acme.example"])
        var (known, other) = (Check(), Check())
        (known.name, other.name, other.kind) = ("known", "other", .capitals)
        hosted.settings.moderation.checks = [other, known]
        let json = try ProjectedTenant(hosted, uid: "u", generation: 1).json()
        let later = String(decoding: json, as: UTF8.self).replacing("\"Capitals\"", with: "\"Mood\"")
        let read = try ProjectedTenant(json: Data(later.utf8))
        #expect(read.hosted.settings.moderation.checks.map(\.name) == ["known"])
    }
}
