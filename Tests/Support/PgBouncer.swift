// A real PgBouncer for tests, before a PostgreSQL of the tests' own. As there, a small shell holds it and ends it by its pid
// as soon as this process is gone.

import Foundation
import Synchronization
import TestChildren

/// A pooler between a PostgreSQL server and its clients.
package final class PgBouncer: Sendable {
    /// When a client gets another session of the server.
    package enum Mode: String, Sendable, CaseIterable {
        case session
        case transaction
        case statement
    }

    /// Where it listens, on 127.0.0.1.
    package let port: Int
    private let holder: Mutex<Child?>

    private static let sharedPooler = Mutex<PgBouncer?>(nil)

    /// The one before ``PostgresServer/shared()`` that the suites of a run share: a session for each transaction.
    package static func shared() throws -> PgBouncer {
        try self.sharedPooler.withLock { shared in
            let pooler = try shared ?? PgBouncer(before: PostgresServer.shared(), .transaction)
            shared = pooler
            return pooler
        }
    }

    /// Starts it.
    ///
    /// - Parameters:
    ///   - server: The server whose databases it has, all of them.
    ///   - mode: How it pools.
    ///   - sessions: How many sessions of the server each database has at most.
    /// - Throws: ``PostgresServer/Failure`` if there is no PgBouncer or it does not start.
    package init(before server: PostgresServer, _ mode: Mode, sessions: Int = 2) throws {
        guard FileManager.default.isExecutableFile(atPath: "/usr/sbin/pgbouncer") else {
            throw PostgresServer.Failure(description: "/usr/sbin/pgbouncer is missing: install pgbouncer")
        }
        let folder = try PostgresServer.makeFolder()
        self.port = try FreePort.find()
        self.holder = Mutex(nil)
        let settings = """
            [databases]
            * = host=127.0.0.1 port=\(server.port) user=roost
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = \(self.port)
            unix_socket_dir =
            auth_type = any
            pool_mode = \(mode.rawValue)
            default_pool_size = \(sessions)
            max_client_conn = 1000
            server_idle_timeout = 1
            logfile = \(folder)/log
            """
        try settings.write(toFile: "\(folder)/settings", atomically: true, encoding: .utf8)
        let (tool, arguments) = PostgresServer.asOrdinaryUser("/bin/sh", ["-c", Self.script, "sh", folder])
        let holder = try Child(tool, arguments, folder: "/", input: .pipe)
        self.holder.withLock { $0 = holder }
        let end = Date().addingTimeInterval(20)
        while !FreePort.isTaken(self.port) {
            guard Date() < end else {
                let log = (try? String(contentsOfFile: "\(folder)/log", encoding: .utf8)) ?? ""
                throw PostgresServer.Failure(description: "PgBouncer does not start: \(log.suffix(500))")
            }
            usleep(5000)
        }
    }

    deinit { self.end() }

    private static let script = """
        folder="$1"
        /usr/sbin/pgbouncer "$folder/settings" >/dev/null 2>&1 </dev/null &
        pooler=$!
        trap '' HUP INT TERM
        while read -r _; do :; done
        kill -KILL $pooler 2>/dev/null
        rm -rf "$folder"
        """

    /// Ends it.
    package func end() {
        self.holder.withLock { holder in
            holder?.endInput()
            holder = nil
        }
    }

    /// A database's URL by way of this.
    package func url(_ url: String, of server: PostgresServer) -> String {
        url.replacing(":\(server.port)/", with: ":\(self.port)/")
    }
}
