import CLibPQ
import Crypto
import Tenant

/// A connection of libpq, used on one queue only.
///
/// Every wait ends at the deadline of the call that it works for.
final class PostgresConnection {
    /// Statements kept prepared; they are all constants of the program, so there are few.
    private static let preparedBound = 256

    private let handle: OpaquePointer
    private let waker: PostgresWaker
    private let canceller: PostgresCanceller
    private var isFinished = false
    private var prepared: [String: String] = [:]
    /// Makes names of statements that have to be prepared anew differ from those before.
    private var generation = 0
    /// The call whose transaction runs.
    var call: PostgresCall?
    /// When to give up while connecting, if that is before the call's deadline.
    private var limit: ContinuousClock.Instant?
    /// Whether the connection can no longer be used.
    private(set) var isBroken = false
    /// Whether the server still works on something that nobody waits for.
    private var isAbandoned = false
    /// Whether the transaction that runs may write.
    private var mayWrite = false
    /// Whether the server's session is this connection's alone.
    ///
    /// Behind a pooler every transaction may be in another session: nothing that outlives a transaction is of use, nor
    /// may anything be left behind.
    private(set) var ownsSession = false
    /// Whether the transaction failed only because of what the session was believed to have prepared.
    private(set) var hasLostStatement = false

    /// Connects.
    ///
    /// - Parameters:
    ///   - endpoint: Where to; an address if it is not a Unix socket.
    ///   - options: libpq's others, e.g. the user.
    ///   - sessionKind: A value of `target_session_attrs`.
    ///   - call: Whose time it takes.
    ///   - limit: When to give up.
    ///   - waker: The one of the thread that uses the connection.
    ///   - canceller: Ends what is left unfinished.
    /// - Throws: Why not; ``DurableStoreError/timedOut`` at the limit.
    init(
        _ endpoint: PostgresEndpoint,
        options: [String: String],
        sessionKind: String,
        _ call: PostgresCall,
        until limit: ContinuousClock.Instant,
        _ waker: PostgresWaker,
        _ canceller: PostgresCanceller
    ) throws(DurableStoreError) {
        // What comes before the options is a default, what comes after them overrides them.
        let parameters =
            [("fallback_application_name", "roost"), ("keepalives_idle", "30"), ("tcp_user_timeout", "15000")]
            + options.map { ($0.key, $0.value) }
            + [
                ("host", endpoint.host), ("hostaddr", endpoint.address), ("port", endpoint.port),
                ("target_session_attrs", sessionKind), ("client_encoding", "UTF8"),
            ]
        guard let handle = Self.start(parameters) else { throw .unavailable(reason: "out of memory") }
        self.handle = handle
        self.waker = waker
        self.canceller = canceller
        do throws(DurableStoreError) {
            try self.connect(call, until: limit)
            self.call = call
            self.limit = limit
            try self.examineSession()
            self.limit = nil
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
        if self.isAbandoned { self.canceller.end(self.handle) } else { PQfinish(self.handle) }
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
            return PQconnectStartParams(names, values, 0)
        }
    }

    private func connect(_ call: PostgresCall, until limit: ContinuousClock.Instant) throws(DurableStoreError) {
        guard PQstatus(self.handle) != CONNECTION_BAD else { throw self.lost() }
        var status = PGRES_POLLING_WRITING
        while status != PGRES_POLLING_OK {
            let writes = status == PGRES_POLLING_WRITING
            try call.wait(for: PQsocket(self.handle), toRead: !writes, toWrite: writes, until: limit, self.waker)
            status = PQconnectPoll(self.handle)
            if status == PGRES_POLLING_FAILED { throw self.lost() }
        }
        PQsetnonblocking(self.handle, 1)
        _ = PQsetNoticeProcessor(self.handle, { _, _ in }, nil)
    }

