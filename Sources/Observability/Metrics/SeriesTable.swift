// The values of one family. Labels may come from outside, so there is a bound, and past it what is new counts together.

import Synchronization

/// One value with its lock, which is held for as long as an addition takes.
final class SeriesCell<Value: Sendable>: Sendable {
    private let value: Mutex<Value>

    init(_ value: Value) { self.value = Mutex(value) }

    func update(_ body: (inout Value) -> Void) { self.value.withLock { body(&$0) } }

    var current: Value { self.value.withLock { $0 } }
}

/// The values of a family by their labels.
final class SeriesTable<Value: Sendable>: Sendable {
    /// How many values called `other` there may be.
    private static var most: Int { 10 }

    private let empty: Value
    private let limit: Int
    /// The only value where there are no labels: it is found without a look into the table.
    private let only: SeriesCell<Value>?
    private let cells: Mutex<[[MetricLabel]: SeriesCell<Value>]>

    /// - Parameters:
    ///   - empty: What a value begins as.
    ///   - limit: Sets of label values past which new ones are counted together, as `other`.
    ///   - hasOne: Whether there are no labels, so that the only value is there from the beginning.
    init(_ empty: Value, limit: Int, hasOne: Bool) {
        self.empty = empty
        self.limit = limit
        let only = hasOne ? SeriesCell(empty) : nil
        self.only = only
        self.cells = Mutex(only.map { [[]: $0] } ?? [:])
    }

    /// Where a set of label values is counted.
    func cell(_ labels: [MetricLabel]) -> SeriesCell<Value> {
        if labels.isEmpty, let only = self.only { return only }
        return self.cells.withLock { cells in
            if let cell = cells[labels] { return cell }
            var key = labels
            if cells.count >= self.limit, !labels.isEmpty {
                key = labels.map { MetricLabel($0.name, "other") }
                if let cell = cells[key] { return cell }
                // One for each set of names, which are few as long as they come from code; else it is not shown.
                if cells.count >= self.limit + Self.most { return SeriesCell(self.empty) }
            }
            let cell = SeriesCell(self.empty)
            cells[key] = cell
            return cell
        }
    }

    func remove(_ labels: [MetricLabel]) {
        if labels.isEmpty, self.only != nil { return }
        self.cells.withLock { _ = $0.removeValue(forKey: labels) }
    }

    /// All values now, in the order of their labels.
    var current: [(labels: [MetricLabel], value: Value)] {
        let cells = self.cells.withLock { $0 }
        return cells.map { ($0.key, $0.value.current) }.sorted { $0.labels.lexicographicallyPrecedes($1.labels) }
    }
}
