import CLibPQ
import Tenant

/// A connection of libpq, used on one queue only.
///
/// Every wait ends at the deadline of the call that it works for.
final class PostgresConnection {
    /// Statements kept prepared; they are all constants of the program, so there are few.
    private static let preparedBound = 256

    private let handle: OpaquePointer
    private var isFinished = false
    private var prepared: [String: String] = [:]
    /// The call whose transaction runs.
    var call: PostgresCall?
    /// Whether the connection can no longer be used.
    private(set) var isBroken = false

    /// Tells whether libpq understands a URL.
    static func check(_ url: String) throws(DurableStoreError) {
        var message: UnsafeMutablePointer<CChar>?
        let options = PQconninfoParse(url, &message)
        defer {
            PQconninfoFree(options)
            PQfreemem(message)
        }
        // libpq's own message may repeat the URL, and with it a password.
        guard options != nil else { throw .configuration("the database URL is malformed") }
    }

    /// Connects.
    init(_ url: String, _ call: PostgresCall, until limit: ContinuousClock.Instant) throws(DurableStoreError) {
        // What comes before the URL is a default, what comes after it overrides it.
        let parameters = [
            ("fallback_application_name", "roost"), ("keepalives_idle", "30"), ("tcp_user_timeout", "15000"),
            ("dbname", url), ("client_encoding", "UTF8"),
        ]
        guard let handle = Self.start(parameters) else { throw .unavailable(reason: "out of memory") }
        self.handle = handle
        do throws(DurableStoreError) {
            try self.connect(call, until: limit)
            self.call = call
            try self.prepareSession()
        } catch {
            self.finish()
            throw error
        }
    }

    deinit { self.finish() }

    /// Ends the connection.
    func finish() {
        guard !self.isFinished else { return }
        self.isFinished = true
        self.isBroken = true
        PQfinish(self.handle)
    }

    private static func start(_ parameters: [(String, String)]) -> OpaquePointer? {
        var text: [CChar] = []
        var places: [(Int, Int)] = []
        for (name, value) in parameters {
            let place = text.count
            text += name.utf8CString
            places.append((place, text.count))
            text += value.utf8CString
        }
        return text.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            guard let base = buffer.baseAddress else { return nil }
            let names: [UnsafePointer<CChar>?] = places.map { base + $0.0 } + [nil]
            let values: [UnsafePointer<CChar>?] = places.map { base + $0.1 } + [nil]
            return PQconnectStartParams(names, values, 1)
        }
    }

    private func connect(_ call: PostgresCall, until limit: ContinuousClock.Instant) throws(DurableStoreError) {
        guard PQstatus(self.handle) != CONNECTION_BAD else { throw self.lost() }
        var status = PGRES_POLLING_WRITING
        while status != PGRES_POLLING_OK {
            let writes = status == PGRES_POLLING_WRITING
            try call.wait(for: PQsocket(self.handle), toRead: !writes, toWrite: writes, until: limit)
            status = PQconnectPoll(self.handle)
            if status == PGRES_POLLING_FAILED { throw self.lost() }
        }
        PQsetnonblocking(self.handle, 1)
        _ = PQsetNoticeProcessor(self.handle, { _, _ in }, nil)
    }

    private func prepareSession() throws(DurableStoreError) {
        let rows = try self.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        guard rows.first?.values.first == .integer(0) else {
            throw .configuration(
                "the database role bypasses row-level security: use one that is no superuser and has no BYPASSRLS"
            )
        }
        // So that the server ends a statement whose client is gone.
        try self.executeScript("SET client_connection_check_interval = '1s'")
    }

    /// Opens a transaction of a call.
    func begin(_ scope: SQLScope, _ access: SQLAccess, _ call: PostgresCall) throws(DurableStoreError) {
        self.call = call
        try call.requireTime()
        let time = ContinuousClock.now.duration(to: call.deadline).wholeMilliseconds
        // A little earlier than the call's own end: a statement that the server ends does not cost the connection.
        let statementTime = max(time - min(time / 4, 200), 1)
        // A tenant's name is of letters, digits and hyphens: safe within a literal.
        let (tenant, cell) =
            switch scope {
            case .tenant(let tenant): (tenant.text, "")
            case .cell: ("", "cell")
            }
        try self.executeScript(
            """
            BEGIN \(access == .readOnly ? "READ ONLY" : "READ WRITE");
            SET LOCAL statement_timeout = \(min(statementTime, Int(Int32.max)));
            SELECT set_config('roost.tenant', '\(tenant)', true), set_config('roost.scope', '\(cell)', true)
            """
        )
    }

    /// Commits.
    ///
    /// - Throws: ``DurableStoreError/rejected(code:message:)`` if the server rolled back instead, as it does after a
    ///   failed statement.
    func commit() throws(DurableStoreError) {
        try self.sending { PQsendQuery(self.handle, "COMMIT") }
        let result = try self.answer()
        guard result.command == "COMMIT" else {
            throw .rejected(code: "25P02", message: "a statement of the transaction had failed")
        }
    }

    /// Rolls back, or leaves the connection broken.
    func rollBack(within time: Duration) {
        self.call = PostgresCall(within: time)
        do throws(DurableStoreError) {
            try self.executeScript("ROLLBACK")
        } catch {
            self.isBroken = true
        }
    }
}

