// What proves who we are ends some day. It is fetched by one caller at a time, before the old ends; meanwhile the
// others go on with that.

import Synchronization

/// What may end.
protocol Expiring: Sendable {
    /// When it ends, in milliseconds since 1970; nil is never.
    var expires: Int64? { get }
}

/// Something that ends, and is fetched anew before.
final class ExpiringCache<Value: Expiring>: Sendable {
    private struct State {
        var value: Value?
        /// When it was fetched, in milliseconds since 1970.
        var fetched: Int64 = 0
        var refresh: Task<Value, any Error>?
        /// No further attempt before this, in milliseconds since 1970.
        var notBefore: Int64 = 0
    }

    /// How long before its end it is fetched anew.
    private static var early: Int64 { 5 * 60 * 1000 }
    /// How long one without an end is kept: files may change.
    private static var kept: Int64 { 30 * 1000 }
    /// How long to wait after a failure while the old one is still good.
    private static var pause: Int64 { 10 * 1000 }
    /// How long one attempt may take.
    private static var limit: Duration { .seconds(20) }

    private let fetch: @Sendable () async throws(ObjectStoreError) -> Value
    private let time: StoreTime
    private let state = Mutex(State())

    init(time: StoreTime, _ fetch: @escaping @Sendable () async throws(ObjectStoreError) -> Value) {
        self.fetch = fetch
        self.time = time
    }

    private enum Way {
        case use(Value)
        case wait(Task<Value, any Error>)
    }

    func current() async throws(ObjectStoreError) -> Value {
        let now = self.time.wall()
        let way = self.state.withLock { state -> Way in
            let old = state.value.flatMap { value in value.expires.map { $0 > now } ?? true ? value : nil }
            let isDue = old.map { Self.isDue($0, state.fetched, now) } ?? true
            if isDue, state.refresh == nil, old == nil || now >= state.notBefore { state.refresh = self.refresh() }
            if let old { return .use(old) }
            let refresh = state.refresh ?? self.refresh()
            state.refresh = refresh
            return .wait(refresh)
        }
        switch way {
        case .use(let value): return value
        case .wait(let task):
            do { return try await task.value } catch {
                throw (error as? ObjectStoreError) ?? .unavailable("credentials cannot be had")
            }
        }
    }

    private static func isDue(_ value: Value, _ fetched: Int64, _ now: Int64) -> Bool {
        guard let expires = value.expires else { return now - fetched >= self.kept }
        // Short-lived ones at half of their time.
        return expires - now <= min(self.early, max(0, expires - fetched) / 2)
    }

    func renew() async {
        let task = self.state.withLock { state in
            let task = state.refresh ?? self.refresh()
            state.refresh = task
            return task
        }
        _ = try? await task.value
    }

    /// Begins to fetch; called with the lock held, which the task takes only once it has something to say.
    private func refresh() -> Task<Value, any Error> {
        Task {
            do {
                let fetch = self.fetch
                let value = try await self.time.within(Self.limit) { try await fetch() }
                let now = self.time.wall()
                self.state.withLock { state in
                    state.value = value
                    state.fetched = now
                    state.refresh = nil
                }
                return value
            } catch {
                let now = self.time.wall()
                self.state.withLock { state in
                    state.refresh = nil
                    state.notBefore = now + Self.pause
                }
                throw error
            }
        }
    }
}
