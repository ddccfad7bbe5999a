import Numbers

/// The slots that a client holds, so that it can take them anew from a server that may have gone back in time.
///
/// Decides; does no I/O. Answers come in the order of the calls, so what was granted before the server began anew is known when the
/// first answer comes that was given after.
struct RedisSlots {
    /// What the server grants since it began.
    private var held: [CounterKey: Int] = [:]
    /// What was granted before, and is to be taken anew.
    private var former: [CounterKey: Int] = [:]
    /// What is to be given back.
    private var releases: [CounterKey: Int] = [:]

    var hasReleases: Bool { !self.releases.isEmpty }

    var hasFormer: Bool { !self.former.isEmpty }

    mutating func granted(_ count: Int, of counter: CounterKey) {
        if count > 0 { self.held[counter] = (self.held[counter] ?? 0).plus(count) }
    }

    /// Notes slots that nobody needs any more; those of before are just not taken anew.
    mutating func released(_ count: Int, of counter: CounterKey) {
        let gone = min(count, self.former[counter] ?? 0)
        Self.take(gone, from: &self.former, counter)
        guard count > gone else { return }
        Self.take(count.minus(gone), from: &self.held, counter)
        self.releases[counter] = (self.releases[counter] ?? 0).plus(count.minus(gone))
    }

    /// The server began anew: it knows nothing of what is held, nor of what was to be given back.
    mutating func beganAnew() {
        self.former.merge(self.held) { $0.plus($1) }
        self.held = [:]
        self.releases = [:]
    }

    /// Everything was given to others.
    mutating func forget() { self = RedisSlots() }

    /// Some counters with what to give back.
    mutating func takeReleases(_ limit: Int) -> [(counter: CounterKey, count: Int)] {
        let some = self.releases.prefix(limit).map { (counter: $0.key, count: $0.value) }
        for (counter, _) in some { self.releases[counter] = nil }
        return some
    }

    /// What could not be told is told again.
    mutating func putBack(releases: [(counter: CounterKey, count: Int)]) {
        for (counter, count) in releases { self.releases[counter] = (self.releases[counter] ?? 0).plus(count) }
    }

    /// Some counters with what to take anew; it counts as held from now on.
    mutating func takeFormer(_ limit: Int) -> [(counter: CounterKey, count: Int)] {
        let some = self.former.prefix(limit).map { (counter: $0.key, count: $0.value) }
        for (counter, count) in some {
            self.former[counter] = nil
            self.granted(count, of: counter)
        }
        return some
    }

    /// What could not be taken anew is tried again.
    mutating func putBack(former: [(counter: CounterKey, count: Int)]) {
        for (counter, count) in former {
            let left = min(count, self.held[counter] ?? 0)
            Self.take(left, from: &self.held, counter)
            if left > 0 { self.former[counter] = (self.former[counter] ?? 0).plus(left) }
        }
    }

    private static func take(_ count: Int, from counts: inout [CounterKey: Int], _ counter: CounterKey) {
        guard let there = counts[counter] else { return }
        counts[counter] = there > count ? there.minus(count) : nil
    }
}
