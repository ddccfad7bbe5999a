// Who may write the projection. An operator that was frozen while another began to lead wakes in the belief that it leads,
// and no clock or lease can keep it from its next write; only the log itself can. So whoever takes the log over leaves a claim
// in it, and every later append is conditional on that claim being there still.
//
// Terms are those of one election. Two installations that were given one store know nothing of each other's, and would unseat one
// another again and again; so a claim also says for which cell of which cluster it was left, and another's is respected for as long
// as who left it is there.

/// What a writer leaves in the log when it takes it over.
struct ProjectionClaim: Hashable, Sendable {
    /// The leader's term: who leads later has a higher one.
    let term: UInt64
    /// How often the log was taken over within the term.
    let turn: UInt64
    /// Who took it over; no two writers are the same.
    let producer: ProducerID
    /// For which cell, such that no two cells of all clusters are the same.
    let owner: String

    init(term: UInt64, turn: UInt64, producer: ProducerID, owner: String) {
        self.term = term
        self.turn = turn
        self.producer = producer
        self.owner = owner
    }

    /// Reads a claim as the log holds it.
    ///
    /// - Returns: nil if there is none, or one that nobody can have left.
    init?(_ bytes: [UInt8]?) {
        guard let bytes else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        let parts = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        let numbers = parts[0].split(separator: ".", omittingEmptySubsequences: false).compactMap { UInt64($0) }
        guard numbers.count == 3, parts.count == 2 else { return nil }
        self.init(
            term: numbers[0],
            turn: numbers[1],
            producer: ProducerID(rawValue: numbers[2]),
            owner: String(parts[1])
        )
    }

    /// `TERM.TURN.PRODUCER OWNER`, so that people can read it in the store.
    var bytes: [UInt8] { Array("\(self.term).\(self.turn).\(self.producer.rawValue) \(self.owner)".utf8) }

    /// The claim that takes a log over, in a term or, without one, in that of whoever has it.
    ///
    /// Another owner's is not taken over, whatever its term, unless it was left by who is there no more.
    ///
    /// - Parameters:
    ///   - found: The claim that is in the log.
    ///   - term: The term of who takes over; nil if nobody else contends.
    ///   - former: The claim that this producer left before: it finds another if somebody took the log over since, or if
    ///     the store lost what it had.
    ///   - abandoned: Another owner's claim whose producer is gone.
    ///   - producer: Who takes over.
    ///   - owner: For which cell.
    /// - Returns: nil if the log is another's by right.
    static func over(
        _ found: ProjectionClaim?,
        term: UInt64?,
        former: ProjectionClaim?,
        abandoned: ProjectionClaim? = nil,
        by producer: ProducerID,
        for owner: String
    ) -> ProjectionClaim? {
        if let found, found.owner != owner {
            guard found == abandoned else { return nil }
            return ProjectionClaim(term: former?.term ?? term ?? 0, turn: 1, producer: producer, owner: owner)
        }
        let term = former?.term ?? term ?? found?.term ?? 0
        if let found, found.producer != producer {
            if found.term > term { return nil }
            if let former, found.term == former.term, found.turn >= former.turn { return nil }
        }
        let turns = [found, former].compactMap { $0 }.filter { $0.term == term }.map(\.turn)
        let last = turns.max() ?? 0
        guard last < .max else { return nil }
        return ProjectionClaim(term: term, turn: last + 1, producer: producer, owner: owner)
    }
}
