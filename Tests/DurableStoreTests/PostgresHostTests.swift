import Dispatch
import StateStore
import Synchronization
import Tenant
import TestSupport
import Testing

/// Several servers in one URL, of which some are away, mute, or not what was asked for.
@Suite struct PostgresHostTests {
    /// A URL of the same database with other hosts.
    private func url(_ url: String, _ hosts: [String], _ query: String = "") throws -> String {
        let parts = try #require(url.firstRange(of: "@"))
        let name = try #require(url.split(separator: "/").last)
        return "\(url[..<parts.upperBound])\(hosts.joined(separator: ","))/\(name)\(query)"
    }

    private func host(_ port: Int) -> String { "127.0.0.1:\(port)" }

    /// Connects to a URL once.
    ///
    /// - Returns: The port of the server that answered, as it knows it.
    private func ask(
        _ url: String,
        resolver: HostResolver = HostResolver(),
        within deadline: Duration = .seconds(30)
    ) async throws -> Int64 {
        let database = try PostgresDatabase(url: url, connections: 1, resolver: resolver, logger: .quiet)
        let rows: [SQLRow]
        do {
            rows = try await self.ask(database, within: deadline)
        } catch {
            await database.close()
            throw error
        }
        await database.close()
        return try #require(rows.first).integer(0)
    }

    private func ask(_ database: PostgresDatabase, within deadline: Duration) async throws -> [SQLRow] {
        try await database.withTransaction(.cell, .readOnly, deadline: deadline) {
            connection throws(DurableStoreError) in
            try connection.execute("SELECT inet_server_port()")
        }
    }

    @Test(arguments: BlackHole.Kind.allCases)
    func `a host that swallows connections costs its share of the time and the next one is used`(
        _ kind: BlackHole.Kind
    ) async throws {
        let server = try PostgresServer.shared()
        let hole = try BlackHole(kind)
        let url = try self.url(server.makeDatabase(), [self.host(hole.port), self.host(server.port)])
        let database = try PostgresDatabase(url: url, connections: 2, logger: .quiet)
        let rows = try await self.ask(database, within: .seconds(6))
        #expect(rows == [SQLRow([.integer(Int64(server.port))])])
        await database.close()
        withExtendedLifetime(hole) {}
    }

    @Test func `connect_timeout is for each host`() async throws {
        let server = try PostgresServer.shared()
        let holes = try [BlackHole(.dropsConnections), BlackHole(.neverAnswers)]
        let url = try self.url(
            server.makeDatabase(),
            holes.map { self.host($0.port) } + [self.host(server.port)],
            "?connect_timeout=2"
        )
        let database = try PostgresDatabase(url: url, connections: 1, logger: .quiet)
        let time = try await ContinuousClock().measure { _ = try await self.ask(database, within: .seconds(60)) }
        #expect((.seconds(4)..<(.seconds(30))).contains(time), "two seconds each: \(time)")
        await database.close()
        withExtendedLifetime(holes) {}
    }

