import Foundation

/// Which worlds a test tries: `ROOST_SEEDS=0-999` tries more than each run has time for, `ROOST_SEEDS=412` one again.
enum Seeds {
    static func chosen(or usual: ClosedRange<UInt64>) -> [UInt64] {
        guard let text = ProcessInfo.processInfo.environment["ROOST_SEEDS"] else { return Array(usual) }
        let ends = text.split(separator: "-").compactMap { UInt64($0) }
        guard let first = ends.first, let last = ends.last, first <= last else { return Array(usual) }
        return Array(first...last)
    }

    /// With `ROOST_TRACE=1` everything that happens is printed; for one seed.
    static var trace: (@Sendable (String) -> Void)? {
        guard ProcessInfo.processInfo.environment["ROOST_TRACE"] == "1" else { return nil }
        return { text in print(text) }
    }
}