    /// Finds out who we are, and whether there is a pooler in between: it makes up the number of the process that libpq
    /// is told.
    private func examineSession() throws(DurableStoreError) {
        let rows = try self.execute(
            """
            SELECT pg_backend_pid(), CAST(rolsuper OR rolbypassrls AS INT) FROM pg_roles WHERE rolname = current_user
            """
        )
        guard let row = rows.first, try row.integer(1) == 0 else {
            throw .configuration(
                "the database role bypasses row-level security: use one that is no superuser and has no BYPASSRLS"
            )
        }
        self.ownsSession = try row.integer(0) == Int64(PQbackendPID(self.handle))
    }

    /// Opens a transaction of a call.
    func begin(_ scope: SQLScope, _ access: SQLAccess, _ call: PostgresCall) throws(DurableStoreError) {
        self.call = call
        self.mayWrite = access == .readWrite
        self.hasLostStatement = false
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
        // All of it for this transaction only. The last has the server end a statement whose client is gone.
        let settings = [
            ("roost.tenant", tenant), ("roost.scope", cell),
            ("statement_timeout", "\(min(statementTime, Int(Int32.max)))"), ("client_connection_check_interval", "1s"),
        ]
        do throws(DurableStoreError) {
            try self.executeScript(
                """
                BEGIN \(access == .readOnly ? "READ ONLY" : "READ WRITE");
                SELECT \(settings.map { "set_config('\($0)', '\($1)', true)" }.joined(separator: ", "))
                """
            )
        } catch .unavailable(let reason) where reason.contains("statement pooling mode") {
            // PgBouncer's words; its code is that of any of its troubles.
            throw .configuration("the pooler before the database has no transactions: set pool_mode to transaction")
        } catch .rejected("0A000", let reason) {
            // A standby: where there are several servers, another may be the primary by now.
            self.isBroken = true
            throw .unavailable(reason: reason)
        }
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
            if result.endsConnection || (self.mayWrite && result.isReadOnlyServer) { self.isBroken = true }
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
            let limit = min(self.limit ?? call.deadline, call.deadline)
            try call.wait(for: PQsocket(self.handle), toRead: true, toWrite: toWrite, until: limit, self.waker)
        } catch {
            // An answer is still on its way: nobody can tell it from the next.
            self.isBroken = true
            self.isAbandoned = true
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

    /// Runs a statement: prepared where the session is ours, else parsed and run in one message under no name.
    func result(of sql: String, _ parameters: PostgresParameters) throws(DurableStoreError) -> PostgresResult {
        guard self.ownsSession else {
            try self.sending {
                parameters.withPointers { values, lengths, formats in
                    PQsendQueryParams(self.handle, sql, Int32(values.count), nil, values, lengths, formats, 1)
                }
            }
            return try self.answer()
        }
        do throws(DurableStoreError) {
            let name = try self.prepare(sql)
            try self.sending {
                parameters.withPointers { values, lengths, formats in
                    PQsendQueryPrepared(self.handle, name, Int32(values.count), values, lengths, formats, 1)
                }
            }
            return try self.answer()
        } catch {
            self.noteIfLost(error)
            throw error
        }
    }

    /// The name under which a statement is prepared on this connection.
    ///
    /// The name says what the statement is: should somebody else's be found under it, it is the same.
    private func prepare(_ sql: String) throws(DurableStoreError) -> String {
        if let name = self.prepared[sql] { return name }
        if self.prepared.count >= Self.preparedBound {
            try self.executeScript("DEALLOCATE ALL")
            self.prepared = [:]
        }
        let digest = SHA256.hash(data: Array(sql.utf8)).prefix(16).map { String($0, radix: 16) }.joined(separator: "_")
        let name = "roost_\(self.generation)_\(digest)"
        try self.sending { PQsendPrepare(self.handle, name, sql, 0, nil) }
        _ = try self.answer()
        self.prepared[sql] = name
        return name
    }

    /// Finds out from a refusal that the session does not have what it was believed to have.
    private func noteIfLost(_ error: DurableStoreError) {
        guard case .rejected(let code, _) = error else { return }
        switch code {
        case "0A000":
            // The plan is of a table that was changed meanwhile.
            self.generation += 1
            self.prepared = [:]
        case "26000", "42P05":
            // A pooler that hides: the statement is in another session, or this session has it of somebody else.
            self.ownsSession = false
        default: return
        }
        self.hasLostStatement = true
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
