// What the store's client missed and brings afterwards, no faster than those read who are told of it.

import NIOCore
package import StateStore

extension RealmShard {
    /// A slice of a repair that waits for its turn.
    private final class Slice {
        private var next: (() -> Void)?

        init(_ next: @escaping () -> Void) { self.next = next }

        var isWaiting: Bool { self.next != nil }

        func goOn() {
            let next = self.next
            self.next = nil
            next?()
        }
    }

    /// Goes on when those who are told of the log have taken most of what they were told before.
    ///
    /// After about a second in any case, since one who does not read holds up nobody: its send queue is for that.
    package func repairing(_ log: LogKey, next: @escaping () -> Void) {
        let slice = Slice(next)
        self.wait(slice, of: log)
        if slice.isWaiting { self.later(self.patience()) { slice.goOn() } }
    }

    /// Asks again when all had room: another log's slice may have taken it.
    private func wait(_ slice: Slice, of log: LogKey) {
        guard slice.isWaiting else { return }
        let pace = Pace { self.wait(slice, of: log) }
        switch self.followed[log] {
        case .channel(let replica): for group in replica.groups { group.hold(pace) }
        case .session(let session): for attachment in session.attachments { attachment.hold(pace) }
        case nil: break
        }
        if !pace.isHeld { slice.goOn() }
    }

    /// How long a slice waits at most: a second, and those of many logs that wait for the same one who reads slowly go on one
    /// after the other, not all at once.
    private func patience() -> TimeAmount {
        let now = self.loop.now
        let last = min(self.lastPatience + .milliseconds(50), now + .seconds(10))
        self.lastPatience = max(last, now + .seconds(1))
        return self.lastPatience - now
    }
}
