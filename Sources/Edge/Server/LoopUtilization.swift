// How busy an event loop is. NIO's metrics delegate cannot tell: it counts as sleep all that lies between two runs of a
// loop's tasks, which is where channels are read, and so nearly all that an edge does. The kernel knows what the loop's
// thread does: it sleeps in the selector and nowhere else, so a loop is busy while its thread runs, or waits for a
// processor in order to run.

import NIOCore
import Synchronization

/// The shares of time in which the loops of shards were busy, from one look to the next.
package final class LoopUtilization: Sendable {
    /// What a thread had done at a moment.
    struct Sample: Sendable {
        let taken: ContinuousClock.Instant
        /// How long it ran, or waited to.
        let busy: Duration

        /// The calling thread's: nanoseconds on a processor and nanoseconds waiting for one, as the kernel counts them.
        ///
        /// https://docs.kernel.org/scheduler/sched-stats.html says what the numbers are. A kernel that does not count
        /// leaves every share at 0.
        static func now() -> Sample {
            let numbers = SecretFile.read("/proc/thread-self/schedstat")?.split(separator: " ") ?? []
            let busy = numbers.prefix(2).compactMap { Int64($0) }.reduce(0, +)
            return Sample(taken: .now, busy: .nanoseconds(busy))
        }

        /// The busy share of the time since an earlier sample, 0 to 1.
        func share(since earlier: Sample) -> Double {
            let elapsed = self.taken - earlier.taken
            guard elapsed > .zero else { return 0 }
            return min(1, max(0, (self.busy - earlier.busy) / elapsed))
        }
    }

    /// Looks that follow closer than this get what the one before got.
    private static let shortest = Duration.milliseconds(100)

    private struct State {
        var samples: [Int: Sample] = [:]
        var shares: [Int: Double] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    /// The busy share of each shard's loop since the look before, 0 to 1, in the order of the shards; since the loop's
    /// beginning at the first look.
    package func shares(of shards: ShardSet) async -> [Double] {
        var shares: [Double] = []
        for (index, shard) in shards.all.enumerated() {
            let (began, now) = await shard.loopSamples
            let share = self.state.withLock { state in
                let before = state.samples[index] ?? began
                if let share = state.shares[index], now.taken - before.taken < Self.shortest { return share }
                let share = now.share(since: before)
                state.samples[index] = now
                state.shares[index] = share
                return share
            }
            shares.append(share)
        }
        return shares
    }
}

extension Shard {
    /// What its loop's thread had done when the shard began, and has done now.
    var loopSamples: (began: LoopUtilization.Sample, now: LoopUtilization.Sample) {
        (self.clients.loopBegan, .now())
    }
}
