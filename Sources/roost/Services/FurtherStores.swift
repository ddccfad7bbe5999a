// The live stores of a process beside its first. Each is used by itself as soon as it is there, so that one that is away takes
// nothing from the tenants of the others, at the start, in between and at the end.

import Backoff
import Logging
import StateStore
import Synchronization

/// Connects with the further live stores of a process.
final class FurtherStores: Sendable {
    /// One of them.
    struct Place: Sendable {
        /// What tenants call it.
        let name: String
        let connect: @Sendable () async throws -> any LiveStore
    }

    private struct State {
        var opened: [any LiveStore] = []
        var isClosed = false
    }

    /// How long a lease in one of them lasts.
    let term: Duration
    private let places: [Place]
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let state = Mutex(State())

    /// - Parameters:
    ///   - places: The stores in their order.
    ///   - term: How long a lease lasts.
    ///   - clock: Times the pauses between attempts to connect.
    ///   - logger: Hears of those that are away.
    init(_ places: [Place], term: Duration, clock: any Clock<Duration>, logger: Logger) {
        self.places = places
        self.term = term
        self.clock = clock
        self.logger = logger
    }

    /// Works until the task is cancelled.
    ///
    /// - Parameter use: Gets each store once it is there, with its name and its place, the first further one's being 1.
    func run(_ use: @escaping @Sendable (String, Int, any LiveStore) async -> Void) async {
        await withDiscardingTaskGroup { group in
            for (index, place) in self.places.enumerated() {
                group.addTask {
                    guard let live = await self.connect(place) else { return }
                    if self.isKept(live) { await use(place.name, index + 1, live) } else { await live.shutdown() }
                }
            }
        }
    }

    /// Notes a store that has to be shut down.
    ///
    /// - Returns: false if that was done with all others already.
    private func isKept(_ live: any LiveStore) -> Bool {
        self.state.withLock { state in
            if !state.isClosed { state.opened.append(live) }
            return !state.isClosed
        }
    }

    /// - Returns: nil if the process ends meanwhile.
    private func connect(_ place: Place) async -> (any LiveStore)? {
        var backoff = Backoff(first: .milliseconds(250), longest: .seconds(4))
        var said: String?
        while !Task.isCancelled {
            do {
                return try await place.connect()
            } catch {
                let reason = "\(error)"
                if said != reason {
                    self.logger.warning(
                        "tenants wait for their live store",
                        metadata: ["redis": "\(place.name)", "reason": "\(reason)"]
                    )
                }
                said = reason
                try? await self.clock.sleep(for: backoff.failed())
            }
        }
        return nil
    }

    /// Ends the connections.
    func shutdown() async {
        let opened = self.state.withLock { state in
            state.isClosed = true
            return state.opened
        }
        for one in opened { await one.shutdown() }
    }
}
