/// Words that are looked for, folded once: whole ones by a table, those with `*` and phrases one by one.
struct WordList: Sendable {
    private struct Wild: Sendable {
        /// What is between the stars.
        let text: [UInt8]
        let beginsAnyhow: Bool
        let endsAnyhow: Bool
        let shown: String

        /// Compares bytes: both are folded.
        func matches(_ token: [UInt8]) -> Bool {
            guard token.count >= self.text.count else { return false }
            let last = token.count - self.text.count
            switch (self.beginsAnyhow, self.endsAnyhow) {
            case (true, true):
                for start in 0...last where token[start...].starts(with: self.text) { return true }
                return false
            case (true, false): return token[last...].elementsEqual(self.text)
            case (false, true): return token.starts(with: self.text)
            case (false, false): return token == self.text
            }
        }
    }

    private struct WordPhrase: Sendable {
        let tokens: [Substring]
        let shown: String
    }

    /// By how they are compared, how they are written.
    private var whole: [String: String] = [:]
    private var wild: [Wild] = []
    /// By their first words.
    private var phrases: [Substring: [WordPhrase]] = [:]

    init(_ words: [String], fold: (String) -> String) {
        for word in words {
            let (begins, ends) = (word.hasPrefix("*"), word.hasSuffix("*") && word.count > 1)
            let core = fold(String(word.dropFirst(begins ? 1 : 0).dropLast(ends ? 1 : 0)))
            let tokens = Self.tokens(of: core)
            guard let first = tokens.first else { continue }
            if tokens.count > 1 {
                self.phrases[first, default: []].append(WordPhrase(tokens: tokens, shown: word))
            } else if begins || ends {
                self.wild.append(Wild(text: Array(first.utf8), beginsAnyhow: begins, endsAnyhow: ends, shown: word))
            } else {
                self.whole[String(first)] = word
            }
        }
    }

    /// The words of a text that was folded.
    static func tokens(of folded: String) -> [Substring] { folded.split { !$0.isLetter && !$0.isNumber } }

    /// One that a text has, as it is written in the list; those with `*` are looked for in the beginning alone.
    func first(in tokens: [Substring]) -> String? {
        var (seen, left) = (Set<Substring>(), CheckBounds.wildText)
        for token in tokens where seen.insert(token).inserted {
            if let word = self.whole[String(token)] { return word }
            guard left > 0, !self.wild.isEmpty else { continue }
            let bytes = Array(token.utf8.prefix(left))
            left -= bytes.count
            if let wild = self.wild.first(where: { $0.matches(bytes) }) { return wild.shown }
        }
        guard !self.phrases.isEmpty else { return nil }
        for (index, token) in tokens.enumerated() {
            guard let phrases = self.phrases[token] else { continue }
            let rest = tokens[index...]
            if let phrase = phrases.first(where: { rest.starts(with: $0.tokens) }) { return phrase.shown }
        }
        return nil
    }
}
