// Arithmetic on numbers that somebody outside wrote. Swift ends the process when a number overflows, which is right for a
// mistake of ours and wrong for a line of YAML: here the nearest number that there is stands for one that there is not.
// Where these must be used is said by Tests/TidyTests/NumberRules.swift.

extension FixedWidthInteger {
    /// The sum, or the bound that it would pass.
    @inlinable
    package func plus(_ other: Self) -> Self {
        let (sum, isOver) = self.addingReportingOverflow(other)
        guard isOver else { return sum }
        return other < 0 ? .min : .max
    }

    /// The difference, or the bound that it would pass: 0 for unsigned numbers.
    @inlinable
    package func minus(_ other: Self) -> Self {
        let (difference, isOver) = self.subtractingReportingOverflow(other)
        guard isOver else { return difference }
        return other < 0 ? .max : .min
    }

    /// The product, or the bound that it would pass.
    @inlinable
    package func times(_ other: Self) -> Self {
        let (product, isOver) = self.multipliedReportingOverflow(by: other)
        guard isOver else { return product }
        return (self < 0) == (other < 0) ? .max : .min
    }

    /// The whole part of a number, or the bound that it passes; 0 for what is no number.
    @inlinable
    package init(saturating number: some BinaryFloatingPoint) {
        if let exact = Self(exactly: number.rounded(.towardZero)) {
            self = exact
        } else {
            self = number.isNaN ? 0 : number < 0 ? .min : .max
        }
    }

    /// The decimal number that a text is, or the bound that it passes; nil for what is no number.
    package init?(saturating text: some StringProtocol) {
        let isNegative = text.utf8.first == UInt8(ascii: "-")
        let digits = text.utf8.dropFirst(isNegative ? 1 : 0)
        guard !digits.isEmpty, digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        self = Self(text) ?? (isNegative ? .min : .max)
    }
}
