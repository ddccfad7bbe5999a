// What the kinds of names have in common.

/// A name as it is shown and as it is compared.
///
/// Only valid ones can be made.
package protocol Name: Hashable, Sendable, CustomStringConvertible {
    /// As it was given, for showing; in NFC.
    var raw: String { get }
    /// Under the tenant's ``CaseMapping``, for comparing and as a key.
    var folded: String { get }
}

extension Name {
    /// Whether both are one name.
    ///
    /// Both must have been made under one mapping.
    package static func == (left: Self, right: Self) -> Bool { left.folded == right.folded }

    package func hash(into hasher: inout Hasher) { hasher.combine(self.folded) }

    package var description: String { self.raw }
}
