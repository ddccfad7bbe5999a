import Synchronization

/// A list that several threads add to.
final class Locked<Value: Sendable>: Sendable {
    private let storage: Mutex<Value>

    init(_ value: Value) { self.storage = Mutex(value) }

    var value: Value { self.storage.withLock { $0 } }
}

extension Locked {
    func append<Element: Sendable>(_ element: Element) where Value == [Element] {
        self.storage.withLock { $0.append(element) }
    }
}
