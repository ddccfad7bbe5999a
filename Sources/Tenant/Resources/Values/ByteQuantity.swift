/// Reads sizes in bytes as Kubernetes quantities: `500`, `1e3`, `100M`, `10Gi`, `1.5Ti`.
///
/// The suffixes are those of `resource.Quantity`, less the ones below 1 (`n`, `u`, `m`), which mean nothing for bytes.
package enum ByteQuantity {
    /// What a text comes to.
    package enum Reading: Hashable, Sendable {
        case bytes(Int64)
        /// It is a size, of more than an `Int64` holds.
        case tooLarge
        case nothing
    }

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
        guard case .bytes(let bytes) = Self.read(text) else { return nil }
        return bytes
    }

    /// Reads a size, and tells what is none from what is too large.
    package static func read(_ text: some StringProtocol) -> Reading {
        let number = String(text.prefix { ("0"..."9").contains($0) || $0 == "." })
        let suffix = String(text.dropFirst(number.count))
        guard let power = Self.suffixes[suffix].map({ Optional.some($0) }) ?? Self.exponent(suffix) else {
            return .nothing
        }
        guard let decimal = ExactDecimal(number) else {
            // Digits alone are a number, though none that is reckoned with.
            return !number.isEmpty && !number.contains(".") ? .tooLarge : .nothing
        }
        if decimal == .zero { return .bytes(0) }
        return power.flatMap { decimal.multiplied(by: $0, rounding: .up) }.map(Reading.bytes) ?? .tooLarge
    }

    /// Writes a size in the largest binary unit of which it is a whole number: `10Gi`.
    package static func text(_ bytes: Int) -> String {
        for (suffix, shift) in [("Ei", 60), ("Pi", 50), ("Ti", 40), ("Gi", 30), ("Mi", 20), ("Ki", 10)]
        where bytes > 0 && bytes & ((1 << shift) - 1) == 0 {
            return "\(bytes >> shift)\(suffix)"
        }
        return "\(bytes)"
    }

    /// `e3` and `E3` are powers of ten; `E` alone is the suffix exa.
    ///
    /// - Returns: nil for what is no exponent; nil within that for one that no `Int64` holds.
    private static func exponent(_ suffix: String) -> Int64?? {
        guard let first = suffix.first, first == "e" || first == "E" else { return nil }
        var digits = suffix.dropFirst()
        if digits.first == "+" { digits = digits.dropFirst() }
        guard (1...2).contains(digits.count), digits.allSatisfy({ ("0"..."9").contains($0) }), let power = Int(digits)
        else { return nil }
        guard power <= 18 else { return .some(nil) }
        return (0..<power).reduce(Int64(1)) { product, _ in product * 10 }
    }
}
