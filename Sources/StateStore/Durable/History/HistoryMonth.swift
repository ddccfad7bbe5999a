/// A month of the history: in PostgreSQL a table of its own, which goes as a whole.
struct HistoryMonth: Hashable, Comparable {
    let year: Int64
    /// 1 to 12.
    let month: Int64

    /// The month of a time, in UTC.
    ///
    /// The civil calendar by days since 1970, in years that begin in March.
    init(_ time: Int64) {
        let days = time.flooredQuotient(86_400_000) + 719_468
        let era = days.flooredQuotient(146_097)
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let fromMarch = (5 * dayOfYear + 2) / 153
        self.month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
        self.year = yearOfEra + era * 400 + (self.month <= 2 ? 1 : 0)
    }

    private init(_ year: Int64, _ month: Int64) { (self.year, self.month) = (year, month) }

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

    var next: HistoryMonth {
        self.month == 12 ? HistoryMonth(self.year + 1, 1) : HistoryMonth(self.year, self.month + 1)
    }

    /// Its first millisecond since 1970.
    var start: Int64 {
        let year = self.month <= 2 ? self.year - 1 : self.year
        let era = year.flooredQuotient(400)
        let yearOfEra = year - era * 400
        let fromMarch = self.month > 2 ? self.month - 3 : self.month + 9
        let dayOfYear = (153 * fromMarch + 2) / 5
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return (era * 146_097 + dayOfEra - 719_468) * 86_400_000
    }

    /// The first millisecond after it.
    var end: Int64 { self.next.start }

    static func < (left: HistoryMonth, right: HistoryMonth) -> Bool {
        (left.year, left.month) < (right.year, right.month)
    }
}

extension Int64 {
    fileprivate func flooredQuotient(_ divisor: Int64) -> Int64 {
        self >= 0 ? self / divisor : (self - divisor + 1) / divisor
    }
}
