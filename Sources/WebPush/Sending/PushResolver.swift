import Foundation
import StateStore
import Synchronization

/// Looks up where push services are; a name by one thread at a time, and nobody waits for it longer than he likes.
package actor PushResolver {
    private let lookUp: @Sendable (String) -> [String]
    private var searches: [String: Task<[String], Never>] = [:]

    /// - Parameter lookUp: Finds the addresses of a name. It may block.
    package init(lookUp: @escaping @Sendable (String) -> [String] = { (try? HostResolver.system($0)) ?? [] }) {
        self.lookUp = lookUp
    }

    /// The addresses of a name, in the order in which they are to be tried; none if it has none, or they are not found in time.
    package func addresses(of name: String, within limit: Duration, _ clock: any Clock<Duration>) async -> [String] {
        let search = self.search(for: name)
        let first = FirstAnswer<[String]>()
        return await withCheckedContinuation { continuation in
            first.wait(continuation)
            Task { first.answer(await search.value) }
            Task {
                try? await clock.sleep(for: limit)
                first.answer([])
            }
        }
    }

    private func search(for name: String) -> Task<[String], Never> {
        if let search = self.searches[name] { return search }
        let lookUp = self.lookUp
        let search = Task {
            let found = await withCheckedContinuation { continuation in
                Thread.detachNewThread { continuation.resume(returning: lookUp(name)) }
            }
            self.searches[name] = nil
            return found
        }
        self.searches[name] = search
        return search
    }
}

/// The first of several answers, for one who waits.
private final class FirstAnswer<Value: Sendable>: Sendable {
    private let continuation = Mutex<CheckedContinuation<Value, Never>?>(nil)

    func wait(_ continuation: CheckedContinuation<Value, Never>) { self.continuation.withLock { $0 = continuation } }

    func answer(_ value: Value) {
        let waiting = self.continuation.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
        waiting?.resume(returning: value)
    }
}
