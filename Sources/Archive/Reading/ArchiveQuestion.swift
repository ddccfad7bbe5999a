import StateStore
import Synchronization

/// One question of a client: what may still be spent on it, and what was found.
final class ArchiveQuestion: Sendable {
    private struct State {
        var segments: Int
        var bytes: Int
        var answer = OlderRecords()
        var isOver = false
    }

    private let state: Mutex<State>

    init(_ limits: ArchivedHistory.Limits) {
        self.state = Mutex(State(segments: limits.segments, bytes: limits.bytes))
    }

    /// What was found up to now.
    var answer: OlderRecords { self.state.withLock { $0.answer } }

    /// Takes what was found of a day; nothing more once it is over.
    func found(_ change: (inout OlderRecords) -> Void) {
        self.state.withLock { state in if !state.isOver { change(&state.answer) } }
    }

    /// Ends it before all was looked through.
    func cut() { self.found { $0.isWhole = false } }

    /// Ends it: what comes later is for nobody.
    func end() -> OlderRecords {
        self.state.withLock { state in
            state.isOver = true
            return state.answer
        }
    }

    /// Whether one more segment may be looked into.
    func takesSegment() -> Bool {
        self.state.withLock { state in
            guard state.segments > 0 else { return false }
            state.segments -= 1
            return true
        }
    }

    /// Whether so many bytes of lines may be opened.
    ///
    /// The last ones may be more than is left: nobody gets on otherwise.
    func takes(_ bytes: Int) -> Bool {
        self.state.withLock { state in
            guard state.bytes > 0 else { return false }
            state.bytes -= bytes
            return true
        }
    }
}
