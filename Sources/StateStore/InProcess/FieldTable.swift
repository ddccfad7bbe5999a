/// The fields of one log: a short array while there are few, since most logs (sessions, nicknames) have one or two and
/// there is one such log for every idle connection; a dictionary beyond that.
struct FieldTable {
    private static let smallLimit = 8

    private var small: [(name: FieldName, value: [UInt8])] = []
    private var large: [FieldName: [UInt8]] = [:]
    private(set) var counts = SectionCounts()

    subscript(name: FieldName) -> [UInt8]? {
        if self.large.isEmpty { return self.small.first { $0.name == name }?.value }
        return self.large[name]
    }

    var dictionary: [FieldName: [UInt8]] {
        if !self.large.isEmpty { return self.large }
        return Dictionary(self.small.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    var count: Int { self.large.isEmpty ? self.small.count : self.large.count }

    func forEach(_ body: (FieldName, [UInt8]) -> Void) {
        if self.large.isEmpty {
            for field in self.small { body(field.name, field.value) }
        } else {
            for (name, value) in self.large { body(name, value) }
        }
    }

    mutating func apply(_ change: FieldChange) {
        switch change {
        case .set(let name, let value): self.set(name, value)
        case .remove(let name): self.remove(name)
        }
    }

    private mutating func set(_ name: FieldName, _ value: [UInt8]) {
        if self.large.isEmpty {
            if let index = self.small.firstIndex(where: { $0.name == name }) {
                self.small[index].value = value
                return
            }
            self.counts.add(1, to: name.section)
            if self.small.count < Self.smallLimit {
                self.small.append((name, value))
                return
            }
            self.large = self.dictionary
            self.small = []
            self.large[name] = value
        } else if self.large.updateValue(value, forKey: name) == nil {
            self.counts.add(1, to: name.section)
        }
    }

    private mutating func remove(_ name: FieldName) {
        if self.large.isEmpty {
            guard let index = self.small.firstIndex(where: { $0.name == name }) else { return }
            self.small.remove(at: index)
        } else if self.large.removeValue(forKey: name) == nil {
            return
        }
        self.counts.add(-1, to: name.section)
    }
}

/// How many fields each section has.
///
/// A log has few sections, so a scan is quicker than a hash.
struct SectionCounts {
    private var counts: [(section: Section, count: Int)] = []

    subscript(section: Section) -> Int { self.counts.first { $0.section == section }?.count ?? 0 }

    mutating func add(_ difference: Int, to section: Section) {
        if let index = self.counts.firstIndex(where: { $0.section == section }) {
            self.counts[index].count += difference
        } else {
            self.counts.append((section, difference))
        }
    }
}
