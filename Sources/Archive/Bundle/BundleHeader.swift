// What a bundle says of itself: first what it is, last what was in it. docs/operations/bundle-format.md has the form for readers.

import FoundationEssentials

/// The first line.
package struct BundleHeader: Codable, Hashable, Sendable {
    /// What every bundle of this form begins with.
    package static let format = "roost-bundle/1"

    package var format = Self.format
    package var tenant: String
    /// ISO 8601.
    package var exportedAt: String
    /// The version of the database's schema.
    package var schema: Int
    /// The version of the program.
    package var roost: String
    /// Whether passwords and other secrets are in it.
    package var secrets: Bool
    /// The Tenant as YAML, if it was given.
    package var settings: String?

    package init(
        tenant: String,
        exportedAt: String,
        schema: Int,
        roost: String,
        secrets: Bool,
        settings: String? = nil
    ) {
        (self.tenant, self.exportedAt, self.schema, self.roost) = (tenant, exportedAt, schema, roost)
        (self.secrets, self.settings) = (secrets, settings)
    }
}

/// The last line: what was in those before it.
package struct BundleEnd: Codable, Hashable, Sendable {
    /// How many rows of each table; none of those without any.
    package var tables: [String: Int] = [:]
    /// How many lines of the archive.
    package var archive = 0
    /// How many lines there are before this one.
    package var lines = 0
    /// SHA-256 of all bytes before this line, in hexadecimal digits.
    package var sha256 = ""

    package init() {}
}
