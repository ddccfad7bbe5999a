/// By what a text is known again, in 48 bytes: the same whatever capitals, spaces, digits and signs it has, and nearly the same where
/// a word is another.
///
/// The least hashes of all that stands in three letters after each other, by sixteen hash functions: two texts agree in as large a share
/// of them as they have of those letters in common (MinHash).
package struct Fingerprint: Hashable, Sendable {
    /// How many letters a text must have for likeness to say something.
    private static let leastLetters = 12
    /// How many of the sixteen have to agree.
    private static let leastAlike = 9
    private static let factors = SIMD16<UInt32>(
        0x9E37_79B1,
        0x85EB_CA77,
        0xC2B2_AE3D,
        0x27D4_EB2F,
        0x1656_67B1,
        0xB549_7A2D,
        0x7FEB_352D,
        0x846C_A68B,
        0xCC9E_2D51,
        0x1B87_3593,
        0xE654_6B65,
        0x2127_599B,
        0x9E97_65A5,
        0xD6E8_FEB9,
        0x3C6E_F373,
        0xA54F_F53B
    )

    private let whole: UInt64
    private let letters: Int
    private let least: SIMD16<UInt16>

    /// - Parameter text: The text, folded.
    init(of text: String) {
        var (whole, letters) = (0xCBF2_9CE4_8422_2325 as UInt64, 0)
        var least = SIMD16<UInt16>(repeating: .max)
        var (first, second) = (0 as UInt32, 0 as UInt32)
        var isEmpty = true
        for scalar in text.unicodeScalars {
            guard Self.counts(scalar) else { continue }
            // Letters that are held down are one.
            if scalar.value == second { continue }
            isEmpty = false
            letters += 1
            whole = (whole ^ UInt64(scalar.value)) &* 0x100_0000_01B3
            if letters >= 3 {
                let three = (first &* 31 &+ second) &* 31 &+ scalar.value
                var hashes = (SIMD16(repeating: three &* 0x2C1B_3C6D) ^ Self.factors) &* Self.factors
                hashes ^= hashes &>> 15
                hashes = hashes &* 0x2C1B_3C6D
                let short = SIMD16<UInt16>(truncatingIfNeeded: hashes &>> 16)
                least = pointwiseMin(least, short)
            }
            (first, second) = (second, scalar.value)
        }
        if isEmpty {
            // Of signs and digits alone, all of them count.
            for byte in text.utf8 { whole = (whole ^ UInt64(byte)) &* 0x100_0000_01B3 }
        }
        (self.whole, self.letters, self.least) = (whole, letters, least)
    }

    private static func counts(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x61...0x7A: true
        case 0..<0x80: false
        default: scalar.properties.isAlphabetic
        }
    }

    /// Whether another text is the same or nearly the same.
    package func isLike(_ other: Fingerprint) -> Bool {
        if self.whole == other.whole { return true }
        guard min(self.letters, other.letters) >= Self.leastLetters else { return false }
        let alike = (self.least .== other.least)
        return (0..<16).count(where: { alike[$0] }) >= Self.leastAlike
    }
}
