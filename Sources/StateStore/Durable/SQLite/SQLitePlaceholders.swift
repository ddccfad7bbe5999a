/// Translates `$1` to `?1`: to SQLite `$1` is a name, and names are numbered in the order in which they come.
enum SQLitePlaceholders {
    static func translate(_ sql: String) -> String {
        guard sql.utf8.contains(UInt8(ascii: "$")) else { return sql }
        var output: [UInt8] = []
        output.reserveCapacity(sql.utf8.count)
        var inLiteral = false
        for byte in sql.utf8 {
            if byte == UInt8(ascii: "'") { inLiteral.toggle() }
            output.append(byte == UInt8(ascii: "$") && !inLiteral ? UInt8(ascii: "?") : byte)
        }
        return String(decoding: output, as: UTF8.self)
    }
}
