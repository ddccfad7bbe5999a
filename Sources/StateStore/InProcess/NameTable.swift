/// The names of a tenant's logs of one kind, to be gone through in pages while some come and go.
///
/// They lie in partitions by the first bits of their hashes, and a place is such a hash. When there are many, each partition
/// becomes two beside each other: what is left to go through stays behind the place.
struct NameTable {
    /// How many names a partition has in the middle before there are twice as many.
    private static let fullness = 32

    private var partitions: [[String]] = [[]]
    private var bits = 0
    private(set) var count = 0

    /// Adds a name that is not in it.
    mutating func insert(_ name: String) {
        if self.count >= self.partitions.count * Self.fullness { self.grow() }
        self.partitions[self.index(of: Self.place(of: name))].append(name)
        self.count += 1
    }

    mutating func remove(_ name: String) {
        let index = self.index(of: Self.place(of: name))
        guard let found = self.partitions[index].firstIndex(of: name) else { return }
        self.partitions[index].swapAt(found, self.partitions[index].count - 1)
        self.partitions[index].removeLast()
        self.count -= 1
    }

    /// The names from a place on, about `limit`, and the place to go on at; nil after the last.
    func page(from place: UInt64, limit: Int) -> (names: [String], next: UInt64?) {
        var names: [String] = []
        for index in self.index(of: place)..<self.partitions.count {
            if names.count >= max(1, limit) { return (names, UInt64(index) << (64 - UInt64(self.bits))) }
            names += self.partitions[index]
        }
        return (names, nil)
    }

    var all: [String] { self.partitions.flatMap { $0 } }

    private mutating func grow() {
        self.bits += 1
        let former = self.partitions
        self.partitions = Array(repeating: [], count: former.count * 2)
        for name in former.joined() { self.partitions[self.index(of: Self.place(of: name))].append(name) }
    }

    private func index(of place: UInt64) -> Int { Int(truncatingIfNeeded: place >> (64 - UInt64(self.bits))) }

    private static func place(of name: String) -> UInt64 { UInt64(bitPattern: Int64(name.hashValue)) }
}
