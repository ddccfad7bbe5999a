// What the last minutes say of the next, as numbers.

import Testing

@testable import Operator

/// Demand in steps, from a number.
private func demand(_ first: Double, _ steps: [(count: Int, by: Double)]) -> [Double] {
    steps.reduce(into: [first]) { all, step in
        for _ in 0..<step.count { all.append((all.last ?? 0) + step.by) }
    }
}

@Suite struct DemandTests {
    /// Samples five seconds apart, or as far as is said.
    private func history(_ demand: [Double], every spacing: Int64 = 5_000, missing: [Int] = []) -> DemandHistory {
        var history = DemandHistory()
        for (index, clients) in demand.enumerated() {
            history.add(
                .init(
                    at: Int64(index) * spacing,
                    demand: clients,
                    work: clients / 100,
                    missing: missing.isEmpty ? 0 : missing[index]
                )
            )
        }
        return history
    }

    /// Whether two numbers are the same but for rounding.
    private func isNear(_ one: Double, _ other: Double) -> Bool { abs(one - other) < 1e-9 * max(1, abs(other)) }

    @Test(
        arguments: [
            // When somebody looked, and which of that is kept.
            ([0, 4_000, 8_000], [0, 4_000, 8_000]),
            ([0, 3_999, 7_999], [0, 7_999]), ([0, 2_000, 4_000], [0, 4_000]),
            ([0, 4_000, 4_001, 8_000], [0, 4_000, 8_000]), ([0, 4_000, 4_001], [0, 4_000, 4_001]),
            ([0, 600_000], [0, 600_000]), ([0, 600_001], [600_001]), ([0, 4_000, 604_001], [604_001]),
            // A clock that was set back.
            ([0, 4_000, 4_000], [0, 4_000]), ([0, 4_000, 8_000, 2_000], [0, 2_000]), ([5, 0], [0]),
        ] as [([Int64], [Int64])]
    )
    func `samples are some seconds apart and of ten minutes`(looks: [Int64], kept: [Int64]) {
        var history = DemandHistory()
        for time in looks { history.add(.init(at: time, demand: 1, work: 0, missing: 0)) }
        #expect(history.samples.map(\.at) == kept)
        #expect(history.earlier.samples.map(\.at) == kept.dropLast())
    }

    @Test(arguments: [(59_999, 2.0), (60_000, 3.0), (119_999, 3), (120_000, 0)] as [(Int64, Double)])
    func `loops are as busy as they were over the last minute`(now: Int64, busy: Double) {
        #expect(self.history([100, 300], every: 60_000).work(at: now) == busy)
        #expect(DemandHistory().work(at: now) == 0)
    }

    @Test(arguments: [(4_000, 40.0), (119_999, 40), (120_000, 0), (200_000, 0)] as [(Int64, Double)])
    func `who was here in the last two minutes is away`(now: Int64, away: Double) {
        #expect(self.history([100, 60], every: 4_000).away(at: now) == away)
        #expect(self.history([60, 100], every: 4_000).away(at: now) == 0)
        #expect(DemandHistory().away(at: now) == 0)
    }

    /// A history, and the clients a second by which it grows.
    struct Growing: Sendable {
        var demand: [Double]
        var spacing: Int64 = 5_000
        var missing: [Int] = []
        var growth: Double
    }

