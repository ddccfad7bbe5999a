import KubeClient
import Synchronization

/// Something that others wait for, each as long as it has time.
///
/// It opens once, for good.
package final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var next = 0
        var waiting: [Int: CheckedContinuation<Bool, Never>] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    /// Lets go on who waits.
    package func open() {
        let waiting = self.state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [:] }
            return state.waiting.values
        }
        for continuation in waiting { continuation.resume(returning: true) }
    }

    /// Waits until it is open.
    ///
    /// - Returns: whether it was, in time.
    package func passes(within patience: Duration) async -> Bool {
        let number = self.state.withLock { state in
            state.next += 1
            return state.next
        }
        let timer = Task {
            try? await TimeSource.continuous.sleep(patience)
            self.giveUp(number)
        }
        defer { timer.cancel() }
        return await withCheckedContinuation { continuation in
            let isOpen = self.state.withLock { state in
                if !state.isOpen { state.waiting[number] = continuation }
                return state.isOpen
            }
            if isOpen { continuation.resume(returning: true) }
        }
    }

    private func giveUp(_ number: Int) {
        self.state.withLock { $0.waiting.removeValue(forKey: number) }?.resume(returning: false)
    }
}
