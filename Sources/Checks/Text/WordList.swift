/// Words that are looked for, folded once: whole ones by a table, those with `*` and phrases one by one.
struct WordList: Sendable {
    private struct Wild: Sendable {
        let text: String
        let beginsAnyhow: Bool
        let endsAnyhow: Bool
        let shown: String

        func matches(_ token: Substring) -> Bool {
            switch (self.beginsAnyhow, self.endsAnyhow) {
            case (true, true): token.contains(self.text)
            case (true, false): token.hasSuffix(self.text)
            case (false, true): token.hasPrefix(self.text)
            case (false, false): token == self.text
            }
        }
    }

    /// By how they are compared, how they are written.
    private var whole: [String: String] = [:]
    private var wild: [Wild] = []
    private var phrases: [(tokens: [Substring], shown: String)] = []

    init(_ words: [String], fold: (String) -> String) {
        for word in words {
            let (begins, ends) = (word.hasPrefix("*"), word.hasSuffix("*") && word.count > 1)
            let core = fold(String(word.dropFirst(begins ? 1 : 0).dropLast(ends ? 1 : 0)))
            let tokens = Self.tokens(of: core)
            guard let first = tokens.first else { continue }
            if tokens.count > 1 {
                self.phrases.append((tokens, word))
            } else if begins || ends {
                self.wild.append(Wild(text: String(first), beginsAnyhow: begins, endsAnyhow: ends, shown: word))
            } else {
                self.whole[String(first)] = word
            }
        }
    }

    /// The words of a text that was folded.
    static func tokens(of folded: String) -> [Substring] { folded.split { !$0.isLetter && !$0.isNumber } }

    /// The first that a text has, as it is written in the list.
    func first(in tokens: [Substring]) -> String? {
        for token in tokens {
            if let word = self.whole[String(token)] { return word }
            if let wild = self.wild.first(where: { $0.matches(token) }) { return wild.shown }
        }
        guard !self.phrases.isEmpty else { return nil }
        return self.phrases.first { phrase in
            guard let first = phrase.tokens.first, tokens.count >= phrase.tokens.count else { return false }
            return tokens.indices.dropLast(phrase.tokens.count - 1).contains { index in
                tokens[index] == first && tokens[index...].starts(with: phrase.tokens)
            }
        }?.shown
    }
}
