// Who may write the projection. An operator that was frozen while another began to lead wakes in the belief that it leads,
// and no clock or lease can keep it from its next write; only the log itself can. So whoever takes the log over leaves a claim
// in it, and every later append is conditional on that claim being there still.

/// What a writer leaves in the log when it takes it over.
struct ProjectionClaim: Hashable, Sendable {
    /// The leader's term: who leads later has a higher one.
    let term: UInt64
    /// How often the log was taken over within the term.
    let turn: UInt64
    /// Who took it over; no two writers are the same.
    let producer: ProducerID

    init(term: UInt64, turn: UInt64, producer: ProducerID) {
        self.term = term
        self.turn = turn
        self.producer = producer
    }

    /// Reads a claim as the log holds it.
    ///
    /// - Returns: nil if there is none, or one that nobody can have left.
    init?(_ bytes: [UInt8]?) {
        guard let bytes else { return nil }
        let numbers = String(decoding: bytes, as: UTF8.self).split(separator: ".", omittingEmptySubsequences: false)
            .compactMap { UInt64($0) }
        guard numbers.count == 3 else { return nil }
        self.init(term: numbers[0], turn: numbers[1], producer: ProducerID(rawValue: numbers[2]))
    }

    /// `TERM.TURN.PRODUCER`, so that people can read it in the store.
    var bytes: [UInt8] { Array("\(self.term).\(self.turn).\(self.producer.rawValue)".utf8) }

    /// The claim that takes a log over, in a term or, without one, in that of whoever has it.
    ///
    /// - Parameters:
    ///   - found: The claim that is in the log.
    ///   - term: The term of who takes over; nil if nobody else contends.
    ///   - former: The claim that this producer left before: it finds another if somebody took the log over since, or if
    ///     the store lost what it had.
    ///   - producer: Who takes over.
    /// - Returns: nil if the log is another's by right.
    static func over(
        _ found: ProjectionClaim?,
        term: UInt64?,
        former: ProjectionClaim?,
        by producer: ProducerID
    ) -> ProjectionClaim? {
        let term = former?.term ?? term ?? found?.term ?? 0
        if let found, found.producer != producer {
            if found.term > term { return nil }
            if let former, found.term == former.term, found.turn >= former.turn { return nil }
        }
        let turns = [found, former].compactMap { $0 }.filter { $0.term == term }.map(\.turn)
        let last = turns.max() ?? 0
        guard last < .max else { return nil }
        return ProjectionClaim(term: term, turn: last + 1, producer: producer)
    }
}