    @Test(arguments: [
        Growing(demand: [], growth: 0), Growing(demand: [7], growth: 0),
        // Five steps are too few, six are enough.
        Growing(demand: [0, 1, 2, 3, 4, 5], growth: 0), Growing(demand: [0, 1, 2, 3, 4, 5, 6], growth: 0.2),
        Growing(demand: [0, 1, 2, 4, 6, 8, 10], growth: 4 / 15.0), Growing(demand: demand(900, [(30, 0)]), growth: 0),
        Growing(demand: demand(900, [(30, 50)]), growth: 10), Growing(demand: demand(9_000, [(30, -50)]), growth: 0),
        // One step is none, nor are three.
        Growing(demand: demand(900, [(26, 0), (3, 500)]), growth: 0),
        Growing(demand: demand(900, [(28, 0), (1, 500)]), growth: 0),
        Growing(demand: demand(900, [(20, 0), (1, 500), (8, 0)]), growth: 0),
        // A crowd begins: 40 a second in the last six steps, of 7,200 clients, but for two deviations.
        Growing(demand: demand(7_200, [(24, 0), (6, 200)]), growth: 40 - 120.0.squareRoot() / 15),
        // It ends: the steepest three of six are all that there is.
        Growing(demand: demand(3_200, [(20, 200), (3, 0)]), growth: 110.0.squareRoot() / 15),
        // Two minutes are 24 steps, of which the oldest is flat.
        Growing(demand: demand(9_000, [(7, 0), (23, 50)]), growth: 20 * 50 / 105.0),
        // Clients that come back are none.
        Growing(demand: demand(1_000, [(20, 0), (1, -100), (4, 25)]), growth: 0),
        Growing(demand: demand(9_000, [(10, 0), (1, -20), (15, 5)]), growth: 8 * 5 / 105.0),
        Growing(demand: demand(9_000, [(8, 0), (2, 5), (1, -10), (8, 5)]), growth: 5 * 5 / 80.0),
        // Where pods fell silent or spoke again there was no step.
        Growing(demand: [0, 1, 2, 3, 4, 5, 9], missing: [0, 0, 0, 0, 0, 0, 1], growth: 0),
        Growing(demand: [0, 1, 2, 3, 4, 5, 6, 9], missing: [0, 0, 0, 0, 0, 0, 0, 1], growth: 0.2),
        // Nor where nobody looked for longer than 20 s. Where there are too few steps, growth is within chance.
        Growing(demand: demand(3_600, [(7, 200)]), spacing: 20_000, growth: (3_800 / 30.0).squareRoot() / 30),
        Growing(demand: demand(3_600, [(7, 200)]), spacing: 20_001, growth: 0),
    ])
    func `growth is what goes above the highest of ten minutes, but for the steepest steps`(growing: Growing) {
        let history = self.history(growing.demand, every: growing.spacing, missing: growing.missing)
        let growth = history.growth(at: history.samples.last?.at ?? 0)
        #expect(self.isNear(growth, growing.growth), "\(growth)")
    }

    @Test func `where nothing is known of the last minute, growth is within the chance of a second`() {
        var history = self.history(demand(6_850, [(12, 50)]))
        history.add(.init(at: 125_000, demand: 7_450, work: 0, missing: 0))
        #expect(self.isNear(history.growth(at: 125_000), 4))
    }

    @Test(
        arguments: [
            // When it is looked at, for how many pods were made, and how many more than 1,000 there may be.
            (584_000, 600, 200), (588_000, 600, 1_000), (584_000, 5_000, 1_000), (588_000, 5_000, 1_000),
            (8_000, 400, 0),
        ] as [(Int64, Double, Double)]
    )
    func `there may be twice as many as ten minutes ago, or as pods were made for`(
        now: Int64,
        provided: Double,
        more: Double
    ) {
        let history = self.history(Array(repeating: 1_000, count: Int(now / 4_000) + 1), every: 4_000)
        #expect(history.untilDoubled(after: 60, provided: provided, at: now) == more)
    }

    @Test(
        arguments: [
            // What comes within half a minute is not left: a client a second, ten, and forty but for chance.
            (demand(1_000, [(24, 5)]), 2_000 - 1_090 - 1 * (30 + 30)), (demand(1_000, [(24, 50)]), 0),
            (demand(7_200, [(24, 0), (6, 200)]), 7_200 - (400 / 15.0 - 120.0.squareRoot() / 15) * (30 + 30)),
            // It is seen a step earlier than the growth itself.
            (demand(1_000, [(6, 5)]), 2_000 - 1_000 - 1 * (30 + 30)), (demand(1_000, [(5, 5)]), 1_000), ([], 0),
        ] as [([Double], Double)]
    )
    func `what comes until new pods are ready is none of what is left`(demand: [Double], more: Double) {
        let history = self.history(demand)
        let now = history.samples.last?.at ?? 0
        let left = history.untilDoubled(after: 30, provided: 100_000, at: now)
        #expect(self.isNear(left, more), "\(left)")
    }
}
