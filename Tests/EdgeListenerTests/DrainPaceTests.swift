// How fast edges that go close their connections, alone and together.

import Edge
import Testing

@Suite struct DrainPaceTests {
    @Test(
        arguments: [
            // How many go together, and for how many seconds each closes connections.
            (0, 300), (1, 300), (2, 600), (6, 1_800), (7, 1_800), (.max, 1_800),
        ] as [(Int, Int)]
    )
    func `edges that go together take as much longer, up to a bound`(edges: Int, seconds: Int) {
        let pace = DrainPace(period: .seconds(300), longest: .seconds(1_800))
        #expect(pace.period(together: edges) == .seconds(seconds))
    }

    @Test func `who states no bound, or one below the period, takes the period`() {
        #expect(DrainPace(period: .seconds(300)).period(together: 5) == .seconds(300))
        #expect(DrainPace(period: .seconds(300), longest: .seconds(60)).period(together: 1) == .seconds(300))
        #expect(DrainPace(period: .zero).period(together: 9) == .zero)
    }

    /// How many of a thousand are left after each step of a second.
    private func left(_ periods: [Int]) -> [Int] {
        var (progress, left) = (DrainProgress(), 1_000.0)
        return periods.map { period in
            guard !progress.isOver else { return -1 }
            left -= left * progress.advance(by: .seconds(1), of: .seconds(period))
            return Int(left.rounded())
        }
    }

    @Test func `connections are closed evenly, faster once fewer go together`() {
        #expect(self.left([4, 4, 4, 4, 4]) == [750, 500, 250, 0, -1])
        #expect(self.left([10, 10, 5, 5, 5, 5]) == [900, 800, 600, 400, 200, 0])
        #expect(self.left([4, 4, 8, 8, 8, 8, 8]) == [750, 500, 375, 250, 125, 0, -1])
        #expect(self.left([0, 0]) == [0, -1])
        #expect(self.left([1]) == [0])
    }
}
