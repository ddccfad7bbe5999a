import Synchronization

/// What was used last, up to a number of bytes.
final class ByteCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Entry {
        let value: Value
        let bytes: Int
        var used: UInt64
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        var bytes = 0
        /// Counts uses.
        var uses: UInt64 = 0
    }

    private let limit: Int
    private let state = Mutex(State())

    /// - Parameter limit: How many bytes it holds at most.
    init(limit: Int) { self.limit = limit }

    var bytes: Int { self.state.withLock { $0.bytes } }

    /// What it has for a key.
    subscript(_ key: Key) -> Value? {
        self.state.withLock { state in
            guard let value = state.entries[key]?.value else { return nil }
            state.uses += 1
            state.entries[key]?.used = state.uses
            return value
        }
    }

    /// Keeps something, in place of what was not used for longest; what is larger than all that it holds is not kept.
    func keep(_ value: Value, for key: Key, bytes: Int) {
        guard bytes <= self.limit else { return }
        self.state.withLock { state in
            state.uses += 1
            if let old = state.entries.updateValue(Entry(value: value, bytes: bytes, used: state.uses), forKey: key) {
                state.bytes -= old.bytes
            }
            state.bytes += bytes
            while state.bytes > self.limit, let oldest = state.entries.min(by: { $0.value.used < $1.value.used }) {
                state.bytes -= oldest.value.bytes
                state.entries[oldest.key] = nil
            }
        }
    }
}
