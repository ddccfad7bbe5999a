import Observability

/// A month of the history: in PostgreSQL a table of its own, which goes as a whole.
struct HistoryMonth: Hashable, Comparable {
    let year: Int64
    /// 1 to 12.
    let month: Int64

    /// The month of a time, in UTC.
    init(_ time: Int64) {
        let date = UTCInstant(milliseconds: time).date
        (self.year, self.month) = (date.year, date.month)
    }

    /// Reads what ``table`` wrote.
    init?(table: String) {
        let parts = table.split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "history", let year = Int64(parts[1]), let month = Int64(parts[2]),
            (1...12).contains(month)
        else { return nil }
        (self.year, self.month) = (year, month)
        guard self.table == table else { return nil }
    }

    /// `history_2026_03`.
    var table: String { "history_\(self.year)_\(self.month < 10 ? "0" : "")\(self.month)" }

    var next: HistoryMonth { HistoryMonth(self.end) }

    /// Its first millisecond since 1970.
    var start: Int64 { Self.start(self.year, self.month) }

    /// The first millisecond after it.
    var end: Int64 { self.month == 12 ? Self.start(self.year + 1, 1) : Self.start(self.year, self.month + 1) }

    /// No clock goes so far that there is no such day.
    private static func start(_ year: Int64, _ month: Int64) -> Int64 {
        (CivilDate(year: year, month: month, day: 1)?.daysSince1970 ?? 0) * 86_400_000
    }

    static func < (left: HistoryMonth, right: HistoryMonth) -> Bool {
        (left.year, left.month) < (right.year, right.month)
    }
}
