/// Comparison that takes equally long wherever two byte sequences differ, so that its time tells nothing.
package enum ConstantTime {
    /// Whether two sequences are the same; the time of that tells how long the second is, and nothing else.
    ///
    /// - Parameters:
    ///   - left: What is known.
    ///   - right: What somebody wrote.
    /// - Returns: Whether they are.
    package static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        var difference = left.count ^ right.count
        for index in right.indices { difference |= Int(right[index] ^ (index < left.count ? left[index] : 0)) }
        return difference == 0
    }
}
