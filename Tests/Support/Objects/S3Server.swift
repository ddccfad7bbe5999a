// Real S3s for tests, by two who know nothing of each other, on free ports of the loopback. They end when their
// standard inputs do, which these do however this process ends.

import Foundation
import TestChildren

/// An S3 of the tests' own, which checks every signature.
package final class S3Server: Sendable {
    /// Why there is none.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Who made it.
    package enum Kind: String, Sendable {
        /// Knows versions and locks; botocore checks every signature before it.
        case moto = "moto-server.py"
        /// OpenStack's, which keeps data on a disk and checks signatures by itself.
        case swift = "swift-server.py"
    }

    /// Who may use all of them.
    package static let accessKey = "test:tester"
    package static let secretKey = "test/secret+key"

    /// Where it listens, on 127.0.0.1.
    package let port: Int
    private let child: Child
    private let output: String

    private static let moto = Task { try await S3Server.started(.moto) }
    private static let swift = Task { try await S3Server.started(.swift) }

    /// The one that all tests of this process share, started when it is first asked for.
    ///
    /// - Parameter kind: Who made it.
    /// - Returns: The server, which listens.
    /// - Throws: ``Failure``
    package static func ofAllTests(_ kind: Kind = .moto) async throws -> S3Server {
        switch kind {
        case .moto: try await Self.moto.value
        case .swift: try await Self.swift.value
        }
    }

    /// Starts a server while the tasks' threads, of which there are few, do something else.
    private static func started(_ kind: Kind) async throws -> S3Server {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try S3Server(kind) }) }
        }
    }

    private init(_ kind: Kind) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let root = folder.appending(path: "../../..").standardized
        let python = root.appending(path: ".venv-objects/bin/python").path
        guard FileManager.default.isExecutableFile(atPath: python) else {
            throw Failure(
                description: "there is no \(python): run scripts/install-python .venv-objects "
                    + "Tests/Support/Objects/servers/requirements.txt"
            )
        }
        let output = "\(FileManager.default.temporaryDirectory.path)/roost-s3-\(UUID().uuidString)"
        self.output = output
        self.child = try Child(
            python,
            [folder.appending(path: "servers/\(kind.rawValue)").path, Self.accessKey, Self.secretKey],
            input: .pipe,
            output: .file(output)
        )
        let deadline = Date().addingTimeInterval(30)
        while true {
            let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
            // A line without its end is not written yet.
            if let line = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().first,
                let port = Int(line)
            {
                self.port = port
                return
            }
            guard Date() < deadline, self.child.isRunning else {
                throw Failure(description: "the S3 server does not start: \(text.suffix(500))")
            }
            usleep(5000)
        }
    }

    deinit {
        self.child.send(SIGKILL)
        self.child.wait()
        try? FileManager.default.removeItem(atPath: self.output)
    }
}
