// What this process wrote last, where the copies do not know it yet. A status that goes back to what it was within the time that a
// watch takes would be taken for the same as it is in the copy, and never be written.

import DequeModule
import KubeClient
import Synchronization

/// The statuses that were written and are perhaps on their way to the copies.
package final class WrittenStatuses: Sendable {
    private struct Written {
        let status: JSON
        let revision: UInt64
        let noted: ContinuousClock.Instant
    }

    private struct State {
        var written: [String: Written] = [:]
        /// The uids, those that were written first before the others.
        var order: Deque<String> = []
    }

    /// For how long a copy may be behind; a server that was restored, and counts from an earlier revision, is believed then.
    private static let longestWay = Duration.seconds(60)
    private let bound: Int
    private let state = Mutex(State())

    /// Begins empty.
    ///
    /// - Parameter bound: Of how many objects they are known; of those that were written before, the copy is believed.
    package init(bound: Int = 4096) { self.bound = bound }

    /// What an object's status is, as far as is known here.
    ///
    /// - Parameter object: As the copy has it.
    /// - Returns: Its status, or what was written since where the copy is older than that.
    func status(of object: KubeObject) -> JSON {
        self.state.withLock { state in
            // Revisions of one kind are numbers that grow (Kubernetes API concepts, Resource versions).
            guard let written = state.written[object.uid], let revision = UInt64(object.resourceVersion),
                revision < written.revision, .now - written.noted < Self.longestWay
            else { return object.status }
            return written.status
        }
    }

    /// Notes an object as the API server has it since a status was written.
    func note(_ object: KubeObject) {
        guard let revision = UInt64(object.resourceVersion) else { return }
        self.state.withLock { state in
            if let known = state.written[object.uid] {
                // Two answers may come in another order than they were written in.
                if revision < known.revision, .now - known.noted < Self.longestWay { return }
            } else {
                state.order.append(object.uid)
            }
            state.written[object.uid] = Written(status: object.status, revision: revision, noted: .now)
            while state.order.count > self.bound, let first = state.order.popFirst() { state.written[first] = nil }
        }
    }
}
