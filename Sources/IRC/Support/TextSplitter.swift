// Lists that are longer than a line.

/// Spreads words over lines.
package enum TextSplitter {
    /// Groups words in order so that each group, with a space before or between its words, fits.
    ///
    /// `bytes` is the room for the words of one line, one space counted for each, `items` the most words in one line.
    /// There is no empty group. A word that is too long by itself has a group to itself; writing cuts it.
    package static func groups(of words: [String], bytes: Int, items: Int = .max) -> [[String]] {
        var groups: [[String]] = []
        var group: [String] = []
        var length = 0
        for word in words {
            let needed = word.utf8.count + 1
            if !group.isEmpty, length + needed > bytes || group.count == items {
                groups.append(group)
                group = []
                length = 0
            }
            group.append(word)
            length += needed
        }
        if !group.isEmpty { groups.append(group) }
        return groups
    }
}
