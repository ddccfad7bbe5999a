// Waits between tries.

import NIOCore

extension RealmShard {
    /// How long to wait before something is tried again that failed so many times before: up to a second, with jitter.
    func pause(after failures: Int) -> TimeAmount {
        let most = min(1_000_000, 1_000 << min(failures, 10))
        return .microseconds(Int64(most / 2) + Int64(self.environment.random() % UInt64(most / 2 + 1)))
    }

    /// Goes on later.
    func later(_ delay: TimeAmount, _ body: @escaping () -> Void) {
        let bound = NIOLoopBound(body, eventLoop: self.loop)
        self.loop.scheduleTask(in: delay) { bound.value() }
    }
}
