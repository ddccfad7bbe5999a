import Crypto
import FoundationEssentials
import ObjectStore
import StateStore

/// Makes a bundle's bytes of what is in it; it holds some of the lines, and zstd's window.
final class BundleEncoder {
    /// So many bytes of lines are compressed at a time.
    private static let piece = 128 << 10

    private var lines: [UInt8] = []
    private var hash = SHA256()
    private let zstd: ZstdCompressor
    private(set) var end = BundleEnd()

    init(_ header: BundleHeader) throws(BundleError) {
        do throws(ArchiveError) { self.zstd = try ZstdCompressor() } catch { throw .archive(error) }
        self.lines = try Self.json(header)
        self.end.lines = 1
    }

    /// Adds a row.
    ///
    /// - Throws: ``BundleError/refused(_:)`` if no reader would take it.
    func add(_ row: [SQLValue], of table: BundleTable) throws(BundleError) {
        let before = self.lines.count
        BundleLine.write(row, of: table, to: &self.lines)
        guard self.lines.count - before <= BundleLines.longestLine else {
            throw .refused("a row of \(table.name) is larger than a line may be")
        }
        self.end.lines += 1
        self.end.tables[table.name, default: 0] += 1
    }

    /// Adds a line of the archive.
    func add(archived line: ArraySlice<UInt8>) {
        BundleLine.write(archived: line, to: &self.lines)
        self.end.lines += 1
        self.end.archive += 1
    }

    /// What is to be written once enough has come; often nothing.
    func take() throws(BundleError) -> [UInt8] { self.lines.count < Self.piece ? [] : try self.compress() }

    /// The rest, with the last line.
    func finish() throws(BundleError) -> [UInt8] {
        let bytes = try self.compress()
        self.end.sha256 = self.hash.finalize().hex
        self.lines = try Self.json(["end": self.end])
        return bytes + (try self.compress(isEnd: true))
    }

    private func compress(isEnd: Bool = false) throws(BundleError) -> [UInt8] {
        self.hash.update(data: self.lines)
        defer { self.lines.removeAll(keepingCapacity: true) }
        do throws(ArchiveError) { return try self.zstd.add(self.lines, isEnd: isEnd) } catch { throw .archive(error) }
    }

    private static func json(_ value: some Encodable) throws(BundleError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do { return Array(try encoder.encode(value)) + [0x0A] } catch {
            throw .refused("no JSON can be made: \(error)")
        }
    }
}
