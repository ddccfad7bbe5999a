// A line of a bundle is one JSON object (RFC 8259). Rows are written by hand, since there are many; bytes are in base64, all else is as it is.

import FoundationEssentials
import StateStore

/// A line behind the first.
struct BundleLine: Decodable {
    /// A value of a row.
    enum Value: Decodable {
        case null
        case integer(Int64)
        case text(String)
        /// Nothing that a row has.
        case other

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                self = .null
            } else if let text = try? container.decode(String.self) {
                self = .text(text)
            } else if let integer = try? container.decode(Int64.self) {
                self = .integer(integer)
            } else {
                self = .other
            }
        }
    }

    let table: String?
    let row: [String: Value]?
    let archive: ArchiveLine?
    let end: BundleEnd?

    /// Reads a line.
    static func read(_ line: ArraySlice<UInt8>) throws -> BundleLine {
        try JSONDecoder().decode(BundleLine.self, from: Data(line))
    }

    /// The row's values, bytes where a column wants them; what no column takes is a number that is none.
    func values(of table: BundleTable) -> [String: SQLValue] {
        guard let row else { return [:] }
        var values: [String: SQLValue] = [:]
        for (name, value) in row {
            let type = table.place(of: name).map { table.columns[$0].type }
            switch (value, type) {
            case (.null, _): values[name] = .null
            case (.integer(let integer), _): values[name] = .integer(integer)
            case (.text(let text), .blob):
                values[name] = Data(base64Encoded: text).map { .blob(Array($0)) } ?? .text(text)
            case (.text(let text), _): values[name] = .text(text)
            // No column is of such.
            case (.other, _): values[name] = .real(.nan)
            }
        }
        return values
    }

    // MARK: Writing

    /// Adds a row's line.
    static func write(_ row: [SQLValue], of table: BundleTable, to bytes: inout [UInt8]) {
        bytes += #"{"table":""#.utf8
        bytes += table.name.utf8
        bytes += #"","row":{"#.utf8
        for (index, (column, value)) in zip(table.columns, row).enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            Self.write(column.name, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            switch value {
            // No column is of fractions.
            case .null, .real: bytes += "null".utf8
            case .integer(let integer): bytes += String(integer).utf8
            case .text(let text): Self.write(text, to: &bytes)
            case .blob(let blob): Self.write(Data(blob).base64EncodedString(), to: &bytes)
            }
        }
        bytes += "}}\n".utf8
    }

    /// Adds a line of the archive, which has its line feed.
    static func write(archived line: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
        bytes += #"{"archive":"#.utf8
        bytes += line.last == 0x0A ? line.dropLast() : line
        bytes += "}\n".utf8
    }

    private static func write(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { LineText.escape($0, to: &bytes) }
        bytes.append(UInt8(ascii: "\""))
    }
}
