// A gate at which requests wait until a test opens it: a delay that needs no clock.

import Synchronization

/// Where held requests wait.
package final class KubeAPIGate: Sendable {
    private struct State {
        var isOpen = false
        var arrived = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
        var watching: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    init() {}

    /// Lets all requests go, those that wait and those to come.
    package func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Returns when as many requests have come to the gate.
    ///
    /// - Parameter count: at least one.
    package func arrival(of count: Int = 1) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.arrived >= count { return true }
                state.watching.append((count, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    func pass() async {
        await withCheckedContinuation { continuation in
            let (isOpen, seen) = state.withLock { state in
                state.arrived += 1
                let seen = state.watching.filter { $0.count <= state.arrived }.map(\.continuation)
                state.watching.removeAll { $0.count <= state.arrived }
                if !state.isOpen { state.waiting.append(continuation) }
                return (state.isOpen, seen)
            }
            for continuation in seen { continuation.resume() }
            if isOpen { continuation.resume() }
        }
    }
}
