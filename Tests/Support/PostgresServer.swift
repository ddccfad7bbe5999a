// A real PostgreSQL for tests: on a free port of the loopback, with data in a temporary folder, never the system's.
// A small shell holds the server: it ends it by its pid, and removes the data, as soon as its own standard input ends,
// which it does however this process ends.

import Foundation
import Synchronization
import TestChildren

/// A PostgreSQL server of the tests' own.
package final class PostgresServer: Sendable {
    /// Why there is no server.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Where the server listens, on 127.0.0.1.
    package let port: Int
    private let folder: String
    private let options: [String]
    /// The shell that holds the server.
    private let holder: Mutex<Child?>
    private let databases = Mutex(0)

    /// The certificate's file, of a server that takes TLS: for 127.0.0.1, signed by itself.
    package var certificate: String { "\(self.folder)/tls.crt" }

    private static let sharedServer = Mutex<Result<PostgresServer, Failure>?>(nil)

    /// The server that the suites of a run share; each makes databases of its own on it.
    package static func shared() throws -> PostgresServer {
        try self.sharedServer.withLock { shared in
            let result =
                shared
                ?? Result {
                    try PostgresServer()
                }.mapError { $0 as? Failure ?? Failure(description: "\($0)") }
            shared = result
            return try result.get()
        }
    }

    /// Makes the data and starts the server.
    ///
    /// - Parameters:
    ///   - durable: Whether what is committed survives the loss of the machine, as in production; it is slower.
    ///   - tls: Whether it takes TLS, with the certificate ``certificate``.
    /// - Throws: ``Failure`` if there is no PostgreSQL or it does not start.
    package init(durable: Bool = false, tls: Bool = false) throws {
        self.options =
            (durable ? [] : ["fsync=off", "synchronous_commit=off", "full_page_writes=off"])
            + (tls ? ["ssl=on", "ssl_cert_file=../tls.crt", "ssl_key_file=../tls.key"] : [])
        self.folder = try Self.makeFolder()
        self.port = try FreePort.find()
        self.holder = Mutex(nil)
        try Self.run(
            Self.binary("initdb"),
            ["-D", "\(self.folder)/data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        )
        if tls {
            try Self.run(
                "/usr/bin/openssl",
                ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=roost-test"]
                    + ["-addext", "subjectAltName=IP:127.0.0.1"]
                    + ["-keyout", "\(self.folder)/tls.key", "-out", "\(self.folder)/tls.crt"]
            )
        }
        try self.start()
        try self.query("CREATE ROLE roost LOGIN", in: "postgres")
    }

    /// Makes a copy of another server and starts it as its hot standby: it can be read from, and follows.
    ///
    /// - Throws: ``Failure`` if it does not start.
    package init(standbyOf primary: PostgresServer) throws {
        self.options = primary.options
        self.folder = try Self.makeFolder()
        self.port = try FreePort.find()
        self.holder = Mutex(nil)
        try Self.run(
            Self.binary("pg_basebackup"),
            ["-h", primary.folder, "-p", "\(primary.port)", "-U", "postgres", "-D", "\(self.folder)/data"]
                + ["--write-recovery-conf", "--checkpoint=fast", "--no-sync"]
        )
        try self.start()
    }

    deinit { self.end() }

    /// Makes a standby the primary of itself.
    package func promote() throws { try self.query("SELECT pg_promote()", in: "postgres") }

    /// The place in its log up to which a primary has written.
    package var position: String {
        get throws {
            try self.query("SELECT pg_current_wal_insert_lsn()", in: "postgres")
                .trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }

    /// What the server wrote to its log so far.
    package var log: String { (try? String(contentsOfFile: "\(self.folder)/log", encoding: .utf8)) ?? "" }

    /// Makes an empty database that belongs to a role which row-level security binds.
    ///
    /// - Returns: Its URL.
    package func makeDatabase() throws -> String {
        let name = self.databases.withLock { count in
            count += 1
            return "roost\(count)"
        }
        try self.query("CREATE DATABASE \(name) OWNER roost", in: "postgres")
        return self.url(of: name)
    }

    /// The URL of a database, for a role.
    package func url(of database: String, role: String = "roost") -> String {
        "postgres://\(role)@127.0.0.1:\(self.port)/\(database)"
    }

    /// Runs SQL as a superuser.
    ///
    /// - Returns: What psql prints, unaligned and without headings.
    @discardableResult
    package func query(_ sql: String, in database: String) throws -> String {
        try Self.run(
            Self.binary("psql"),
            ["-h", self.folder, "-p", "\(self.port)", "-U", "postgres", "-d", database, "-X", "-q", "-A", "-t"]
                + ["-v", "ON_ERROR_STOP=1", "-c", sql]
        )
    }

    /// Starts the server, on the data that are there.
    package func start() throws {
        let command = """
            folder="$1"; port="$2"
            "$3" -D "$folder/data" -p "$port" -k "$folder" -c listen_addresses=127.0.0.1 \\
                -c max_connections=200 \(self.options.map { "-c \($0)" }.joined(separator: " ")) >"$folder/log" 2>&1 </dev/null &
            server=$!
            trap '' HUP INT TERM
            echo $server >"$folder/pid"
            while read -r order; do [ "$order" = leave ] && exit 0; done
            kill -QUIT $server 2>/dev/null
            wait $server 2>/dev/null
            rm -rf "$folder"
            """
        let (tool, arguments) = Self.asOrdinaryUser(
            "/bin/sh",
            ["-c", command, "sh", self.folder, "\(self.port)", try Self.binary("postgres")]
        )
        try? FileManager.default.removeItem(atPath: "\(self.folder)/pid")
        let holder = try Child(tool, arguments, folder: "/", input: .pipe)
        self.holder.withLock { $0 = holder }
        try self.waitUntilReady()
    }

    /// Ends the server as a power loss would: no farewell, nothing flushed.
    ///
    /// Its data stay.
    package func kill() throws {
        guard let pid = self.pid else { throw Failure(description: "the server has no pid") }
        let processes = [pid] + Self.children(of: pid)
        self.letGo()
        for process in processes { send(SIGKILL, to: process) }
        let end = Date().addingTimeInterval(10)
        while processes.contains(where: Self.isRunning), Date() < end { Thread.sleep(forTimeInterval: 0.01) }
        // Where nobody asks how an orphan ended, its number stays taken and the next server would believe it alive.
        for lock in ["data/postmaster.pid", ".s.PGSQL.\(self.port).lock"] {
            try FileManager.default.removeItem(atPath: "\(self.folder)/\(lock)")
        }
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

    private var pid: Int32? {
        guard let text = try? String(contentsOfFile: "\(self.folder)/pid", encoding: .utf8) else { return nil }
        return Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    private func letGo() {
        self.holder.withLock { holder in
            holder?.write("leave\n")
            holder?.wait()
            holder = nil
        }
    }

    private func waitUntilReady() throws {
        let end = Date().addingTimeInterval(30)
        while Date() < end {
            let ready = try? Self.run(Self.binary("pg_isready"), ["-q", "-h", self.folder, "-p", "\(self.port)"])
            if ready != nil { return }
            // It may find a lock of a server that ended a moment ago.
            if let pid = self.pid, !Self.isRunning(pid) {
                self.letGo()
                Thread.sleep(forTimeInterval: 0.1)
                return try self.start()
            }
            Thread.sleep(forTimeInterval: 0.02)
        }
        throw Failure(description: "PostgreSQL did not start: \(self.log)")
    }
}

/// Sends a signal to a process.
private func send(_ signal: Int32, to pid: Int32) { if pid > 1 { kill(pid, signal) } }

extension PostgresServer {
    private static func children(of parent: Int32) -> [Int32] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.compactMap(Int32.init).filter { Self.status(of: $0)?.parent == parent }
    }

    private static func isRunning(_ pid: Int32) -> Bool { (Self.status(of: pid)?.state ?? "Z") != "Z" }

    /// A process's state and parent: proc(5).
    private static func status(of pid: Int32) -> (state: Substring, parent: Int32)? {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let name = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[name...].split(separator: " ")
        guard fields.count > 2, let parent = Int32(fields[2]) else { return nil }
        return (fields[1], parent)
    }

    static func makeFolder() throws -> String {
        // Short: the path of a Unix socket has about a hundred bytes.
        let folder = "/tmp/roost-pg-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700]
        )
        if getuid() == 0 { try Self.runAsIs("/bin/chown", ["postgres", folder]) }
        return folder
    }

    private static func binary(_ name: String) throws -> String {
        for version in stride(from: 18, through: 14, by: -1) {
            let path = "/usr/lib/postgresql/\(version)/bin/\(name)"
            if FileManager.default.isExecutableFile(atPath: path) { return path }
        }
        for folder in (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":") {
            let path = "\(folder)/\(name)"
            if FileManager.default.isExecutableFile(atPath: path) { return path }
        }
        throw Failure(description: "\(name) is missing: install postgresql")
    }

    /// PostgreSQL refuses to run as root.
    static func asOrdinaryUser(_ tool: String, _ arguments: [String]) -> (String, [String]) {
        guard getuid() == 0 else { return (tool, arguments) }
        return (
            "/usr/bin/setpriv",
            ["--reuid=postgres", "--regid=postgres", "--clear-groups", tool] + arguments
        )
    }

    @discardableResult
    private static func run(_ tool: String, _ arguments: [String]) throws -> String {
        let (tool, arguments) = Self.asOrdinaryUser(tool, arguments)
        return try Self.runAsIs(tool, arguments)
    }

    @discardableResult
    private static func runAsIs(_ tool: String, _ arguments: [String]) throws -> String {
        let child = try Child(tool, arguments, folder: "/", output: .pipe)
        let text = child.readAll()
        let status = child.wait()
        guard status == 0 else {
            throw Failure(description: "\(tool) ended with \(status): \(text)")
        }
        return text
    }
}
