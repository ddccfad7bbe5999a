import DequeModule
import NIOCore

/// Searches through a whole network, a page at a time.
///
/// Of a tenant one page is in hand at once, and the loop's other work goes in between: whoever searches again and again
/// waits for themselves, not others for them.
final class ScanQueue {
    unowned let network: Network
    private var isBusy = false
    private var waiting = Deque<(@escaping () -> Void) -> Void>()

    init(_ network: Network) { self.network = network }

    /// Does a page's work when it is its turn; the work says when it has ended.
    func page(_ work: @escaping (_ end: @escaping () -> Void) -> Void) {
        if self.isBusy { return self.waiting.append(work) }
        self.isBusy = true
        self.run(work)
    }

    private func run(_ work: (@escaping () -> Void) -> Void) {
        work {
            self.network.shard.later(.zero) {
                if let next = self.waiting.popFirst() { self.run(next) } else { self.isBusy = false }
            }
        }
    }
}
