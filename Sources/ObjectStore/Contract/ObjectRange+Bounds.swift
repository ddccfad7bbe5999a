// Ranges as every store means them.

import Numbers

extension ObjectRange {
    /// Which bytes of an object these are.
    ///
    /// - Parameter size: How many it has.
    /// - Returns: The range, cut to what there is; nil if it begins behind the end, or is none.
    func bounds(in size: Int) -> Range<Int>? {
        switch self {
        case .bytes(let first, let last):
            guard first >= 0, first < size, last.map({ $0 >= first }) ?? true else { return nil }
            return first..<Swift.min(size, (last ?? size).plus(1))
        case .last(let count):
            guard count > 0, size > 0 else { return nil }
            return Swift.max(0, size - count)..<size
        }
    }
}
