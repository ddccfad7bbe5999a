// A bundle is read twice: first all of it is looked at, then it is stored. So what is wrong with it changes nothing, and what ends an import later can
// be gone on with.

package import StateStore
package import Tenant

/// Brings a bundle into a database.
package struct BundleImport: Sendable {
    /// What is in the bundle.
    package struct Contents: Hashable, Sendable {
        package let header: BundleHeader
        package let end: BundleEnd
        /// How many accounts ask for codes, which are made with what only its own installation opens.
        package let secondFactors: Int
    }

    /// What came of it.
    package struct Outcome: Hashable, Sendable {
        /// How many rows were new.
        package var stored = 0
        /// How many were there already: an import before this one was cut off.
        package var known = 0
        /// How many lines of the archive no history keeps.
        package var unkept = 0
    }

    /// How many rows are stored at a time, and how many bytes of them at most.
    private static let batch = 500
    private static let batchBytes = 4 << 20

    private let file: BundleFile
    private let tenant: TenantID
    private let store: DurableStore
    private let schema: BundleSchema
    private let reseal: BundleIntake.Resealing?

    /// - Parameters:
    ///   - file: The bundle.
    ///   - tenant: Whose it is to be.
    ///   - store: Where to.
    ///   - schema: What the database takes.
    ///   - reseal: Has second factors be of use here; nil leaves them as they are.
    package init(
        _ file: BundleFile,
        as tenant: TenantID,
        into store: DurableStore,
        _ schema: BundleSchema,
        reseal: BundleIntake.Resealing? = nil
    ) {
        (self.file, self.tenant, self.store, self.schema) = (file, tenant, store, schema)
        self.reseal = reseal
    }

    /// Looks at all of the bundle.
    ///
    /// - Returns: What is in it.
    /// - Throws: ``BundleError``
    package func verify() async throws -> Contents {
        var secondFactors = 0
        let (header, end) = try await self.file.read(self.schema) { entry in
            guard case .row(let table, let row) = entry, table.name == "accounts",
                let place = table.place(of: "totp"), case .blob(let sealed) = row[place],
                let name = table.place(of: "folded"), case .text(let account) = row[name]
            else { return }
            secondFactors += 1
            if let reseal = self.reseal, reseal(sealed, account) == nil {
                throw BundleError.refused(
                    "what makes \(account)'s codes is sealed with another secret: name the one of its own installation"
                )
            }
        }
        return Contents(header: header, end: end, secondFactors: secondFactors)
    }

    /// Stores it.
    ///
    /// - Parameters:
    ///   - contents: What it was found to have.
    ///   - progress: Is told how many rows of a table there are by now.
    /// - Returns: What came of it.
    /// - Throws: ``BundleError`` if the bundle may not come, or is another by now; ``DurableStoreError``, after which the same call
    ///   goes on.
    package func run(
        _ contents: Contents,
        progress: (_ table: String, _ rows: Int) -> Void = { _, _ in }
    ) async throws -> Outcome {
        guard let source = TenantID(contents.header.tenant) else { throw BundleError.format("the bundle") }
        let intake = BundleIntake(self.tenant, from: source, into: self.store, self.schema, reseal: self.reseal)
        try Self.check(try await intake.begin(contents.end.sha256), self.tenant)
        var outcome = Outcome()
        var waiting = Waiting()
        var counts: [String: Int] = [:]
        func flush() async throws {
            let stored: Int
            if let table = waiting.table {
                stored = try await intake.store(waiting.rows, of: table)
            } else {
                stored = try await intake.keep(waiting.records)
            }
            outcome.stored += stored
            outcome.known += waiting.count - stored
            if waiting.count > 0 {
                counts[waiting.name, default: 0] += waiting.count
                progress(waiting.name, counts[waiting.name] ?? 0)
            }
            waiting = Waiting()
        }
        let (_, end) = try await self.file.read(self.schema) { entry in
            if !waiting.takes(entry) || waiting.count >= Self.batch || waiting.bytes >= Self.batchBytes {
                try await flush()
            }
            if !waiting.add(entry, of: self.tenant) { outcome.unkept += 1 }
        }
        try await flush()
        guard end == contents.end else { throw BundleError.differs("the file was changed while it was read") }
        try await intake.end()
        return outcome
    }

    private static func check(_ beginning: BundleBeginning, _ tenant: TenantID) throws(BundleError) {
        switch beginning {
        case .begun, .continued: return
        case .otherBundle:
            throw .refused(
                "an import of another bundle for \(tenant) was cut off: go on with that one, or erase \(tenant)"
            )
        case .occupied(let found):
            let words = found.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            throw .refused("there is something of \(tenant) already (\(words)): choose another name, or erase it")
        case .noted(let state):
            throw .refused(
                "the database notes that the data of \(tenant) is \(state.rawValue): wait until that is done"
            )
        }
    }

    /// What is stored together.
    private struct Waiting {
        private(set) var table: BundleTable?
        private(set) var rows: [[SQLValue]] = []
        private(set) var records: [HistoryRecord] = []
        private(set) var bytes = 0

        var count: Int { self.rows.count + self.records.count }
        var name: String { self.table?.name ?? "archive" }

        /// Whether an entry can be stored with what waits.
        func takes(_ entry: BundleEntry) -> Bool {
            switch entry {
            case .row(let table, _): self.count == 0 || self.table == table
            case .archived: self.count == 0 || self.table == nil
            }
        }

        /// Adds an entry.
        ///
        /// - Returns: false if nobody keeps it.
        mutating func add(_ entry: BundleEntry, of tenant: TenantID) -> Bool {
            switch entry {
            case .row(let table, let row):
                self.table = table
                self.rows.append(row)
                self.bytes += row.reduce(0) { $0 + $1.size }
            case .archived(let line):
                guard let record = line.record(of: tenant) else { return false }
                self.table = nil
                self.records.append(record)
                self.bytes += line.text?.utf8.count ?? 0
            }
            return true
        }
    }
}

extension SQLValue {
    /// About how many bytes it has.
    fileprivate var size: Int {
        switch self {
        case .null, .integer, .real: 8
        case .text(let text): text.utf8.count
        case .blob(let blob): blob.count
        }
    }
}
