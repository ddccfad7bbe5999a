// A call that ends before its answer leaves a statement behind. PQcancel is libpq's way to end it, and PgBouncer's: it connects
// anew and blocks, without a deadline of its own. It goes before the connection ends, since a pooler forgets with the
// connection which server worked for it.

import CLibPQ
import Foundation
import Synchronization

/// Ends connections whose answer nobody waits for any more, and with them what the server does for them.
///
/// Each on a thread of its own that may block, few at a time. At the bound a connection is closed without more ado: the
/// server looks every second whether its client is still there.
final class PostgresCanceller: Sendable {
    private let bound: Int
    private let running = Mutex(0)

    init(bound: Int) { self.bound = bound }

    /// A connection that its thread alone has.
    ///
    /// Unchecked: whoever gives it away keeps nothing of it.
    private struct Parting: @unchecked Sendable {
        let handle: OpaquePointer
        let cancel: OpaquePointer
    }

    /// Takes a connection of libpq over, cancels what it runs, and ends it.
    func end(_ handle: OpaquePointer) {
        guard let cancel = PQgetCancel(handle) else { return PQfinish(handle) }
        let mayRun = self.running.withLock { running in
            guard running < self.bound else { return false }
            running += 1
            return true
        }
        let parting = Parting(handle: handle, cancel: cancel)
        guard mayRun else { return Self.close(parting) }
        Thread.detachNewThread {
            var message = [CChar](repeating: 0, count: 256)
            // Whether it came in time nobody can tell, nor does it matter.
            _ = PQcancel(parting.cancel, &message, Int32(message.count))
            Self.close(parting)
            self.running.withLock { $0 -= 1 }
        }
    }

    private static func close(_ parting: Parting) {
        PQfreeCancel(parting.cancel)
        PQfinish(parting.handle)
    }
}
