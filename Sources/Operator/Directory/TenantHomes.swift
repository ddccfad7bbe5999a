// Which tenants a cell concerns, without looking at all there are: a cell is looked at every few seconds, and whenever one comes or goes.

import KubeClient

/// Tenants by the cells that they live in or want to live in.
struct TenantHomes: Sendable {
    /// Where a tenant lives by its status, and where it is to live by itself: nil if it names no cell and lives in none.
    struct Home: Sendable, Hashable {
        var lives: String?
        var wants: String?

        fileprivate var cells: Set<String> { Set([self.lives, self.wants].compactMap(\.self)) }
    }

    private var byCell: [String: Set<ObjectKey>] = [:]
    private var living: [String: Int] = [:]
    /// Who names no cell and lives in none.
    private(set) var withoutCell: Set<ObjectKey> = []

    /// The tenants that live in a cell, or name it.
    func concerned(_ cell: String) -> Set<ObjectKey> { self.byCell[cell] ?? [] }

    /// How many live in a cell.
    func count(livingIn cell: String) -> Int { self.living[cell] ?? 0 }

    /// Notes where a tenant is now and was before, nil if it was not known or is gone.
    mutating func move(_ key: ObjectKey, from old: Home?, to new: Home?) {
        guard old != new else { return }
        if let old {
            for cell in old.cells { self.byCell[cell]?.remove(key) }
            if let cell = old.lives { self.living[cell, default: 0] -= 1 }
            self.withoutCell.remove(key)
        }
        if let new {
            for cell in new.cells { self.byCell[cell, default: []].insert(key) }
            if let cell = new.lives { self.living[cell, default: 0] += 1 }
            if new.cells.isEmpty { self.withoutCell.insert(key) }
        }
    }
}
