// Money and prices: a whole number and a count of decimal places. `Foundation.Decimal` would hold the values, but it
// reads leniently (`"1,5"` is 1) and rounds without saying so; here a text is taken exactly or not at all.

/// A decimal number of at most 18 digits before and 18 after the point, exact: never binary floating point.
///
/// Trailing zeros do not count: `49.00` equals `49`.
package struct ExactDecimal: Hashable, Sendable {
    /// Which whole number stands for a product that is none.
    package enum Rounding: Sendable {
        /// The one that is left when the fraction is cut off.
        case towardZero
        /// The next larger one.
        case up
    }

    /// The number times 10 to the power of ``scale``.
    package let coefficient: Int128
    /// How many digits stand after the point, 0–18, without trailing zeros.
    package let scale: Int

    /// Nothing.
    package static let zero = ExactDecimal(coefficient: 0, scale: 0)

    /// Takes a number as coefficient × 10^-scale and drops its trailing zeros.
    ///
    /// - Parameters:
    ///   - coefficient: All digits.
    ///   - scale: How many of them stand after the point, at least 0.
    package init(coefficient: Int128, scale: Int) {
        var (coefficient, scale) = (coefficient, scale)
        while scale > 0, coefficient % 10 == 0 {
            coefficient /= 10
            scale -= 1
        }
        self.coefficient = coefficient
        self.scale = scale
    }

    /// Reads `12`, `-0.00002`, `49.00`: an optional minus, digits, and a point between digits at most.
    package init?(_ text: some StringProtocol) {
        let text = String(text)
        let negative = text.hasPrefix("-")
        let parts = (negative ? text.dropFirst() : text[...]).split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ (1...18).contains($0.utf8.count) }),
            parts.allSatisfy({ $0.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }),
            let digits = Int128(parts.joined())
        else { return nil }
        self.init(coefficient: negative ? -digits : digits, scale: parts.count == 2 ? parts[1].utf8.count : 0)
    }

    /// The product with a whole number, rounded to a whole number.
    ///
    /// - Returns: The product, or `nil` if it does not fit.
    package func multiplied(by factor: Int64, rounding: Rounding) -> Int64? {
        let (product, overflow) = self.coefficient.multipliedReportingOverflow(by: Int128(factor))
        if overflow { return nil }
        let unit = Self.powerOfTen(self.scale)
        let whole = product / unit
        return Int64(exactly: rounding == .up && product % unit > 0 ? whole + 1 : whole)
    }

    /// 10 to the power of `exponent`, which is at most 36.
    private static func powerOfTen(_ exponent: Int) -> Int128 {
        (0..<exponent).reduce(1) { product, _ in product * 10 }
    }
}

extension ExactDecimal: Comparable {
    package static func < (left: ExactDecimal, right: ExactDecimal) -> Bool {
        // Whole parts first: bringing both to one scale could overflow.
        let (leftUnit, rightUnit) = (Self.powerOfTen(left.scale), Self.powerOfTen(right.scale))
        let (leftWhole, rightWhole) = (left.coefficient / leftUnit, right.coefficient / rightUnit)
        if leftWhole != rightWhole { return leftWhole < rightWhole }
        let scale = max(left.scale, right.scale)
        return (left.coefficient % leftUnit) * Self.powerOfTen(scale - left.scale)
            < (right.coefficient % rightUnit) * Self.powerOfTen(scale - right.scale)
    }
}

extension ExactDecimal: CustomStringConvertible {
    /// The shortest text that reads back as this number.
    package var description: String {
        let digits = String(self.coefficient.magnitude)
        let sign = self.coefficient < 0 ? "-" : ""
        guard self.scale > 0 else { return sign + digits }
        let padded = String(repeating: "0", count: max(0, self.scale + 1 - digits.utf8.count)) + digits
        return sign + padded.dropLast(self.scale) + "." + padded.suffix(self.scale)
    }
}
