// A run of the Python harness, from its start to its end or its deadline.

import Foundation
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
        guard FileManager.default.createFile(atPath: output.path, contents: nil) else {
            throw Failure(description: "cannot write \(output.path)")
        }
        defer { try? FileManager.default.removeItem(at: output) }
        let process = Process()
        // timeout(1) ends the harness with SIGTERM, which it takes as a failure that is to be reported and cleaned up
        // after; what it started ends with it in any case.
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            ["timeout", "--kill-after=15", "\(Self.deadline)", python, "-u", "-m", "harness"] + arguments
        process.currentDirectoryURL = Scenario.folder
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["ROOST_BINARY": binary, "PYTHONDONTWRITEBYTECODE": "1"]
        ) { $1 }
        let file = try FileHandle(forWritingTo: output)
        process.standardOutput = file
        process.standardError = file
        process.standardInput = FileHandle.nullDevice
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do { try process.run() } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
        let text = String(decoding: (try? Data(contentsOf: output)) ?? Data(), as: UTF8.self)
        return HarnessRun(status: process.terminationStatus, output: text)
    }
}
