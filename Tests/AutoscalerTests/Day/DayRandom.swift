// Chance that can be had again, and the two distributions that the day needs.

/// SplitMix64: the same seed gives the same day.
struct DayRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { self.state = seed &* 0x2545_F491_4F6C_DD1D &+ 1 }

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// 0 up to, not including, 1.
    mutating func share() -> Double { Double(self.next() >> 11) * 0x1p-53 }

    /// 0 up to, not including, a bound above 0.
    mutating func below(_ bound: Int) -> Int { Int(self.next() % UInt64(bound)) }

    /// About normal: mean 0, deviation 1.
    mutating func normal() -> Double {
        var sum = -6.0
        for _ in 0..<12 { sum += self.share() }
        return sum
    }

    /// How many of many unlikely things happen, if so many do on average.
    mutating func poisson(_ mean: Double) -> Int {
        if mean <= 0 { return 0 }
        if mean > 12 { return max(0, Int((mean + mean.squareRoot() * self.normal()).rounded())) }
        var count = 0
        var left = mean
        while true {
            // Waiting times; -log(1 - u) by its halves, as no module with logarithms is imported.
            left -= self.exponential()
            if left < 0 { return count }
            count += 1
        }
    }

    /// Exponential with mean 1 (von Neumann 1951): from comparisons only.
    mutating func exponential() -> Double {
        var whole = 0.0
        while true {
            let first = self.share()
            var last = first
            var isOdd = true
            while true {
                let next = self.share()
                if next > last { break }
                last = next
                isOdd.toggle()
            }
            if isOdd { return whole + first }
            whole += 1
        }
    }
}
