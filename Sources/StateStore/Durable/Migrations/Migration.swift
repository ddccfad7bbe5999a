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
    package func checksum(_ dialect: SQLDialect) -> String { TextHash.digits(of: self.script(dialect)) }
}
