// A whole day with all that may happen in it, by several seeds and ways to spread connections.

import Operator
import Testing

@Suite struct DayTests {
    /// What was asked for before the first run: these numbers are not measured.
    private enum Bounds {
        /// Seconds above 90 % at a stretch.
        static let stretch = 60
        static let ratio = 1.5
        /// The day itself turns eight times; as many again for what fails in it, and again for chance.
        ///
        /// Those of the day: night, morning, lunch, afternoon, evening, talk, crowd, tail.
        static let turns = 24
    }

    /// Growth of seconds is no growth of hours: the day costs hardly more for them.
    @Test(arguments: [UInt64(1), 6])
    func `bursts do not fill the fleet with pods`(seed: UInt64) {
        var day = DayRun(seed: seed, balancer: .random, hasBursts: true)
        let report = day.run()
        // Those who came in it are gone after ten minutes.
        #expect(report.worstStretch <= 600, "\(report)")
        #expect(report.ratio <= Bounds.ratio, "\(report)")
    }

    /// Random spreading is the hardest: nothing ever evens out what old pods hold more than new ones.
    @Test(arguments: [(Balancer.random, UInt64(1)), (.random, 2), (.random, 3), (.twoChoices, 4), (.leastLoaded, 5)])
    func `a day passes without a pod that is too full, and without many pods too much`(balancer: Balancer, seed: UInt64)
    {
        var day = DayRun(seed: seed, balancer: balancer)
        let report = day.run()
        #expect(report.worstStretch <= Bounds.stretch, "\(report)")
        #expect(report.ratio <= Bounds.ratio, "\(report)")
        #expect(report.turns <= Bounds.turns, "\(report)")
        #expect(report.cutsWhileDraining == 0, "\(report)")
        #expect(report.requestedDrains == 1 && report.openDrains == 0, "\(report)")
        // One for each pod that goes, one for the requested drain.
        #expect(report.costsWritten <= report.podsCut + 1, "\(report)")
        #expect(report.reasons.isSuperset(of: [.steady, .scaledUp, .scaledDown, .stabilizing, .figuresMissing]))
    }
}