    @Test func `what did not answer is asked last for a while`() async throws {
        let server = try PostgresServer.shared()
        let hole = try BlackHole(.neverAnswers)
        let url = try self.url(server.makeDatabase(), [self.host(hole.port), self.host(server.port)])
        let database = try PostgresDatabase(url: url, connections: 3, logger: .quiet)
        _ = try await self.ask(database, within: .seconds(8))
        #expect(hole.takeClients() == 1)
        // Three calls at once need two connections more, neither of which waits for the first host again.
        try await withThrowingTaskGroup { group in
            for _ in 0..<3 {
                group.addTask {
                    _ = try await database.withTransaction(.cell, .readOnly, deadline: .seconds(60)) {
                        connection throws(DurableStoreError) in
                        try connection.execute("SELECT pg_sleep(0.5)")
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(hole.takeClients() == 0)
        await database.close()
    }

    @Test func `every address of a name is tried`() async throws {
        let server = try PostgresServer.shared()
        // Nothing listens at the first, since the server has 127.0.0.1 alone.
        let resolver = HostResolver { name throws(HostResolver.Failure) in
            guard name == "db.example" else { throw HostResolver.Failure("no such name") }
            return ["127.0.0.2", "127.0.0.1"]
        }
        let url = try self.url(server.makeDatabase(), ["nowhere.example:5432", "db.example:\(server.port)"])
        #expect(try await self.ask(url, resolver: resolver) == Int64(server.port))
    }

    @Test func `a name server that never answers holds up neither the next host nor the caller`() async throws {
        let server = try PostgresServer.shared()
        let silence = DispatchSemaphore(value: 0)
        defer { silence.signal() }
        let asked = Mutex(0)
        let resolver = HostResolver { _ throws(HostResolver.Failure) in
            asked.withLock { $0 += 1 }
            silence.wait()
            throw HostResolver.Failure("it was silent")
        }
        let url = try self.url(
            server.makeDatabase(),
            ["mute.example:5432", self.host(server.port)],
            "?connect_timeout=2"
        )
        #expect(try await self.ask(url, resolver: resolver) == Int64(server.port))

        let alone = try PostgresDatabase(
            url: "postgres://roost@mute.example/roost",
            connections: 4,
            resolver: resolver,
            logger: .quiet
        )
        let time = await ContinuousClock().measure {
            await withTaskGroup { group in
                for _ in 0..<4 {
                    group.addTask {
                        await #expect {
                            _ = try await self.ask(alone, within: .seconds(3))
                        } throws: { error in
                            String(reflecting: error) == "unavailable: looking the name mute.example up takes too long"
                        }
                    }
                }
            }
        }
        #expect(time < .seconds(10), "\(time)")
        #expect(asked.withLock { $0 } == 1, "one thread waits for the name, whoever asks")
        let call = Task { try await self.ask(alone, within: .seconds(600)) }
        call.cancel()
        await #expect(throws: DurableStoreError.cancelled) { try await call.value }
        await alone.close()
    }

    @Test func `names, addresses, ports and options of a URL are understood as libpq does`() async throws {
        let server = try PostgresServer.shared()
        let url = try server.makeDatabase()
        let port = server.port
        let resolver = HostResolver { _ throws(HostResolver.Failure) in throw HostResolver.Failure("not to be asked") }
        for (hosts, query) in [
            (["localhost"], "?hostaddr=127.0.0.1&port=\(port)"),
            (["localhost", "elsewhere"], "?hostaddr=127.0.0.1,127.0.0.1&port=\(port)"),
            (["a", "b"], "?hostaddr=127.0.0.1,127.0.0.1&port=1,\(port)&sslmode=disable"),
            (["127.0.0.1"], "?port=\(port)&target_session_attrs=prefer-standby"),
        ] {
            #expect(try await self.ask(self.url(url, hosts, query), resolver: resolver) == Int64(port), "\(query)")
        }
    }

    @Test(arguments: [
        "postgres://a,b/x?port=1,2,3", "postgres://a/x?hostaddr=127.0.0.1,127.0.0.2", "postgres://a:99999/x",
        "postgres://a/x?target_session_attrs=best", "postgres://a/x?connect_timeout=soon", "postgres:///x?service=s",
    ])
    func `a URL that cannot work is a matter of configuration`(_ url: String) {
        let error = #expect(throws: DurableStoreError.self) { try PostgresDatabase(url: url, logger: .quiet) }
        guard case .configuration = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `target_session_attrs finds the primary behind a standby, and follows a promotion`() async throws {
        let primary = try PostgresServer()
        defer { primary.end() }
        let url = try primary.makeDatabase()
        let standby = try PostgresServer(standbyOf: primary)
        defer { standby.end() }
        let both = [standby.port, primary.port].map(self.host)
        let (first, second) = (Int64(standby.port), Int64(primary.port))
        for (attributes, expected) in [
            ("any", first), ("read-write", second), ("primary", second), ("read-only", first), ("standby", first),
            ("prefer-standby", first),
        ] {
            let port = try await self.ask(self.url(url, both, "?target_session_attrs=\(attributes)"))
            #expect(port == expected, "\(attributes)")
        }
        let mute = try self.url(url, [self.host(primary.port)], "?target_session_attrs=standby")
        await #expect { try await self.ask(mute, within: .seconds(2)) } throws: { error in
            String(reflecting: error).contains("not in hot standby mode")
        }

        let unable = try PostgresDatabase(
            url: self.url(url, [self.host(standby.port)]),
            connections: 1,
            logger: .quiet
        )
        await #expect {
            _ = try await unable.withTransaction(.cell, .readWrite, deadline: .seconds(2)) {
                connection throws(DurableStoreError) in
                try connection.execute("SELECT 1")
            }
        } throws: { error in
            String(reflecting: error) == "unavailable: cannot set transaction read-write mode during recovery"
        }
        await unable.close()

        let store = try DurableStore.open(
            self.url(url, both, "?target_session_attrs=read-write"),
            connections: 1,
            logger: .quiet
        )
        _ = try await store.migrator.up(now: 0)
        _ = try await store.accounts.create("alice", folded: "alice", credentials: .some, of: .acme, now: 1)
        try await until("the standby has it") {
            try standby.query("SELECT pg_last_wal_replay_lsn() >= '\(try primary.position)'", in: "postgres") == "t\n"
        }
        try primary.kill()
        try standby.promote()
        #expect(try await store.accounts.count(of: .acme) == 1)
        _ = try await store.accounts.create("bob", folded: "bob", credentials: .some, of: .acme, now: 1)
        await store.close()
    }
}
