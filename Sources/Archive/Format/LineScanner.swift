// What a line says of where it belongs, without reading it as JSON: the first keys of every line come in one order, and their values have
// escapes only in names.

import StateStore

/// The keys of a line that it is sorted and counted by.
struct ScannedLine {
    let stamp: Stamp
    /// Their bytes, without escapes.
    let log: ArraySlice<UInt8>
    let conversation: ArraySlice<UInt8>

    private static let keys: [StaticString] = [
        "{\"id\":\"", "\",\"time\":\"", "\",\"log\":\"", "\",\"conversation\":\"",
    ]

    /// Reads the beginning of a line.
    ///
    /// - Returns: nil if it is no line of this form.
    init?(_ line: ArraySlice<UInt8>) {
        var at = line.startIndex
        var values: [ArraySlice<UInt8>] = []
        values.reserveCapacity(4)
        for key in Self.keys {
            let expected = UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount)
            guard line[at...].starts(with: expected) else { return nil }
            let start = at + expected.count
            guard let (end, isEscaped) = Self.end(of: line, from: start) else { return nil }
            guard isEscaped else {
                values.append(line[start..<end])
                at = end
                continue
            }
            guard let bytes = LineText.unescaped(line[start..<end]) else { return nil }
            values.append(bytes[...])
            at = end
        }
        guard let stamp = Self.stamp(values[0]) else { return nil }
        (self.stamp, self.log, self.conversation) = (stamp, values[2], values[3])
    }

    /// Where the text ends that begins here, and whether anything in it is escaped.
    private static func end(of line: ArraySlice<UInt8>, from start: Int) -> (end: Int, isEscaped: Bool)? {
        var at = start
        var isEscaped = false
        while at < line.endIndex {
            switch line[at] {
            case UInt8(ascii: "\""): return (at, isEscaped)
            case UInt8(ascii: "\\"):
                isEscaped = true
                at += 2
            default: at += 1
            }
        }
        return nil
    }

    /// A message's id, as `Stamp.messageID` writes it, without making a text of it.
    private static func stamp(_ id: ArraySlice<UInt8>) -> Stamp? {
        var numbers: (UInt64, UInt64, UInt64) = (0, 0, 0)
        var part = 0
        for byte in id {
            let digit: UInt64
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = UInt64(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "z"): digit = UInt64(byte - UInt8(ascii: "a")) + 10
            case UInt8(ascii: "-"):
                part += 1
                guard part < 3 else { return nil }
                continue
            default: return nil
            }
            func add(_ number: inout UInt64) -> Bool {
                let (product, isTooLarge) = number.multipliedReportingOverflow(by: 36)
                let (sum, isMore) = product.addingReportingOverflow(digit)
                number = sum
                return !isTooLarge && !isMore
            }
            let fits =
                switch part {
                case 0: add(&numbers.0)
                case 1: add(&numbers.1)
                default: add(&numbers.2)
                }
            guard fits else { return nil }
        }
        guard part == 2, numbers.0 <= UInt64(Int64.max) else { return nil }
        return Stamp(position: Position(epoch: numbers.1, sequence: numbers.2), time: Int64(numbers.0))
    }
}

/// Texts of lines.
enum LineText {
    /// A text of JSON without its quotes (RFC 8259 section 7), as lines have them.
    static func unescaped(_ value: ArraySlice<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var at = value.startIndex
        while at < value.endIndex {
            guard value[at] == UInt8(ascii: "\\") else {
                bytes.append(value[at])
                at += 1
                continue
            }
            guard at + 1 < value.endIndex else { return nil }
            switch value[at + 1] {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(value[at + 1])
            case UInt8(ascii: "n"): bytes.append(0x0A)
            case UInt8(ascii: "t"): bytes.append(0x09)
            case UInt8(ascii: "u"):
                guard at + 5 < value.endIndex,
                    let number = UInt8(String(decoding: value[(at + 2)...(at + 5)], as: UTF8.self), radix: 16)
                else { return nil }
                bytes.append(number)
                at += 4
            default: return nil
            }
            at += 2
        }
        return bytes
    }

    /// Only what RFC 8259 section 7 wants escaped is: everything else is UTF-8 as it is.
    static func escape(_ text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
        var start = 0
        for (index, byte) in text.enumerated() where byte < 0x20 || byte == 0x22 || byte == 0x5C {
            bytes.append(contentsOf: text[start..<index])
            start = index + 1
            switch byte {
            case 0x22: bytes += [0x5C, 0x22]
            case 0x5C: bytes += [0x5C, 0x5C]
            case 0x0A: bytes += [0x5C, UInt8(ascii: "n")]
            case 0x09: bytes += [0x5C, UInt8(ascii: "t")]
            default:
                let digits = Array("0123456789abcdef".utf8)
                bytes += "\\u00".utf8
                bytes.append(digits[Int(byte >> 4)])
                bytes.append(digits[Int(byte & 15)])
            }
        }
        bytes.append(contentsOf: text[start...])
    }
}

/// Calls for each line of a frame, its line feed included.
func forEachLine<Failure: Error>(
    _ lines: [UInt8],
    _ body: (ArraySlice<UInt8>) throws(Failure) -> Void
) throws(Failure) {
    var start = 0
    while start < lines.count {
        let end = lines[start...].firstIndex(of: 0x0A).map { $0 + 1 } ?? lines.count
        try body(lines[start..<end])
        start = end
    }
}
