// The rules of what is left of tenants in a cell, as a pure function of the note about it, of who goes by that name now, and
// of what is noted where that one lives.

package import StateStore

/// What is to become of the data that a cell's database notes.
package enum RetentionVerdict: Sendable, Hashable {
    /// Whoever goes by the name and namespace of a note.
    package struct Tenant: Sendable, Hashable {
        package var uid: String
        package var isDeleting: Bool
        /// The cell that its status names.
        package var cell: String?
        /// The cell that it is to live in.
        package var wanted: String?

        package init(uid: String, isDeleting: Bool = false, cell: String?, wanted: String?) {
            self.uid = uid
            self.isDeleting = isDeleting
            self.cell = cell
            self.wanted = wanted
        }
    }

    /// It is in order, or its time has not come.
    case keep
    /// It is time, but for the cell where the tenant lives, which cannot say whether it has everything.
    case wait
    /// It is nobody's: it is kept as that of a deleted tenant.
    case retain
    /// It goes, once what came late was copied to a cell, if one is given.
    case erase(late: String?)

    /// Judges a note.
    ///
    /// - Parameters:
    ///   - note: What the cell's database notes.
    ///   - here: The cell.
    ///   - tenant: Who goes by the note's name and namespace now.
    ///   - home: What is noted in the cell where that one lives, if that is another and can be asked.
    ///   - now: Milliseconds since 1970.
    /// - Returns: The verdict.
    package static func on(
        _ note: StoredTenant,
        in here: String,
        tenant: Tenant?,
        home: StoredTenant?,
        now: Int64
    ) -> RetentionVerdict {
        let isTime = (note.eraseAt ?? 0) <= now
        let owner = tenant.flatMap { $0.uid == note.uid ? $0 : nil }
        // Whoever goes clears up behind it.
        if owner?.isDeleting == true { return .keep }
        // Whoever is here, or about to be, or does not know yet, may have the data.
        let isAwaited =
            tenant.map { !$0.isDeleting && ($0.cell == nil || $0.cell == here || $0.wanted == here) } ?? false
        switch note.state {
        case .erasing: return isTime ? .erase(late: nil) : .keep
        case .retained: return isTime && note.eraseAt != nil && !isAwaited ? .erase(late: nil) : .keep
        case .moved:
            guard let owner else { return .erase(late: nil) }
            guard let cell = owner.cell, cell != here, isTime else { return .keep }
            return home?.uid == note.uid && home?.state == .active ? .erase(late: cell) : .wait
        case .arriving:
            return owner == nil || Self.isWorthless(note, in: here, owner, home) ? .erase(late: nil) : .keep
        case .active, .leaving:
            if Self.isWorthless(note, in: here, owner, home) { return .erase(late: nil) }
            return owner == nil && !isAwaited ? .retain : .keep
        }
    }

    /// Whether it is a copy that the tenant will never come to: it is used elsewhere, or was since the copy was begun.
    private static func isWorthless(
        _ note: StoredTenant,
        in here: String,
        _ owner: Tenant?,
        _ home: StoredTenant?
    ) -> Bool {
        // The same note is the same database.
        guard let owner, let home, home != note, owner.cell != nil, owner.cell != here, owner.wanted != here else {
            return false
        }
        return home.uid == note.uid && [.active, .leaving].contains(home.state) && !note.isCopy(of: home)
    }
}
