// Randomness that can be had again.

/// SplitMix64: the same seed gives the same sequence.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        self.state = seed
    }

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A text of characters that are likely to cause trouble.
    mutating func text(from alphabet: [String], upTo maximum: Int) -> String {
        (0..<Int.random(in: 0...maximum, using: &self)).map { _ in
            alphabet.randomElement(using: &self) ?? ""
        }.joined()
    }
}
