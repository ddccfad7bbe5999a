/// One step of the schema.
///
/// What was released is never changed: a correction is another step.
package struct Migration: Sendable {
    /// 1, 2, 3, … ; the empty database is at version 0.
    package let version: Int
    package let name: String
    /// The statements, separated by semicolons.
    package let script: @Sendable (SQLDialect) -> String

    package init(version: Int, name: String, script: @escaping @Sendable (SQLDialect) -> String) {
        self.version = version
        self.name = name
        self.script = script
    }

    /// Tells whether the script is the one that was applied.
    ///
    /// It finds mistakes, not attacks: FNV-1a, 64 bits.
    package func checksum(_ dialect: SQLDialect) -> String {
        let hash = self.script(dialect).utf8.reduce(into: UInt64(0xcbf2_9ce4_8422_2325)) { hash, byte in
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
