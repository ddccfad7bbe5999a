// One caller that waits for a yes or a no, whichever comes first.

import Synchronization

/// Waits for an answer that several may give; the first counts.
final class Waiter: Sendable {
    private enum State {
        case open
        case waiting(CheckedContinuation<Bool, Never>)
        case settled(Bool)
    }

    private let state = Mutex(State.open)

    /// Answers.
    ///
    /// - Returns: Whether nobody had before.
    func settle(_ answer: Bool) -> Bool {
        let (isFirst, continuation) = self.state.withLock { state -> (Bool, CheckedContinuation<Bool, Never>?) in
            switch state {
            case .settled: return (false, nil)
            case .open:
                state = .settled(answer)
                return (true, nil)
            case .waiting(let continuation):
                state = .settled(answer)
                return (true, continuation)
            }
        }
        continuation?.resume(returning: answer)
        return isFirst
    }

    /// The answer, once there is one; a cancelled task gets a no.
    func answer() async -> Bool {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = self.state.withLock { state -> Bool? in
                    if case .settled(let answer) = state { return answer }
                    state = .waiting(continuation)
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            _ = self.settle(false)
        }
    }
}
