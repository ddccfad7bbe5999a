// Looking for a word in a line.

extension String {
    /// Whether a word stands in this text with no letter, digit or underscore touching it.
    ///
    /// Only ends of the word that are letters themselves are looked at: `!` may be followed by anything.
    ///
    /// - Parameter word: one or more characters, compared byte by byte.
    /// - Returns: whether one such place is found.
    func holds(word: String) -> Bool {
        var rest = self[...]
        while let range = rest.firstRange(of: word) {
            let startsApart = range.lowerBound == startIndex || !self[index(before: range.lowerBound)].isWordCharacter
            let endsApart = range.upperBound == endIndex || !self[range.upperBound].isWordCharacter
            if startsApart || word.first?.isWordCharacter == false, endsApart || word.last?.isWordCharacter == false {
                return true
            }
            rest = self[range.upperBound...]
        }
        return false
    }
}

extension Character {
    /// Whether identifiers may hold this character.
    var isWordCharacter: Bool { isLetter || isNumber || self == "_" }
}
