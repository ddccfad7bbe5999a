import Foundation

/// Which worlds a test tries: `ROOST_SEEDS=0-999` tries more than each run has time for, `ROOST_SEEDS=412` one again.
enum Seeds {
    /// - Parameters:
    ///   - usual: Those of each run.
    ///   - found: Those besides in which a fault was found.
    /// - Returns: The seeds.
    static func chosen(or usual: ClosedRange<UInt64>, and found: UInt64...) -> [UInt64] {
        let all = Array(usual) + found
        guard let text = ProcessInfo.processInfo.environment["ROOST_SEEDS"] else { return all }
        let ends = text.split(separator: "-").compactMap { UInt64($0) }
        guard let first = ends.first, let last = ends.last, first <= last else { return all }
        return Array(first...last)
    }

    /// With `ROOST_TRACE=1` everything that happens is printed; for one seed.
    static var trace: (@Sendable (String) -> Void)? {
        guard ProcessInfo.processInfo.environment["ROOST_TRACE"] == "1" else { return nil }
        return { text in print(text) }
    }
}
