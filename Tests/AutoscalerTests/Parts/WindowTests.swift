// The stabilization window: what was needed is remembered for as long as it says, in few entries.

import Testing

@testable import Operator

@Suite struct WindowTests {
    private struct Step {
        var replicas: Int
        var at: Int64
        var length: Int64 = 40_000
    }

    @Test(
        arguments: [
            // Recommendations, with their times, and what sufficed for all of a window of 40 s.
            ([], 0), ([(3, 0)], 3), ([(3, 0), (5, 10_000)], 5), ([(5, 0), (3, 10_000)], 5),
            ([(9, 1_000), (1, 41_000)], 9), ([(9, 999), (1, 41_000)], 1),
            // One that other ones came to since is as old as the last of them.
            ([(9, 0), (1, 999), (1, 40_999)], 9), ([(9, 0), (1, 999), (1, 41_000)], 1),
            // A clock that was set back.
            ([(9, 5_000), (1, 4_000)], 1), ([(9, 5_000), (1, 5_000)], 9), ([(1, 5_000), (9, 5_000)], 9),
        ] as [([(Int, Int64)], Int)]
    )
    func `what was needed within the window is needed`(added: [(Int, Int64)], highest: Int) {
        var window = RecommendationWindow()
        for (replicas, time) in added { window.add(replicas, at: time, length: 40_000) }
        #expect(window.highest == highest)
    }

    @Test func `what follows within a fortieth of the window makes no entry of its own`() {
        var window = RecommendationWindow()
        for (time, entries) in [(0, 1), (999, 1), (1_000, 2), (1_999, 2), (2_000, 3), (2_900, 3)] as [(Int64, Int)] {
            window.add(1, at: time, length: 40_000)
            #expect(window.entries.count == entries, "at \(time)")
        }
        // Nor does what is of the same time, also where the window was made shorter meanwhile.
        window.add(7, at: 2_900, length: 4_000)
        #expect(window.entries.count == 3 && window.highest == 7)
        window.add(7, at: 2_901, length: 4_000)
        #expect(window.entries.count == 4)
    }
}
