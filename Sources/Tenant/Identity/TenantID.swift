/// The name under which everything of one tenant is stored, counted and logged.
///
/// It comes from the connection (TLS server name, HTTP Host, PROXY authority), never from what a client says later.
/// The text is a Kubernetes object name (RFC 1123 label: 1–63 of `a-z`, `0-9` and `-`, a letter or digit at both ends),
/// so it is safe inside a store key, a metric label and a log line.
package struct TenantID: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The name as text, ASCII.
    package let text: String

    /// Takes a name if it is an RFC 1123 label.
    package init?(_ text: some StringProtocol) {
        let text = String(text)
        let bytes = text.utf8
        guard (1...63).contains(bytes.count), bytes.first != UInt8(ascii: "-"), bytes.last != UInt8(ascii: "-"),
            bytes.allSatisfy(Self.isLabelByte)
        else { return nil }
        self.text = text
    }

    /// Under which the cell itself keeps what belongs to no tenant.
    ///
    /// Its text is no label, so no parser yields it and no tenant is ever called so.
    package static let cell = TenantID(reserved: ".")

    private init(reserved text: String) { self.text = text }

    package var description: String { self.text }

    package static func < (left: TenantID, right: TenantID) -> Bool { left.text < right.text }

    private static func isLabelByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
        default: false
        }
    }
}
