// A real name server for tests: Debian's dnslib on a free port of the loopback. It ends when its standard input does, which it does
// however this process ends.

import Foundation
import TestChildren

/// A name server of the tests' own.
package final class NameServer: Sendable {
    /// Why there is no server.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Where it listens, on 127.0.0.1.
    package let port: Int
    private let output: String
    private let child: Child

    /// Starts a server while the tasks' threads, of which there are few, do something else.
    ///
    /// - Parameter options: Those of `dns-server.py`, e.g. `["2.0.0.127.list.example=127.0.0.2/60"]`.
    /// - Returns: The server, which listens.
    /// - Throws: ``Failure``
    package static func started(_ options: [String]) async throws -> NameServer {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try NameServer(options) }) }
        }
    }

    private init(_ options: [String]) throws {
        let output = "\(FileManager.default.temporaryDirectory.path)/roost-dns-\(UUID().uuidString)"
        self.output = output
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "dns-server.py").path
        // Debian's own Python has Debian's dnslib.
        self.child = try Child("/usr/bin/python3", [script] + options, input: .pipe, output: .file(output))
        let deadline = Date().addingTimeInterval(20)
        while true {
            if let port = Self.lines(output).first.flatMap({ Int($0) }) {
                self.port = port
                return
            }
            guard Date() < deadline, self.child.isRunning else {
                let log = Self.lines(output).joined(separator: " ")
                throw Failure(
                    description: "the name server does not start; is python3-dnslib there? \(log.suffix(500))"
                )
            }
            usleep(5000)
        }
    }

    deinit { self.end() }

    /// The names that it was asked for, in order.
    package var questions: [String] { Array(Self.lines(self.output).dropFirst()) }

    /// Ends it.
    package func end() {
        self.child.send(SIGKILL)
        self.child.wait()
        try? FileManager.default.removeItem(atPath: self.output)
    }

    private static func lines(_ path: String) -> [String] {
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        // A line without its end is not written yet.
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }
}
