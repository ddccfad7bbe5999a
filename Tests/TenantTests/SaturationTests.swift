// Arithmetic on numbers of others: the nearest number that there is.

import Numbers
import Testing

struct SaturationTests {
    private static let numbers: [Int64] = [
        .min, .min + 1, -3_037_000_500, -2, -1, 0, 1, 2, 3_037_000_500, .max - 1, .max,
    ]

    @Test(arguments: numbers)
    func `signed numbers end at their bounds`(left: Int64) {
        for right in Self.numbers {
            let (wideLeft, wideRight) = (Int128(left), Int128(right))
            #expect(left.plus(right) == Int64(clamping: wideLeft + wideRight))
            #expect(left.minus(right) == Int64(clamping: wideLeft - wideRight))
            #expect(left.times(right) == Int64(clamping: wideLeft * wideRight))
        }
    }

    @Test func `unsigned numbers end at their bounds`() {
        for left in UInt8.min ... .max {
            for right in UInt8.min ... .max {
                #expect(left.plus(right) == UInt8(clamping: Int(left) + Int(right)))
                #expect(left.minus(right) == UInt8(clamping: Int(left) - Int(right)))
                #expect(left.times(right) == UInt8(clamping: Int(left) * Int(right)))
            }
        }
    }

    private static let fractions: [(Double, Int)] = [
        (0, 0), (-0.0, 0), (0.9, 0), (-0.9, 0), (1.5, 1), (-1.5, -1), (1e15, 1_000_000_000_000_000), (1e300, .max),
        (-1e300, .min), (.infinity, .max), (-.infinity, .min), (.nan, 0), (Double(Int.max), .max),
        (Double(Int.min), .min),
        (Double(Int.max).nextDown, 9_223_372_036_854_774_784),
    ]

    @Test(arguments: fractions.indices)
    func `a fraction becomes its whole part, or a bound`(index: Int) {
        let (number, whole) = Self.fractions[index]
        #expect(Int(saturating: number) == whole)
        #expect(UInt8(saturating: Float(number)) == UInt8(clamping: whole))
    }
}
