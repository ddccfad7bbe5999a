import StateStore
import Synchronization

/// How far a job is, as its work says and as others are told some seconds later.
final class ArchiveJobProgress: Sendable {
    struct Place: Hashable, Sendable {
        var done: Int64 = 0
        /// 0 as long as nobody knows.
        var total: Int64 = 0
        var message = ""
    }

    private struct State {
        var place = Place()
        var lines: [String] = []
    }

    private let state = Mutex(State())
    private let told: @Sendable (Place) -> Void

    /// - Parameter told: Hears of each step.
    init(_ told: @escaping @Sendable (Place) -> Void = { _ in }) { self.told = told }

    var place: Place { self.state.withLock { $0.place } }

    /// Notes how far it is.
    func at(_ done: Int, of total: Int, _ message: String) {
        let place = Place(done: Int64(clamping: done), total: Int64(clamping: total), message: message)
        self.state.withLock { $0.place = place }
        self.told(place)
    }

    /// Says something for the log; what is more than a log keeps is dropped.
    func say(_ line: String) {
        self.state.withLock { state in
            if state.lines.count < ArchiveJobRepository.lines { state.lines.append(line) }
        }
    }

    /// What was said since the last call.
    func takeLines() -> [String] {
        self.state.withLock { state in
            defer { state.lines = [] }
            return state.lines
        }
    }
}
