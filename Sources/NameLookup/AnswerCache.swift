// What was answered lately, within bounds.

/// Answers by name, each for as long as it holds.
struct AnswerCache: Sendable {
    private struct Entry {
        let content: NameAnswer.Content
        let end: ContinuousClock.Instant
    }

    private let limits: NameResolver.Limits
    private var entries: [String: Entry] = [:]

    init(_ limits: NameResolver.Limits) { self.limits = limits }

    var count: Int { self.entries.count }

    func find(_ name: String, at now: ContinuousClock.Instant) -> NameAnswer.Content? {
        guard let entry = self.entries[name], now < entry.end else { return nil }
        return entry.content
    }

    mutating func keep(_ answer: NameAnswer, of name: String, at now: ContinuousClock.Instant) {
        if self.entries.count >= self.limits.cached, self.entries[name] == nil { self.makeRoom(now) }
        self.entries[name] = Entry(content: answer.content, end: now + self.time(answer))
    }

    private func time(_ answer: NameAnswer) -> Duration {
        switch answer.content {
        case .unknown: self.limits.failure
        case .addresses(let addresses) where addresses.isEmpty: self.limits.missing
        case .addresses:
            answer.seconds.map { min(max(.seconds($0), self.limits.shortest), self.limits.longest) }
                ?? self.limits.shortest
        }
    }

    /// What holds no more goes; if that is little, a tenth of the rest, whichever that is.
    private mutating func makeRoom(_ now: ContinuousClock.Instant) {
        self.entries = self.entries.filter { now < $0.value.end }
        let tenth = max(1, self.limits.cached / 10)
        guard self.entries.count > self.limits.cached - tenth else { return }
        for name in self.entries.keys.prefix(tenth) { self.entries[name] = nil }
    }
}
