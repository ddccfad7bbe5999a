import Operator
import Testing

/// How many workers a cell has, by what waits in its feeds.
struct WorkerScaleTests {
    /// Looks every five seconds at a feed in which something waits; returns how many workers there were after each.
    private func watch(_ waiting: [Int?], from replicas: Int = 2, _ bounds: ClosedRange<Int> = 2...8) -> [Int] {
        var scale = WorkerScale()
        var (replicas, now) = (replicas, Int64(0))
        return waiting.map { waiting in
            replicas = scale.replicas(for: .init(replicas: replicas, bounds: bounds, waiting: waiting), at: now)
            now += 5_000
            return replicas
        }
    }

    private func minutes(_ count: Int, of waiting: Int?) -> [Int?] { Array(repeating: waiting, count: count * 12) }

    @Test(
        arguments: [
            // As many as are wanted at least and at most, whatever waits.
            ([nil], 0, 2), ([nil], 20, 8), ([0], 1, 2), ([100_000], 20, 8),
            // What waits for a moment says nothing.
            ([100_000, 100_000, 0, 100_000, 100_000, 0], 2, 2),
            // Between the bounds nothing happens.
            (Array(repeating: 2_000, count: 500), 5, 5),
            // Half a minute does.
            (Array(repeating: 5_000, count: 7), 2, 4), (Array(repeating: 5_000, count: 6), 2, 2),
            (Array(repeating: 4_999, count: 500), 2, 2),
            // Whom nobody hears of is left as it is.
            (Array(repeating: nil, count: 500), 5, 5),
        ] as [([Int?], Int, Int)]
    )
    func `the number after some looks`(waiting: [Int?], from: Int, to: Int) {
        #expect(self.watch(waiting, from: from).last == to)
    }

    @Test func `they are doubled every half minute while much waits, up to the most`() {
        let numbers = self.watch(self.minutes(5, of: 50_000))
        #expect(numbers.prefix(6).allSatisfy { $0 == 2 } && numbers[6] == 4)
        #expect(numbers[11] == 4 && numbers[12] == 8 && numbers.last == 8)
    }

    @Test func `one goes after each ten minutes in which little waits, down to the fewest`() {
        let numbers = self.watch(self.minutes(45, of: 3), from: 5)
        #expect(numbers[119] == 5 && numbers[120] == 4 && numbers[240] == 3 && numbers[360] == 2)
        #expect(numbers.last == 2)
        // What came in between begins it anew.
        let busy = self.minutes(9, of: 3) + [2_000] + self.minutes(9, of: 3)
        #expect(self.watch(busy, from: 5).last == 5)
    }

    @Test func `a look without an answer begins it anew`() {
        let waiting = Array(repeating: Int?.some(50_000), count: 6) + [nil] + Array(repeating: 50_000, count: 6)
        #expect(self.watch(waiting).allSatisfy { $0 == 2 })
    }

    @Test func `a Cell that wants one has one`() {
        #expect(self.watch(self.minutes(20, of: 90_000), from: 1, 1...1).allSatisfy { $0 == 1 })
    }
}
