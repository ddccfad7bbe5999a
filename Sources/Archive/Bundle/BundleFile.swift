import Crypto
import FoundationEssentials
import ObjectStore
package import StateStore
import Tenant

/// What a line of a bundle holds.
package enum BundleEntry: Sendable {
    case row(BundleTable, [SQLValue])
    case archived(ArchiveLine)
}

/// A bundle in a file.
package struct BundleFile: Sendable {
    private let path: String

    package init(_ path: String) { self.path = path }

    /// What it says of itself.
    package func header() throws(BundleError) -> BundleHeader { try self.header(of: BundleLines(self.path)) }

    /// Goes through all of it.
    ///
    /// - Parameters:
    ///   - schema: What a database takes.
    ///   - body: Gets each line, in order.
    /// - Returns: What the bundle says of itself, which is so.
    /// - Throws: ``BundleError``, and what the body throws.
    package func read(
        _ schema: BundleSchema,
        _ body: (BundleEntry) async throws -> Void
    ) async throws -> (header: BundleHeader, end: BundleEnd) {
        let lines = try BundleLines(self.path)
        var hash = SHA256()
        let header = try self.header(of: lines) { hash.update(data: $0) }
        var counted = BundleEnd()
        while let bytes = try lines.next() {
            counted.lines = lines.number - 1
            let line: BundleLine
            do { line = try BundleLine.read(bytes) } catch {
                throw BundleError.line(lines.number, "it is no JSON of a bundle")
            }
            if let end = line.end {
                counted.sha256 = hash.finalize().hex
                try Self.check(counted, is: end)
                if try lines.next() != nil { throw BundleError.line(lines.number, "it follows the end") }
                return (header, end)
            }
            hash.update(data: bytes)
            let entry: BundleEntry
            do throws(BundleFault) { entry = try Self.entry(line, schema, header) } catch {
                throw BundleError.line(lines.number, "\(error)")
            }
            switch entry {
            case .row(let table, _): counted.tables[table.name, default: 0] += 1
            case .archived: counted.archive += 1
            }
            try await body(entry)
        }
        throw BundleError.truncated
    }

    private func header(
        of lines: BundleLines,
        _ body: (ArraySlice<UInt8>) -> Void = { _ in }
    ) throws(BundleError) -> BundleHeader {
        guard let line = try lines.next() else { throw .format("\(self.path) is empty") }
        body(line)
        let header: BundleHeader
        do { header = try JSONDecoder().decode(BundleHeader.self, from: Data(line)) } catch {
            throw .format("\(self.path) does not begin as a bundle does")
        }
        guard header.format == BundleHeader.format else {
            throw .format("\(self.path) is of the format \(header.format), this program knows \(BundleHeader.format)")
        }
        guard header.schema <= Schema.version else { throw .newer(schema: header.schema, known: Schema.version) }
        guard TenantID(header.tenant) != nil else { throw .line(1, "`\(header.tenant)` is no tenant's name") }
        return header
    }

    private static func entry(
        _ line: BundleLine,
        _ schema: BundleSchema,
        _ header: BundleHeader
    ) throws(BundleFault) -> BundleEntry {
        if let archived = line.archive {
            guard archived.isReadable else {
                throw .wrongValue("archive", table: "the line", wanted: "a line of an archive")
            }
            return .archived(archived)
        }
        guard let name = line.table, line.row != nil else { throw .unknownTable("") }
        guard let table = BundleTable.named(name) else { throw .unknownTable(name) }
        let row = try schema.row(line.values(of: table), of: table, isOlder: header.schema < Schema.version)
        if table.name == "history" { try HistoryRepository.check(bundled: row) }
        return .row(table, row)
    }

    private static func check(_ counted: BundleEnd, is end: BundleEnd) throws(BundleError) {
        for name in Set(counted.tables.keys).union(end.tables.keys).sorted() {
            let (found, said) = (counted.tables[name] ?? 0, end.tables[name] ?? 0)
            if found != said { throw .differs("\(name) has \(found) rows, and should have \(said)") }
        }
        if counted.archive != end.archive {
            throw .differs("it has \(counted.archive) lines of the archive, and should have \(end.archive)")
        }
        if counted.lines != end.lines { throw .differs("it has \(counted.lines) lines, and should have \(end.lines)") }
        if counted.sha256 != end.sha256 { throw .differs("its SHA-256 is another than it says") }
    }
}
