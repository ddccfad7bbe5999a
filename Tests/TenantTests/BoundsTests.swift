// That no number which somebody writes is larger than what is reckoned with, and that its author is told the bound.

import Foundation
import Tenant
import Testing

struct BoundsTests {
    @Test(arguments: QuotaName.allCases)
    func `a quota may be as large as its bound and no larger, in plans and tenants`(name: QuotaName) async throws {
        let (least, most) = (name.bounds.lowerBound, name.bounds.upperBound)
        for limit in [least, most] {
            for written in ["\(limit)", "{limit: \(limit)}"] {
                let quotas = "  quotas: {\(name.rawValue): \(written)}"
                let loaded = try await load(tenantYAML(spec: quotas) + "\n---\n" + freePlan)
                #expect(loaded.errors.mistakes == [])
                #expect(loaded.catalog.sorted.first?.quotas[name].limit == limit)
            }
        }
        for limit in ["\(most + 1)", "9223372036854775807", "9223372036854775808", "99999999999999999999999", "-1"] {
            for (field, written) in [("", limit), (".limit", "{limit: \(limit)}")] {
                let quotas = "  quotas: {\(name.rawValue): \(written)}"
                let loaded = try await load(tenantYAML(spec: quotas) + "\n---\n" + freePlan)
                #expect(loaded.catalog.sorted == [])
                let error = try #require(loaded.errors.first)
                #expect(error.field == "spec.quotas.\(name.rawValue)\(field)" && error.line == 7)
                #expect(error.message.contains("\(most)"), "\(error)")
                let plan = freePlan + "\nspec: {quotas: {\(name.rawValue): \(written)}}"
                let planned = try await load(tenantYAML(spec: "") + "\n---\n" + plan)
                #expect(planned.errors.first?.field == error.field)
                #expect(planned.catalog.sorted == [])
            }
        }
    }

    /// What is far too much is told to be that, and not to be nothing that is known.
    @Test(arguments: [
        ("quotas: {historyBytes: 2Pi}", "`2Pi` is too large: write at most 1125899906842624 bytes, which is 1Pi"),
        ("quotas: {historyBytes: 1e19}", "`1e19` is too large"),
        ("quotas: {historyBytes: {limit: 20Ei}}", "`20Ei` is too large"),
        ("history: {retention: 999999999999d}", "it is too long a time: write 0s to 36500d"),
        ("sessions: {resumeGrace: 31d}", "31d is out of bounds: write 0s to 30d"),
    ])
    func `what is too much is told so`(field: String, words: String) async throws {
        let loaded = try await load(tenantYAML(spec: "  \(field)") + "\n---\n" + freePlan)
        #expect(try #require(loaded.errors.first).message.contains(words), "\(loaded.errors)")
    }

    @Test func `the bounds of quotas are documented`() throws {
        let path = CustomResource.root.appending(path: "docs/operations/limits.md").path
        let documented = try String(contentsOfFile: path, encoding: .utf8)
        for name in QuotaName.allCases {
            #expect(documented.contains("| `\(name.rawValue)` | \(name.bounds.upperBound)"), "\(name.rawValue)")
        }
    }

    /// A field of a tenant, the longest that may be written, and what may not.
    private static let durations = [
        ("sessions: {resumeGrace: ", "30d", "30d1s"), ("history: {retention: ", "30d", "36500d1s"),
        ("archive: {retention: ", "36500d", "36501d"), ("sessions: {resumeGrace: ", "0s", "9999999999d"),
        ("accounts: {rememberFor: ", "30d", "30d1s"), ("accounts: {nickTimeout: ", "1d", "25h"),
        ("sts: {duration: ", "730d", "730d1s"), ("accounts: {channelExpiry: ", "36500d", "36501d"),
    ]

    @Test(arguments: durations.indices)
    func `a duration may be as long as its bound and no longer`(index: Int) async throws {
        let (field, good, bad) = Self.durations[index]
        #expect(try await load(tenantYAML(spec: "  \(field)\(good)}") + "\n---\n" + freePlan).errors.mistakes == [])
        let loaded = try await load(tenantYAML(spec: "  \(field)\(bad)}") + "\n---\n" + freePlan)
        let error = try #require(loaded.errors.first)
        let bound = field.contains("retention") ? "36500d" : good == "0s" ? "30d" : good
        #expect(error.message.contains("write 0s to \(bound)"), "\(error)")
        #expect(loaded.catalog.sorted == [])
    }

    @Test(arguments: [("emailDomains", 200), ("refusedEmailDomains", 2_000)])
    func `as many domains of mail may be named as their bound and no more`(field: String, most: Int) async throws {
        func text(_ count: Int) -> String {
            let domains = (0..<count).map { "d\($0).example" }.joined(separator: ", ")
            return tenantYAML(spec: "  accounts: {\(field): [\(domains)]}") + "\n---\n" + freePlan
        }
        #expect(try await load(text(most)).errors == [])
        let loaded = try await load(text(most + 1))
        #expect(loaded.catalog.sorted == [])
        let error = try #require(loaded.errors.first)
        #expect(error.field == "spec.accounts.\(field)" && error.message.contains("write at most \(most)"))
    }

    @Test(arguments: [(0, false), (1, true), (1_000, true), (1_001, false)])
    func `a mail address has one account, or up to a thousand`(count: Int, fits: Bool) async throws {
        let spec = "  accounts: {accountsPerEmail: \(count)}"
        let loaded = try await load(tenantYAML(spec: spec) + "\n---\n" + freePlan)
        #expect(loaded.errors.isEmpty == fits && loaded.catalog.sorted.count == (fits ? 1 : 0))
    }

    /// Fields of a cell, the largest that may be written, and what may not.
    private static let cells = [
        ("drain: {announce: ", "1h", "1h1s"), ("drain: {gracePeriod: ", "24h", "24h1s"),
        ("drain: {longest: ", "24h", "24h1s"),
        ("autoscaling: {scaleDown: {stabilization: ", "24h", "24h1s"),
    ]

    @Test(arguments: cells.indices)
    func `what an edge waits for has a bound`(index: Int) async throws {
        let (field, good, bad) = Self.cells[index]
        let end = String(repeating: "}", count: field.count { $0 == "{" })
        func cell(_ value: String) -> String {
            """
            apiVersion: roost.chat/v1alpha1
            kind: Cell
            metadata: {name: a}
            spec:
              edge:
                \(field)\(value)\(end)
            """
        }
        #expect(try await load(cell(good)).errors == [])
        #expect(try await load(cell(bad)).errors.count == 1)
    }
}
