// Text in lines that every mail server passes on unchanged (RFC 2045 section 6.7).

/// The transfer encoding quoted-printable.
enum QuotedPrintable {
    /// The longest line, without the CR and LF at its end.
    static let longest = 76
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// Encodes a text whose lines end with LF, CR LF or CR; the last one gets an end if it has none.
    static func encoded(_ text: String) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count * 5 / 4)
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let line = rest.prefix { $0 != 10 && $0 != 13 }
            self.append(line, to: &result)
            rest = rest[line.endIndex...]
            rest = rest.dropFirst(rest.starts(with: [13, 10]) ? 2 : 1)
        }
        return result
    }

    private static func append(_ line: ArraySlice<UInt8>, to result: inout [UInt8]) {
        var column = 0
        // What stores mail in one file changes such lines (RFC 4155).
        let isSeparator = line.starts(with: "From ".utf8)
        for index in line.indices {
            let byte = line[index]
            let isLiteral =
                switch byte {
                // Blanks get lost at the end of a line.
                case 9, 32: index != line.endIndex - 1
                case UInt8(ascii: "="): false
                case 33...126: !(isSeparator && index == line.startIndex)
                default: false
                }
            let width = isLiteral ? 1 : 3
            // Room for the sign that the line goes on.
            if column + width > Self.longest - 1 {
                result += [UInt8(ascii: "="), 13, 10]
                column = 0
            }
            if isLiteral {
                result.append(byte)
            } else {
                result += [UInt8(ascii: "="), Self.digits[Int(byte >> 4)], Self.digits[Int(byte & 15)]]
            }
            column += width
        }
        result += [13, 10]
    }
}
