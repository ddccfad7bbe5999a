/// Finds what somebody probably meant to write.
package enum Spelling {
    /// The name that differs least, if it differs by a third of its letters at most; letter case does not count.
    package static func nearest(to word: String, in names: [String]) -> String? {
        names.map { (name: $0, distance: Self.distance(word.lowercased(), $0.lowercased())) }
            .filter { $0.distance <= max(1, $0.name.count / 3) }
            .min { $0.distance < $1.distance }?.name
    }

    /// How many letters must be put in, taken out or changed (Levenshtein).
    private static func distance(_ left: String, _ right: String) -> Int {
        // Nobody means a known field with a key of this length, and the table is quadratic.
        guard left.utf8.count <= 64, right.utf8.count <= 64 else { return Int.max }
        let (left, right) = (Array(left), Array(right))
        var row = Array(0...right.count)
        for (i, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in right.enumerated() {
                let changed = diagonal + (letter == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(changed, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[right.count]
    }
}
