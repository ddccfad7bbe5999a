/// The SHA-256 of a client's certificate, by which it is known.
package struct CertificateFingerprint: Hashable, Sendable {
    /// 64 hexadecimal digits in lower case.
    package let text: String

    /// Takes one as tools show it: in any case, with or without colons, whole.
    package init?(_ text: some StringProtocol) {
        let digits = text.lowercased().filter { $0 != ":" }
        guard digits.utf8.count == 64, digits.allSatisfy(\.isHexDigit) else { return nil }
        self.text = digits
    }
}
