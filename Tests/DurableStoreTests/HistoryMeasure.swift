import Foundation
import StateStore
import Tenant
import TestSupport
import Testing

/// What the history costs: run by hand, with how many rows to fill in.
///
/// ```
/// ROOST_MEASURE_ROWS=1000000 swift test --filter HistoryMeasure
/// ```
@Suite(.serialized, .enabled(if: measuredRows > 0)) struct HistoryMeasure {
    private static let conversations = 200
    private static let start: Int64 = 1_834_185_600_000

    /// Words of which few are common and many are rare.
    private static func text(_ random: inout some RandomNumberGenerator) -> String {
        var text = ""
        while text.utf8.count < 100 {
            let rank = Int(pow(20_000, Double.random(in: 0..<1, using: &random)))
            text += "word\(rank) "
        }
        return String(text.prefix(100))
    }

    private static func conversation(_ number: Int) -> String {
        number.isMultiple(of: 2) ? "#channel\(number)" : "@auser\(number) auser\(number + 1)"
    }

    private static func record(_ number: Int, _ random: inout some RandomNumberGenerator) -> HistoryRecord {
        let conversation = Int.random(in: 0..<self.conversations, using: &random)
        let user = conversation * 3 + number % 3
        return HistoryRecord(
            TenantID("acme") ?? .cell,
            in: self.conversation(conversation),
            id: Stamp(
                position: Position(
                    epoch: UInt64(self.start) << 20 + UInt64(conversation),
                    sequence: UInt64(number + 1)
                ),
                time: self.start + Int64(number) * 1000
            ),
            number.isMultiple(of: 5) ? .join : .privmsg,
            prefix: "User\(user)!~user\(user)@user-\(user).hidden.example",
            account: "user\(user)",
            target: conversation.isMultiple(of: 2) ? "" : "User\(user + 1)",
            text: self.text(&random)
        )
    }

    private static var cpu: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    private func report(_ line: String) { FileHandle.standardError.write(Data("MEASURE \(line)\n".utf8)) }

    @Test(arguments: [Driver.sqliteFile, .postgres].filter { measuredDriver == nil || $0.rawValue == measuredDriver })
    func `rows for each second of CPU, bytes for each byte, and questions`(driver: Driver) async throws {
        try await driver.withStore { store in
            var random = SystemRandomNumberGenerator()
            try await store.history.makeMonths(now: Self.start)
            try await self.fillAsBefore(store, driver, &random)
            var (cpu, wall) = (0.0, 0.0)
            for batch in stride(from: 0, to: measuredRows, by: 1000) {
                let records = (batch..<batch + 1000).map { Self.record($0, &random) }
                let (cpuBefore, before) = (Self.cpu, ContinuousClock.now)
                _ = try await store.history.store(records)
                cpu += Self.cpu - cpuBefore
                wall += (ContinuousClock.now - before) / .seconds(1)
            }
            self.report(
                "\(driver) new: \(Int(Double(measuredRows) / cpu)) rows/CPU s, \(Int(Double(measuredRows) / wall)) rows/s"
            )
            try await self.sizes(store, driver)
            try await self.ask(store, driver, &random)
        }
    }

    /// The table and the rows that there were before.
    private func fillAsBefore(_ store: DurableStore, _ driver: Driver, _ random: inout some RandomNumberGenerator)
        async throws
    {
        let (int, text, blob) =
            driver == .postgres ? ("BIGINT", "TEXT COLLATE \"C\"", "BYTEA") : ("INTEGER", "TEXT", "BLOB")
        for sql in [
            """
            CREATE TABLE history_before (tenant \(text) NOT NULL, kind \(text) NOT NULL, name \(text) NOT NULL,
            epoch \(int) NOT NULL, sequence \(int) NOT NULL, time \(int) NOT NULL, payload \(blob) NOT NULL,
            PRIMARY KEY (tenant, kind, name, epoch, sequence))\(driver == .postgres ? "" : " STRICT, WITHOUT ROWID")
            """,
            "CREATE INDEX hb1 ON history_before (tenant, kind, name, time, epoch, sequence)",
            "CREATE INDEX hb2 ON history_before (tenant, time)",
        ] { _ = try await store.database.execute(sql, in: .cell) }
        let table = BulkTable(
            "history_before",
            [
                .init("tenant", .text), .init("kind", .text), .init("name", .text), .init("epoch", .integer),
                .init("sequence", .integer), .init("time", .integer), .init("payload", .blob),
            ]
        )
        let count = min(measuredRows, 100_000)
        var (cpu, wall) = (0.0, 0.0)
        for batch in stride(from: 0, to: count, by: 1000) {
            let rows: [[SQLValue]] = (batch..<batch + 1000).map { number in
                let record = Self.record(number, &random)
                let line = ":\(record.prefix) PRIVMSG \(record.conversation) :\(record.text ?? "")\r\n"
                return [
                    .text("acme"), .text("c"), .text(record.conversation),
                    .integer(Int64(record.id.position.epoch)), .integer(Int64(number + 1)), .integer(record.id.time),
                    .blob(Array(repeating: 0, count: 22) + Array(line.utf8)),
                ]
            }
            let (cpuBefore, before) = (Self.cpu, ContinuousClock.now)
            try await store.database.write(.cell) { connection throws(DurableStoreError) in
                _ = try connection.insertNew(rows, into: table)
            }
            cpu += Self.cpu - cpuBefore
            wall += (ContinuousClock.now - before) / .seconds(1)
        }
        self.report("\(driver) old: \(Int(Double(count) / cpu)) rows/CPU s, \(Int(Double(count) / wall)) rows/s")
        if driver == .postgres {
            let size = try await store.database.execute("SELECT pg_total_relation_size('history_before')", in: .cell)
            self.report("old bytes a row: \(try size[0].integer(0) / Int64(count))")
        } else {
            let size = try await store.database.execute(
                "SELECT SUM(pgsize) FROM dbstat WHERE name LIKE '%h%b%' AND (name LIKE 'hb_' OR name = 'history_before')",
                in: .cell
            )
            self.report("old bytes a row: \(try size[0].integer(0) / Int64(count))")
        }
        _ = try await store.database.execute("DROP TABLE history_before", in: .cell)
    }

    private func sizes(_ store: DurableStore, _ driver: Driver) async throws {
        let sql =
            driver == .postgres
            ? """
            SELECT CAST(c.relname AS TEXT), pg_relation_size(c.oid) FROM pg_class c
            WHERE (c.relname LIKE 'history%' OR c.relname LIKE 'conversation%') AND c.relkind IN ('r', 'i')
            """
            : "SELECT name, SUM(pgsize) FROM dbstat WHERE name LIKE 'history%' OR name LIKE 'conv%' GROUP BY name"
        for row in try await store.database.execute(sql, in: .cell) where try row.integer(1) > Int64(measuredRows) {
            self.report("\(driver) \(try row.text(0)): \(try row.integer(1) / Int64(measuredRows)) bytes a row of 100")
        }
    }

    private func ask(_ store: DurableStore, _ driver: Driver, _ random: inout some RandomNumberGenerator) async throws {
        let acme = try TenantID.acme
        if driver == .postgres { _ = try await store.database.execute("ANALYZE", in: .cell) }
        let all = (0..<Self.conversations).map(Self.conversation)
        let end = Self.start + Int64(measuredRows) * 1000
        func cursor(_ random: inout some RandomNumberGenerator) -> HistoryCursor {
            .start(of: Int64.random(in: Self.start..<end, using: &random))
        }
        func place(_ random: inout some RandomNumberGenerator) -> String { all.randomElement(using: &random) ?? "" }
        func time(_ name: String, _ body: (inout SystemRandomNumberGenerator) async throws -> Int) async throws {
            var random = SystemRandomNumberGenerator()
            var times: [Double] = []
            var rows = 0
            for _ in 0..<150 {
                let before = ContinuousClock.now
                rows += try await body(&random)
                times.append((ContinuousClock.now - before) / .milliseconds(1))
            }
            times.sort()
            let line = [0.5, 0.99, 1].map { String(format: "%.1f", times[min(149, Int($0 * 150))]) }
            self.report("\(driver) \(name): p50 \(line[0]) p99 \(line[1]) max \(line[2]) ms, \(rows / 150) rows")
        }
        for events in [false, true] {
            try await time("latest, events \(events)") {
                try await store.history.read(place(&$0), of: acme, .latest(after: nil), limit: 100, events: events)
                    .count
            }
        }
        try await time("before") {
            try await store.history.read(place(&$0), of: acme, .before(cursor(&$0)), limit: 100, events: false).count
        }
        try await time("after") {
            try await store.history.read(place(&$0), of: acme, .after(cursor(&$0)), limit: 100, events: false).count
        }
        try await time("around") {
            try await store.history.read(place(&$0), of: acme, .around(cursor(&$0)), limit: 100, events: false).count
        }
        try await time("between") {
            let part = HistoryRepository.Part.between(cursor(&$0), cursor(&$0))
            return try await store.history.read(place(&$0), of: acme, part, limit: 100, events: false).count
        }
        try await time("targets") { _ in
            let channels = all.filter { $0.hasPrefix("#") }
            return try await store.history.targets(
                of: acme,
                party: "auser7",
                channels: channels,
                between: Self.start...end,
                limit: 100
            ).count
        }
        for (name, words) in [("common", 1...10), ("middling", 200...400), ("rare", 10_000...20_000)] {
            for count in [1, 20, Self.conversations] {
                try await time("search \(name) in \(count)") {
                    var search = HistorySearch(in: Array(all.shuffled(using: &$0).prefix(count)))
                    search.text = "word\(Int.random(in: words, using: &$0))"
                    return try await store.history.search(search, of: acme).count
                }
            }
        }
        try await time("search two words in 20") {
            var search = HistorySearch(in: Array(all.shuffled(using: &$0).prefix(20)))
            search.text = "word\(Int.random(in: 1...50, using: &$0)) word\(Int.random(in: 1...500, using: &$0))"
            return try await store.history.search(search, of: acme).count
        }
        try await time("search by sender in 1") {
            let number = Int.random(in: 0..<Self.conversations, using: &$0)
            var search = HistorySearch(in: [Self.conversation(number)])
            search.sender = "user\(number * 3 + 1)"
            return try await store.history.search(search, of: acme).count
        }
        try await time("search by a stranger in 200") {
            var search = HistorySearch(in: all)
            search.sender = "nobody\($0.next() % 10)"
            return try await store.history.search(search, of: acme).count
        }
        try await time("marker") {
            try await store.readMarkers.advance(place(&$0), to: Int64($0.next() >> 2), by: "ann", of: acme) > 0 ? 1 : 0
        }
    }
}

/// Nothing is measured unless somebody says how much.
private let measuredRows = Int(ProcessInfo.processInfo.environment["ROOST_MEASURE_ROWS"] ?? "") ?? 0
private let measuredDriver = ProcessInfo.processInfo.environment["ROOST_MEASURE_DRIVER"]
