/// A day of the Gregorian calendar, which is taken to have been in use always.
///
/// Whoever needs a date from a count of days, or the other way, has it from here. Both ways are computed by eras of 400 years
/// that begin in March, so that a leap day is a year's last.
package struct CivilDate: Hashable, Sendable {
    package let year: Int64
    /// 1 to 12.
    package let month: Int64
    /// 1 to 31.
    package let day: Int64

    private static let daysOfEra: Int64 = 146_097
    /// From the first of March of the year 0 to the first of January 1970.
    private static let shift: Int64 = 719_468

    /// The day that is so many days after the first of January 1970, or before it.
    ///
    /// - Parameter days: At most some 10^15, which is further than any clock goes.
    package init(daysSince1970 days: Int64) {
        let shifted = days + Self.shift
        let era = floorDivide(shifted, Self.daysOfEra)
        let dayOfEra = shifted - era * Self.daysOfEra
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        self.day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        self.month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        self.year = yearOfEra + era * 400 + (self.month <= 2 ? 1 : 0)
    }

    /// A day by its name.
    ///
    /// - Returns: nil for a day that does not exist, and outside the years 0 to 9999.
    package init?(year: Int64, month: Int64, day: Int64) {
        guard (0...9999).contains(year), (1...12).contains(month) else { return nil }
        guard (1...31).contains(day) else { return nil }
        self.init(daysSince1970: Self.days(year, month, day))
        // What is no day of its month comes back as one of the next.
        guard self.day == day else { return nil }
    }

    /// How many days it is after the first of January 1970; negative before.
    package var daysSince1970: Int64 { Self.days(self.year, self.month, self.day) }

    /// 0 for Sunday, 6 for Saturday.
    package var weekday: Int {
        // The first of January 1970 was a Thursday.
        let days = self.daysSince1970 + 4
        return Int(days - 7 * floorDivide(days, 7))
    }

    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let years = month > 2 ? year : year - 1
        let leapDays = floorDivide(years, 4) - floorDivide(years, 100) + floorDivide(years, 400)
        let monthFromMarch = (month + 9) % 12
        return years * 365 + leapDays + (monthFromMarch * 153 + 2) / 5 + day - 1 - Self.shift
    }
}

/// The quotient rounded down, so that what is before 1970 counts forwards too.
func floorDivide(_ number: Int64, _ divisor: Int64) -> Int64 {
    number / divisor - (number % divisor < 0 ? 1 : 0)
}
