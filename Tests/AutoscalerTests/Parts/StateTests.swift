// What is remembered from one plan to the next, and for how long.

import Testing

@testable import Operator

@Suite struct StateTests {
    @Test func `a clock that is set back by a minute at most stands still until it has caught up`() {
        var state = AutoscalerState()
        #expect(state.time(5) == 5)
        state.look(at: [], now: 100_000)
        for (now, time) in [(101_000, 101_000), (100_000, 100_000), (99_999, 100_000), (40_000, 100_000)]
            as [(Int64, Int64)]
        {
            #expect(state.time(now) == time)
        }
        #expect(state.time(39_999) == 39_999)
    }

    @Test(arguments: [(160_000, true), (160_001, false), (40_000, true), (39_999, false)] as [(Int64, Bool)])
    func `who did not look for longer than a minute begins anew`(now: Int64, remembers: Bool) {
        var state = AutoscalerState()
        #expect(!state.hasSeen(0, by: 100_000))
        state.look(at: [], now: 100_000)
        state.window.add(7, at: 100_000, length: 1)
        state.look(at: [], now: now)
        #expect((state.window.highest == 7) == remembers)
        let since = remembers ? 100_000 : now
        #expect(state.hasSeen(500, by: since + 500) && !state.hasSeen(501, by: since + 500))
    }

    @Test func `pods of the first look may be ready for long, later ones are new`() {
        var state = AutoscalerState()
        let pods = ["a", "b", "c"].map { EdgePod(name: $0, isReady: true, createdAt: 1_000) }
        state.look(at: [pods[0]], now: 50_000)
        state.look(at: [pods[0], pods[1], pods[1]], now: 60_000)
        #expect(state.pods.mapValues(\.readySince) == ["a": 1_000, "b": 60_000])
        state.look(at: [pods[2]], now: 61_000)
        #expect(state.pods.mapValues(\.readySince) == ["c": 61_000])
    }

    @Test func `nobody reports since somebody did, or since somebody looked`() {
        var fleet = TestFleet([100])
        fleet.change("a") { $0.reported = nil }
        let blind = fleet.view
        fleet.change("a") { $0.reported = 0 }
        var state = AutoscalerState()
        #expect(state.see(blind) == 0)
        var later = fleet
        later.change("a") { $0.reported = nil }
        later.now += 3_000
        #expect(state.see(later.view) == 3_000)
        later.change("a") { $0.reported = 0 }
        later.now += 4_000
        #expect(state.see(later.view) == nil)
        later.change("a") { $0.reported = nil }
        #expect(state.see(later.view) == 0)
        later.now += 5_000
        #expect(state.see(later.view) == 5_000)
        later.now += 5_000
        #expect(state.see(later.view) == 10_000)
    }

    @Test(
        arguments: [
            // How long pods took, in seconds, and when one that is asked for now is ready.
            ([], 60), ([30], 30), ([20], 20), ([19], 20), ([180], 180), ([181], 180), ([170, 30, 50], 50),
            ([30, 50], 50), ([30, 40, 50, 60], 50), ([301], 60),
        ] as [([Int64], Double)]
    )
    func `pods take as long as most of those of which it is known`(seconds: [Int64], leadTime: Double) {
        var fleet = TestFleet(seconds.isEmpty ? [0] : seconds.map { _ in 0 })
        fleet.pods[0].readyFor = nil
        for (index, seconds) in seconds.enumerated() { fleet.pods[index].readyFor = fleet.pods[index].age - seconds }
        fleet.look()
        let outlook = fleet.state.outlook(fleet.view)
        #expect(outlook.leadTime == leadTime)
        #expect(outlook.partBeforeReady == leadTime / Double(fleet.pods.count))
    }

    @Test func `what is to be expected comes of what was`() {
        var fleet = TestFleet([6_000, 1_200])
        fleet.settings.bufferPods = 0
        for name in ["a", "b"] { fleet.change(name) { $0.utilization = [0.25] } }
        var outlook = Outlook(growth: 0, untilDoubled: 0, leadTime: 0, partBeforeReady: 0, away: 0, work: 0)
        for step in 0...24 {
            fleet.now += 5_000
            fleet.change("b") { $0.connections = 1_200 + step * 5 }
            fleet.look()
            outlook = fleet.state.outlook(fleet.view)
        }
        #expect(abs(outlook.growth - 1) < 1e-9)
        // 7,200 at first, 7,300 twenty seconds ago; a hundred seconds till a pod is ready that is asked for now.
        #expect(abs(outlook.untilDoubled - (14_400 - 7_300 - 1 * (100 + 20))) < 1e-6)
        #expect(outlook.leadTime == 100 && outlook.away == 0 && outlook.work == 0.5)
        fleet.now += 5_000
        fleet.change("b") { $0.connections = 1_000 }
        fleet.change("a") { $0.utilization = [0.75] }
        fleet.look()
        outlook = fleet.state.outlook(fleet.view)
        #expect(outlook.away == 320 && abs(outlook.work - (11 * 0.5 + 1) / 12) < 1e-9)
        // A silent pod is no growth, and an operator that just started goes by what its predecessor provided.
        var starting = fleet
        starting.state = AutoscalerState()
        starting.look()
        starting.change("b") {
            $0.age = 20
            $0.connections = 2_000
        }
        outlook = starting.state.outlook(starting.view)
        #expect(abs(outlook.untilDoubled - (2 * 7_000 - 8_000)) < 1e-6)
    }

    @Test func `while somebody else decides nothing is remembered of what is needed`() {
        var fleet = TestFleet([6_000, 6_000])
        fleet.watch(for: 120) { $0.add(50) }
        fleet.state.change = ScalingChange(from: 1, to: 2, at: fleet.now)
        fleet.state.forgetWindow(at: fleet.now)
        #expect(fleet.state.window.entries.isEmpty && fleet.state.change == nil)
        #expect(fleet.state.hasSeen(0, by: fleet.now) && !fleet.state.hasSeen(1, by: fleet.now))
        #expect(fleet.state.outlook(fleet.view).growth == 0)
    }
}
