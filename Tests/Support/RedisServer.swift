// A real Redis for tests: on a free port of the loopback, with data in a temporary folder, never the system's. It writes
// what it acknowledges to the disk first. A small shell holds the server: it ends it by its pid and removes the data as
// soon as its own standard input ends, which it does however this process ends.

import Foundation
import Synchronization
import TestChildren

/// A Redis server of the tests' own.
package final class RedisServer: Sendable {
    /// Why there is no server.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Where the server listens, on 127.0.0.1.
    package let port: Int
    /// Where its data are; a test may put what the server reads there.
    package let folder: String
    /// Where it listens with TLS, if the options say so: `@tls` in them is this port.
    package let tlsPort: Int
    private let options: [String]
    /// The shell that holds the server.
    private let holder = Mutex<Child?>(nil)

    /// The URL without TLS.
    package var url: String { "redis://127.0.0.1:\(self.port)" }

    /// Starts a server.
    ///
    /// - Parameters:
    ///   - options: More options of `redis-server`, e.g. `["--requirepass", "secret"]`. `@/` before a name is the folder.
    ///   - prepare: Called with the folder before the server starts.
    /// - Throws: ``Failure``, and what `prepare` throws.
    package init(options: [String] = [], prepare: (String) throws -> Void = { _ in }) throws {
        self.port = try FreePort.find()
        let tlsPort = try FreePort.find()
        self.tlsPort = tlsPort
        let folder = "\(FileManager.default.temporaryDirectory.path)/roost-redis-\(UUID().uuidString)"
        self.folder = folder
        self.options = options.map { option in
            option == "@tls"
                ? String(tlsPort) : option.hasPrefix("@/") ? folder + option.dropFirst() : option
        }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try prepare(folder)
        try self.start()
    }

    deinit { self.end() }

    /// Few at a time: servers that start together take turns on the processor until all are late.
    private static let starting: OperationQueue = {
        let queue = OperationQueue()
        queue.maxConcurrentOperationCount = 3
        return queue
    }()

    /// Starts a server while the tasks' threads, of which there are few, do something else.
    ///
    /// - Parameter options: As for ``init(options:prepare:)``.
    /// - Returns: The server, which listens.
    /// - Throws: ``Failure``.
    package static func started(options: [String] = []) async throws -> RedisServer {
        try await withCheckedThrowingContinuation { continuation in
            Self.starting.addOperation {
                continuation.resume(with: Result { try RedisServer(options: options) })
            }
        }
    }

    /// Starts the server on the data that are there, and waits until it listens.
    package func start() throws {
        let script = """
            folder="$1"; shift
            redis-server "$@" >"$folder/log" 2>&1 </dev/null &
            server=$!
            echo $server >"$folder/pid.new"; mv "$folder/pid.new" "$folder/pid"
            while read -r order; do [ "$order" = leave ] && exit 0; done
            kill -KILL $server 2>/dev/null
            wait $server 2>/dev/null
            rm -rf "$folder"
            """
        let arguments =
            ["--port", "\(self.port)", "--bind", "127.0.0.1", "--dir", self.folder, "--appendonly", "yes"]
            + ["--appendfsync", "always", "--save", "", "--daemonize", "no"] + self.options
        try? FileManager.default.removeItem(atPath: "\(self.folder)/pid")
        let holder = try Child("/bin/sh", ["-c", script, "sh", self.folder] + arguments, input: .pipe)
        self.holder.withLock { $0 = holder }
        let deadline = Date().addingTimeInterval(20)
        while !self.answers {
            guard Date() < deadline, holder.isRunning else {
                let log = (try? String(contentsOfFile: "\(self.folder)/log", encoding: .utf8)) ?? ""
                throw Failure(description: "redis-server does not start: \(log.suffix(500))")
            }
            usleep(5000)
        }
    }

    /// Ends the server with SIGKILL.
    ///
    /// Its data stay, for ``start()``.
    package func kill() throws {
        let pid = try self.pid
        Foundation.kill(pid, SIGKILL)
        self.holder.withLock { holder in
            holder?.write("leave\n")
            holder?.wait()
            holder = nil
        }
        let deadline = Date().addingTimeInterval(5)
        while self.connects, Date() < deadline { usleep(1000) }
    }

    /// Stops the server where it stands (SIGSTOP): its sockets stay, and take what is sent to it until it goes on.
    package func freeze() throws { Foundation.kill(try self.pid, SIGSTOP) }

    /// Has a frozen server go on.
    package func thaw() throws { Foundation.kill(try self.pid, SIGCONT) }

    private var pid: Int32 {
        get throws {
            let text = try String(contentsOfFile: "\(self.folder)/pid", encoding: .utf8)
            guard let pid = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)), pid > 1 else {
                throw Failure(description: "the server has no pid")
            }
            return pid
        }
    }

    /// Keeps a copy of the data as they are now, for ``goBack()``.
    package func remember() throws {
        try? FileManager.default.removeItem(atPath: "\(self.folder)/earlier")
        try FileManager.default.copyItem(
            atPath: "\(self.folder)/appendonlydir",
            toPath: "\(self.folder)/earlier"
        )
    }

    /// Breaks all connections and goes on with the data that ``remember()`` kept: a replica that lagged took over.
    package func goBack() throws {
        try self.kill()
        try FileManager.default.removeItem(atPath: "\(self.folder)/appendonlydir")
        try FileManager.default.copyItem(
            atPath: "\(self.folder)/earlier",
            toPath: "\(self.folder)/appendonlydir"
        )
        try self.start()
    }

    /// Ends the server and removes its data.
    package func end() {
        self.holder.withLock { holder in
            holder?.endInput()
            holder?.wait()
            holder = nil
        }
        try? FileManager.default.removeItem(atPath: self.folder)
    }

    /// Sends a command as its default user, over a connection of its own.
    ///
    /// - Returns: The first line of the reply, without the sign before it.
    @discardableResult
    package func command(_ words: String...) throws -> String { try self.send(words) }

    /// The same for words in a list.
    @discardableResult
    package func send(_ words: [String]) throws -> String {
        guard let socket = Self.connected(to: self.port) else { throw Failure(description: "no connection") }
        defer { close(socket) }
        let command = Array(
            (["*\(words.count)"] + words.flatMap { ["$\($0.utf8.count)", $0] }).map { $0 + "\r\n" }.joined().utf8
        )
        guard Foundation.send(socket, command, command.count, 0) == command.count else {
            throw Failure(description: "the command cannot be sent")
        }
        var reply = [UInt8](repeating: 0, count: 4096)
        let count = recv(socket, &reply, reply.count, 0)
        let line = String(decoding: reply.prefix(max(0, count)), as: UTF8.self).prefix { !$0.isNewline }
        if line.isEmpty || line.hasPrefix("-") { throw Failure(description: String(line)) }
        return String(line.dropFirst())
    }

    // MARK: Sockets

    /// Whether the server answers at all; that it asks for a password is an answer.
    private var answers: Bool {
        guard let socket = Self.connected(to: self.port) else { return false }
        defer { close(socket) }
        let ping = Array("PING\r\n".utf8)
        guard Foundation.send(socket, ping, ping.count, 0) == ping.count else { return false }
        var reply = [UInt8](repeating: 0, count: 64)
        let count = recv(socket, &reply, reply.count, 0)
        let text = String(decoding: reply.prefix(max(0, count)), as: UTF8.self)
        return text.hasPrefix("+PONG") || text.hasPrefix("-NOAUTH")
    }

    private var connects: Bool {
        guard let socket = Self.connected(to: self.port) else { return false }
        close(socket)
        return true
    }

    private static func connected(to port: Int) -> Int32? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        var limit = timeval(tv_sec: 1, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let result = FreePort.withAddress(port) { connect(descriptor, $0, $1) }
        if result == 0 { return descriptor }
        close(descriptor)
        return nil
    }
}
