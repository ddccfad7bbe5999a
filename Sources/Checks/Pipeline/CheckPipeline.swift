import Chat
import IRC

/// A network's checks, ready to be used: made once whenever they are others, and the same for all messages.
///
/// Without clock, chance or I/O: what time it is and what somebody said before are given, and what is to be done is the answer.
package final class CheckPipeline: Sendable {
    fileprivate struct Row: Sendable {
        let check: Check
        let channels: [Glob]
        let allow: Set<String>
        let deny: Set<String>
        let words: WordList
        let patterns: [Pattern]
        /// In milliseconds.
        let within: Int64
    }

    private let rows: [Row]
    private let revision: UInt64
    private let fold: @Sendable (String) -> String
    /// For how long messages are remembered, in milliseconds; 0 if no check asks for what was said before.
    private let memory: Int64
    private let marks: Bool

    /// The checks as they are written.
    package var checks: [Check] { self.rows.map(\.check) }

    /// - Parameters:
    ///   - checks: The checks, in their order; those past ``CheckBounds/checks`` are left out.
    ///   - revision: Another number for other checks: what was remembered for those is forgotten.
    ///   - fold: How texts are compared: in small letters, and as they look.
    package init(_ checks: [Check], revision: UInt64, fold: @escaping @Sendable (String) -> String) {
        self.revision = revision
        self.fold = fold
        self.rows = checks.prefix(CheckBounds.checks).map { check in
            Row(
                check: check,
                channels: check.channels.map { Glob(Names.caseMapping.fold($0), under: Names.caseMapping) },
                allow: Set(check.allow),
                deny: Set(check.deny),
                words: WordList(check.kind == .words ? check.words : [], fold: fold),
                // Those that are none were refused where they are read.
                patterns: check.kind == .patterns ? check.patterns.compactMap { try? Pattern($0) } : [],
                within: check.within.components.seconds * 1000
            )
        }
        let past = self.rows.filter { [.rate, .repetition].contains($0.check.kind) }
        self.memory = past.map(\.within).max() ?? 0
        self.marks = past.contains { $0.check.kind == .repetition }
    }

    /// Looks at a message.
    ///
    /// - Parameters:
    ///   - message: What is said, to whom and by whom.
    ///   - memory: What the same sender said before; this is added.
    ///   - now: Milliseconds since 1970.
    /// - Returns: Which checks it hits, and what they say.
    package func judge(_ message: CheckedMessage, _ memory: inout SenderMemory, now: Int64) -> CheckVerdict {
        var verdict = CheckVerdict()
        var holding: UInt32 = 0
        for (index, row) in self.rows.enumerated() where row.holds(for: message) { holding |= 1 << UInt32(index) }
        guard holding != 0 else { return verdict }
        var text = message.text.map { CheckedText($0, fold: self.fold) }
        if self.memory > 0 {
            memory.begin(self.revision, since: now - self.memory)
            memory.add(at: now, checks: holding, mark: self.marks ? text?.mark() : nil)
        }
        var budget = Pattern.Budget()
        for (index, row) in self.rows.enumerated() where holding & (1 << UInt32(index)) != 0 {
            let reason: CheckVerdict.Reason?
            if row.check.kind == .rate {
                let count = memory.count(of: index, since: now - row.within)
                reason = count > row.check.limit ? .rate(count, within: row.within / 1000) : nil
            } else {
                reason = row.reason(&text, memory, index, now: now, &budget, &verdict)
            }
            guard let reason else { continue }
            verdict.hits.append(
                CheckVerdict.Hit(
                    name: row.check.name,
                    action: row.check.action,
                    isDry: row.check.dryRun,
                    duration: row.check.duration.components.seconds * 1000,
                    reason: reason
                )
            )
        }
        return verdict
    }
}

extension CheckPipeline.Row {
    /// Whether the check holds where a message goes, and for who says it.
    fileprivate func holds(for message: CheckedMessage) -> Bool {
        if message.sender.isExempt(from: self.check.exempt) { return false }
        switch message.place {
        case .person: return self.check.directMessages
        case .channel(let name):
            guard self.check.inChannels else { return false }
            return self.channels.isEmpty || self.channels.contains { $0.matches(folded: name) }
        }
    }

    fileprivate func reason(
        _ text: inout CheckedText?,
        _ memory: SenderMemory,
        _ index: Int,
        now: Int64,
        _ budget: inout Pattern.Budget,
        _ verdict: inout CheckVerdict
    ) -> CheckVerdict.Reason? {
        guard text != nil else { return nil }
        switch self.check.kind {
        case .rate: return nil
        case .repetition:
            guard let mark = text?.mark(), (text?.plain.count ?? 0) >= self.check.minimumLength else { return nil }
            let count = memory.count(of: index, since: now - self.within, like: mark)
            return count > self.check.limit ? .repeated(count, within: self.within / 1000) : nil
        case .capitals:
            guard let letters = text?.letters, letters.all >= self.check.minimumLength, letters.all > 0 else {
                return nil
            }
            let share = letters.capitals * 100 / letters.all
            return share >= self.check.share ? .capitals(share) : nil
        case .formatting:
            guard let codes = text?.codes, codes > self.check.limit else { return nil }
            return .formatting(codes)
        case .links: return text?.hosts().first(where: self.isUnwanted).map { .link($0.name) }
        case .words: return (text?.tokens()).flatMap(self.words.first).map { .word($0) }
        case .patterns:
            guard let plain = text?.plain else { return nil }
            for (number, pattern) in self.patterns.enumerated() {
                switch pattern.search(plain, &budget) {
                case .found: return .pattern(number + 1)
                case .notFound: break
                case .tooLong: verdict.searchesCut += 1
                }
            }
            return nil
        }
    }

    private func isUnwanted(_ host: LinkedHost) -> Bool {
        if host.isBelow(self.allow) { return false }
        return self.deny.isEmpty ? host.isLink : host.isBelow(self.deny)
    }
}