// MARK: - Sending and receiving

extension PostgresConnection {
    /// Hands something to libpq and the whole of it to the server.
    func sending(_ send: () -> Int32) throws(DurableStoreError) {
        guard !self.isBroken, send() == 1 else { throw self.lost() }
        try self.flush()
    }

    func flush() throws(DurableStoreError) {
        while true {
            switch PQflush(self.handle) {
            case 0: return
            case 1:
                // The server may have to be read from before it takes more.
                try self.wait(toWrite: true)
                guard PQconsumeInput(self.handle) == 1 else { throw self.lost() }
            default: throw self.lost()
            }
        }
    }

    /// Hands bytes of a COPY to libpq.
    func put(_ bytes: UnsafeRawBufferPointer) throws(DurableStoreError) {
        let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
        guard PQputCopyData(self.handle, start, Int32(bytes.count)) == 1 else { throw self.lost() }
        try self.flush()
    }

    /// Ends a COPY: with all rows, or as a failure for a reason.
    func endCopy(failure: String? = nil) throws(DurableStoreError) {
        try self.sending { PQputCopyEnd(self.handle, failure) }
    }

    /// Waits for the whole answer to what was sent: the last result.
    ///
    /// - Throws: The first error among the results.
    func answer() throws(DurableStoreError) -> PostgresResult {
        var last: PostgresResult?
        var failure: DurableStoreError?
        while let result = try self.nextResult() {
            if let error = result.failure { failure = failure ?? error }
            if result.endsConnection { self.isBroken = true }
            last = result
            if result.wantsCopy { break }
        }
        if PQstatus(self.handle) == CONNECTION_BAD { self.isBroken = true }
        if let failure { throw failure }
        guard let last else { throw self.lost() }
        return last
    }

    private func nextResult() throws(DurableStoreError) -> PostgresResult? {
        while PQisBusy(self.handle) == 1 {
            try self.wait(toWrite: false)
            guard PQconsumeInput(self.handle) == 1 else { throw self.lost() }
        }
        return PQgetResult(self.handle).map(PostgresResult.init)
    }

    private func wait(toWrite: Bool) throws(DurableStoreError) {
        guard let call = self.call else { throw .invalidAnswer("a connection was used outside of a call") }
        do throws(DurableStoreError) {
            try call.wait(for: PQsocket(self.handle), toRead: true, toWrite: toWrite, until: call.deadline)
        } catch {
            // An answer is still on its way: nobody can tell it from the next.
            self.isBroken = true
            throw error
        }
    }

    private func lost() -> DurableStoreError {
        self.isBroken = true
        if let reason = self.call?.ended { return reason }
        guard let message = PQerrorMessage(self.handle) else { return .unavailable(reason: "the connection broke") }
        let text = String(cString: message)
        return .unavailable(reason: text.isEmpty ? "the connection broke" : text.trimmingLineEnd())
    }

    /// The name under which a statement is prepared on this connection.
    func prepare(_ sql: String) throws(DurableStoreError) -> String {
        if let name = self.prepared[sql] { return name }
        if self.prepared.count >= Self.preparedBound {
            try self.executeScript("DEALLOCATE ALL")
            self.prepared = [:]
        }
        let name = "s\(self.prepared.count)"
        try self.sending { PQsendPrepare(self.handle, name, sql, 0, nil) }
        _ = try self.answer()
        self.prepared[sql] = name
        return name
    }

    func sendPrepared(_ name: String, _ parameters: PostgresParameters) throws(DurableStoreError) {
        try self.sending {
            parameters.withPointers { values, lengths, formats in
                PQsendQueryPrepared(
                    self.handle,
                    name,
                    Int32(values.count),
                    values,
                    lengths,
                    formats,
                    1
                )
            }
        }
    }

    func sendScript(_ sql: String) throws(DurableStoreError) { try self.sending { PQsendQuery(self.handle, sql) } }
}

extension String {
    fileprivate func trimmingLineEnd() -> String {
        var text = self[...]
        while text.last?.isNewline == true { text = text.dropLast() }
        return String(text)
    }
}
