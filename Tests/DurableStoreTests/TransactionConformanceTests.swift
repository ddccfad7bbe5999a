import StateStore
import Tenant
import Testing

/// What every driver's transactions do.
@Suite struct TransactionConformanceTests {
    @Test(arguments: Driver.allCases)
    func `every kind of value comes back as it went in`(_ driver: Driver) async throws {
        try await driver.withEmptyStore { store in
            let values: [SQLValue] = [
                .null, .integer(.min), .integer(.max), .real(-0.1), .real(1e300), .text("it's $1 – ☕️ \\N\n"), .text(""),
                .blob([0, 1, 255]), .blob([]),
            ]
            let dialect = store.database.dialect
            let types: [SQLType] = [.text, .integer, .integer, .real, .real, .text, .text, .blob, .blob]
            let columns = types.enumerated().map { "c\($0) \(dialect.name(of: $1))" }.joined(separator: ", ")
            let rows = try await store.database.write(.cell) { connection throws(DurableStoreError) in
                try connection.executeScript("CREATE TABLE t (\(columns))")
                _ = try connection.execute("INSERT INTO t VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)", values)
                let table = BulkTable("t", types.enumerated().map { .init("c\($0)", $1) })
                #expect(try connection.insertNew([values, values], into: table) == 2)
                return try connection.execute("SELECT * FROM t")
            }
            #expect(rows == Array(repeating: SQLRow(values), count: 3))
        }
    }

    @Test(arguments: Driver.allCases)
    func `values go to the places that their numbers say`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            let rows = try await store.database.execute(
                "SELECT $2 || '$1' || $1 || $2",
                [.text("a"), .text("b")],
                in: .cell
            )
            #expect(rows == [SQLRow([.text("b$1ab")])])
        }
    }

    @Test(arguments: Driver.allCases)
    func `a transaction that throws leaves nothing behind`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            await #expect(throws: DurableStoreError.conflict("changed my mind")) {
                try await store.database.write(.tenant(try .acme)) { connection throws(DurableStoreError) in
                    _ = try connection.execute(
                        """
                        INSERT INTO accounts (tenant, folded, name, role, created_at, updated_at)
                        VALUES ('acme', 'a', 'a', 'user', 1, 1)
                        """
                    )
                    throw DurableStoreError.conflict("changed my mind")
                }
            }
            let count = try await store.accounts.count(of: .acme)
            #expect(count == 0)
        }
    }

    @Test(arguments: Driver.allCases)
    func `a text with a NUL is refused and hurts nothing`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            let record = HistoryRecord.said(1, in: "#tea", of: try .acme, text: "a\u{0}b")
            await #expect(throws: DurableStoreError.rejected(code: "22021", message: "a text contains a NUL")) {
                try await store.history.store([record])
            }
            await #expect(throws: DurableStoreError.rejected(code: "22021", message: "a text contains a NUL")) {
                try await store.accounts.find("a\u{0}", of: .acme)
            }
            let count = try await store.accounts.count(of: .acme)
            #expect(count == 0)
        }
    }

    @Test(arguments: Driver.allCases)
    func `a wrong statement is refused and hurts nothing`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            let error = await #expect(throws: DurableStoreError.self) {
                try await store.database.execute("SELEKT 1", in: .cell)
            }
            guard case .rejected = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            let count = try await store.accounts.count(of: .acme)
            #expect(count == 0)
        }
    }

    @Test(arguments: Driver.allCases)
    func `a transaction that only reads cannot write`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            await #expect(throws: DurableStoreError.self) {
                try await store.database.execute("DELETE FROM accounts", in: .tenant(try .acme), .readOnly)
            }
        }
    }

    @Test(arguments: Driver.allCases)
    func `many calls at once all succeed`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            try await withThrowingTaskGroup { group in
                for number in 0..<100 {
                    group.addTask {
                        _ = try await store.accounts.create(
                            "u\(number)",
                            folded: "u\(number)",
                            credentials: .some,
                            of: .acme,
                            now: 1
                        )
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await store.accounts.count(of: .acme) == 100)
        }
    }

    @Test(arguments: Driver.allCases)
    func `a closed store says so`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            await store.close()
            await #expect(throws: DurableStoreError.closed) { try await store.accounts.count(of: .acme) }
        }
    }

    @Test(arguments: ["", "mysql://x", "sqlite:", "postgres://[", "postgres://h:port/x?nonsense=1"])
    func `a URL that cannot be used is a matter of configuration`(_ url: String) {
        let error = #expect(throws: DurableStoreError.self) { try DurableStore.open(url, logger: .quiet) }
        guard case .configuration(let message) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(url.isEmpty || !message.contains(url) || url == "sqlite:")
    }
}
