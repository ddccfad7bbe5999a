// Real processes from end to end. The scenarios are written in Python, since most of the clients are; each is a test
// here. What they need: scripts/install-packages test, scripts/install-python.

import Foundation
import Testing

/// One scenario of `scenarios.txt`, which is the list of all.
struct Scenario: CustomTestStringConvertible, Sendable {
    /// `file.function`.
    let name: String
    /// What must hold.
    let testDescription: String

    static let folder = URL(filePath: #filePath).deletingLastPathComponent()

    static let all: [Scenario] = {
        let list = (try? String(contentsOf: Self.folder.appending(path: "scenarios.txt"), encoding: .utf8)) ?? ""
        return list.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: ": ", maxSplits: 1).map(String.init)
            return line.hasPrefix("#") || parts.count < 2 ? nil : Scenario(name: parts[0], testDescription: parts[1])
        }
    }()
}

/// `scripts/test` has three at a time: more would load the machine until deadlines lie.
@Suite struct EndToEndTests {
    @Test func `every scenario that is written is listed`() async throws {
        #expect(!Scenario.all.isEmpty)
        let outcome = try await HarnessRun.of("--check")
        #expect(outcome.status == 0, "\(outcome.output)")
    }

    @Test(.timeLimit(.minutes(5)), arguments: Scenario.all)
    func `real processes`(scenario: Scenario) async throws {
        let outcome = try await HarnessRun.of(scenario.name)
        #expect(outcome.status == 0, "\(scenario.testDescription)\n\(outcome.output)")
    }
}
