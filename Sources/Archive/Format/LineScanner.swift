// What a line says of where it belongs, without reading it as JSON: the first keys of every line come in one order, and their values have
// escapes only in names.

import StateStore

/// The keys of a line that it is sorted and counted by.
struct ScannedLine {
    let stamp: Stamp
    /// Their bytes, without escapes.
    let log: ArraySlice<UInt8>
    let conversation: ArraySlice<UInt8>

    /// A text in a line, without its quotes.
    private struct Text {
        let range: Range<Int>
        let isEscaped: Bool
    }

    /// Reads the beginning of a line.
    ///
    /// - Returns: nil if it is no line of this form.
    init?(_ line: ArraySlice<UInt8>) {
        // Every line of an archive that is verified comes through here: no slice is made of what is only looked at.
        let found = line.withUnsafeBytes { bytes -> (stamp: Stamp, log: Text, conversation: Text)? in
            var at = 0
            guard let id = Self.text(of: bytes, after: "{\"id\":\"", &at), !id.isEscaped,
                let stamp = Self.stamp(UnsafeRawBufferPointer(rebasing: bytes[id.range])),
                Self.text(of: bytes, after: "\",\"time\":\"", &at) != nil,
                let log = Self.text(of: bytes, after: "\",\"log\":\"", &at),
                let conversation = Self.text(of: bytes, after: "\",\"conversation\":\"", &at)
            else { return nil }
            return (stamp, log, conversation)
        }
        guard let found, let log = Self.bytes(of: found.log, in: line),
            let conversation = Self.bytes(of: found.conversation, in: line)
        else { return nil }
        (self.stamp, self.log, self.conversation) = (found.stamp, log, conversation)
    }

    private static func bytes(of text: Text, in line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let start = line.startIndex
        let value = line[(start + text.range.lowerBound)..<(start + text.range.upperBound)]
        return text.isEscaped ? LineText.unescaped(value)?[...] : value
    }

    /// The text that follows what has to stand at a place, which moves to the text's end.
    private static func text(
        of line: UnsafeRawBufferPointer,
        after key: StaticString,
        _ at: inout Int
    ) -> Text? {
        let start = at + key.utf8CodeUnitCount
        let expected = UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount)
        guard start <= line.count, line[at..<start].elementsEqual(expected) else { return nil }
        at = start
        var isEscaped = false
        while at < line.count {
            switch line[at] {
            case UInt8(ascii: "\""): return Text(range: start..<at, isEscaped: isEscaped)
            case UInt8(ascii: "\\"):
                isEscaped = true
                at += 2
            default: at += 1
            }
        }
        return nil
    }

    /// A message's id, as `Stamp.messageID` writes it, without making a text of it.
    private static func stamp(_ id: UnsafeRawBufferPointer) -> Stamp? {
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
