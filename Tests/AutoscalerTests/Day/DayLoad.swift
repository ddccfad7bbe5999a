// How many people want to be connected at each moment of the simulated day, and how much they have to say.

/// The load of one day: the curve of a chat network whose users live in two or three time zones.
///
/// | time | what happens |
/// | --- | --- |
/// | 0:00-5:00 | the night's trough, 20,000 |
/// | 5:00-10:00 | the morning: to 250,000, in its first hours doubling each hour |
/// | 12:15-13:15 | lunch: a sixth fewer |
/// | 15:00-16:00 | the peak, 300,000 |
/// | 19:00-19:30 | people talk twice as much |
/// | each hour, on a day with bursts | a tenth more within ten seconds, gone again within ten minutes |
/// | 20:45 | a flash crowd: as many again within ten minutes, gone again two hours later |
/// | 22:30-24:00 | a tail as of a weekend: slowly fewer |
enum DayLoad {
    /// When the flash crowd comes, in seconds since midnight.
    static let flash = 74_700
    /// How long it takes until there are twice as many, in seconds.
    static let flashRise = 600

    private static let flashStay = 1_200
    private static let flashFall = 5_400
    private static let points: [(hour: Double, clients: Double)] = [
        (0, 60_000), (2.5, 24_000), (4, 20_000), (5, 20_000), (6, 30_000), (7, 65_000), (8, 135_000), (9, 205_000),
        (10, 250_000), (11, 272_000), (12.25, 280_000), (12.75, 232_000), (13.25, 236_000), (14, 285_000),
        (15, 300_000), (16, 298_000), (17.5, 240_000), (19, 190_000), (20.75, 160_000), (22.5, 130_000), (24, 105_000),
    ]

    /// The curve, a value for each five seconds.
    private static let curve: [Double] = (0...17_280).map { Self.compute(at: $0 * 5) }

    /// Clients who want to be connected, so many seconds after midnight.
    static func clients(at second: Int) -> Double { self.curve[min(max(0, second / 5), 17_280)] }

    /// How busy a loop is when its pod is full, 0 to 1 and above.
    static func chatter(at second: Int) -> Double {
        let hour = Double(second) / 3_600
        return hour >= 19 && hour < 19.5 ? 1.05 : 0.45 + 0.1 * Self.smooth(hour / 24)
    }

    private static func compute(at second: Int) -> Double {
        let since = second - self.flash
        let (end, gone) = (self.flashRise + self.flashStay, self.flashRise + self.flashStay + self.flashFall)
        let share =
            switch since {
            case ..<0: 0.0
            case ..<self.flashRise: Double(since) / Double(self.flashRise)
            case ..<end: 1.0
            case ..<gone: self.smooth(1 - Double(since - end) / Double(self.flashFall))
            default: 0.0
            }
        return self.everyday(at: second) + self.everyday(at: self.flash) * share
    }

    private static func everyday(at second: Int) -> Double {
        let hour = Double(second) / 3_600
        for (before, after) in zip(self.points, self.points.dropFirst()) where hour <= after.hour {
            let share = (hour - before.hour) / (after.hour - before.hour)
            return before.clients + (after.clients - before.clients) * share
        }
        return self.points[self.points.count - 1].clients
    }

    /// From 0 to 1 without a corner.
    private static func smooth(_ share: Double) -> Double { share * share * (3 - 2 * share) }
}
