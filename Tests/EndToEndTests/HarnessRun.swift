// A run of the Python harness, from its start to its end or its deadline.

import Foundation
import TestChildren
import TestSupport

/// How a run of the harness ended.
struct HarnessRun: Sendable {
    let status: Int32
    let output: String

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// The harness has a deadline of its own, which says more; this one is for a harness that hangs.
    private static let deadline = 180

    /// Runs `python -m harness` with arguments, and the program that stands beside this bundle.
    ///
    /// - Throws: ``Failure`` if Python or the program is not there.
    static func of(_ arguments: String...) async throws -> HarnessRun {
        let root = Scenario.folder.deletingLastPathComponent().deletingLastPathComponent()
        let python = root.appending(path: ".venv/bin/python").path
        guard FileManager.default.isExecutableFile(atPath: python) else {
            throw Failure(description: "there is no \(python): run scripts/install-python")
        }
        let binary = try BuiltProgram.path()
        let output = FileManager.default.temporaryDirectory.appending(path: "roost-e2e-\(UUID().uuidString).log")
        defer { try? FileManager.default.removeItem(at: output) }
        // timeout(1) ends the harness with SIGTERM, which it takes as a failure that is to be reported and cleaned up
        // after; what it started ends with it in any case.
        let child = try Child(
            "/usr/bin/env",
            ["timeout", "--kill-after=15", "\(Self.deadline)", python, "-u", "-m", "harness"] + arguments,
            environment: ProcessInfo.processInfo.environment.merging(
                ["ROOST_BINARY": binary, "PYTHONDONTWRITEBYTECODE": "1"]
            ) { $1 },
            folder: Scenario.folder.path,
            output: .file(output.path)
        )
        let status = await child.status()
        let text = String(decoding: (try? Data(contentsOf: output)) ?? Data(), as: UTF8.self)
        return HarnessRun(status: status, output: text)
    }
}
