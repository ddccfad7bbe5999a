/// Reads sizes in bytes as Kubernetes quantities: `500`, `1e3`, `100M`, `10Gi`, `1.5Ti`.
///
/// The suffixes are those of `resource.Quantity`, less the ones below 1 (`n`, `u`, `m`), which mean nothing for bytes.
package enum ByteQuantity {
    private static let suffixes: [String: Int64] = [
        "": 1, "k": 1_000, "M": 1_000_000, "G": 1_000_000_000, "T": 1_000_000_000_000, "P": 1_000_000_000_000_000,
        "E": 1_000_000_000_000_000_000, "Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30, "Ti": 1 << 40, "Pi": 1 << 50,
        "Ei": 1 << 60,
    ]

    /// Reads a size.
    ///
    /// - Parameter text: The quantity, without sign or spaces.
    /// - Returns: Bytes, rounded up as Kubernetes does, or `nil` if the text is none or the size exceeds an `Int64`.
    package static func parse(_ text: some StringProtocol) -> Int64? {
        let number = String(text.prefix { ("0"..."9").contains($0) || $0 == "." })
        let suffix = String(text.dropFirst(number.count))
        guard let decimal = ExactDecimal(number), let scale = Self.suffixes[suffix] ?? Self.exponent(suffix)
        else { return nil }
        return decimal.multiplied(by: scale, rounding: .up)
    }

    /// `e3` and `E3` are powers of ten; `E` alone is the suffix exa.
    private static func exponent(_ suffix: String) -> Int64? {
        guard let first = suffix.first, first == "e" || first == "E" else { return nil }
        var digits = suffix.dropFirst()
        if digits.first == "+" { digits = digits.dropFirst() }
        guard (1...2).contains(digits.count), digits.allSatisfy({ ("0"..."9").contains($0) }), let power = Int(digits),
            power <= 18
        else { return nil }
        return (0..<power).reduce(Int64(1)) { product, _ in product * 10 }
    }
}
