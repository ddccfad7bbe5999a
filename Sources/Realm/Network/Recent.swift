import DequeModule

/// Values by key, of which the keys that came first are forgotten when there are too many.
struct Recent<Key: Hashable, Value> {
    private let limit: Int
    private var order: Deque<Key> = []
    /// Those that are known.
    private(set) var all: [Key: Value] = [:]

    /// - Parameter limit: How many keys are remembered.
    init(limit: Int) { self.limit = limit }

    subscript(_ key: Key) -> Value? { self.all[key] }

    /// Sets a key's value; a key that is known keeps its turn.
    mutating func set(_ value: Value, _ key: Key) {
        guard self.all.updateValue(value, forKey: key) == nil else { return }
        self.order.append(key)
        if self.order.count > self.limit, let oldest = self.order.popFirst() { self.all[oldest] = nil }
    }

    /// The same, but the key is the latest from now on; for few keys, as all are looked through.
    mutating func renew(_ value: Value, _ key: Key) {
        if self.all[key] != nil, let place = self.order.firstIndex(of: key) {
            self.order.remove(at: place)
            self.order.append(key)
        }
        self.set(value, key)
    }
}
