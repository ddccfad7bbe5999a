// An image of all logs as they are at one moment, taken in slices, so that nobody waits for it for long.

import Tenant

/// An image that is being taken.
///
/// It shows the moment at which it was begun. So a log whose fields are about to change, and that was not taken yet, is taken
/// first. What is only said in a log changes nothing that another log knows of: it may be in the image.
struct ImageTaking {
    /// Those that were about to change.
    var changing: [LogImage] = []
    /// What is left to go through, the next last, and where to go on in it.
    fileprivate var tables: [(tenant: TenantID, kind: LogKey.Kind)]
    fileprivate var cursor: UInt64 = 0
}

extension MemoryState {
    /// Begins an image; one that was begun before is given up.
    mutating func beginImage() {
        self.images += 1
        self.imageTaking = ImageTaking(
            tables: self.names.flatMap { tenant, kinds in kinds.keys.map { (tenant, $0) } }
        )
    }

    /// Takes some more of an image.
    ///
    /// - Parameter limit: How many logs, about.
    /// - Returns: Those, and whether there are more; nil if the image was given up, since a tenant was erased.
    mutating func takeImages(_ limit: Int) -> (logs: [LogImage], hasMore: Bool)? {
        guard let table = self.imageTaking?.tables.last else {
            guard let taking = self.imageTaking.take() else { return nil }
            return (taking.changing, false)
        }
        let cursor = self.imageTaking?.cursor ?? 0
        let (names, next) = self.names[table.tenant]?[table.kind]?.page(from: cursor, limit: limit) ?? ([], nil)
        for name in names {
            guard let log = self.logs[LogKey(table.tenant, table.kind, name)] else { continue }
            self.takeImage(of: log)
        }
        if let next {
            self.imageTaking?.cursor = next
        } else {
            self.imageTaking?.cursor = 0
            self.imageTaking?.tables.removeLast()
        }
        let taken = self.imageTaking?.changing ?? []
        self.imageTaking?.changing = []
        return (taken, true)
    }

    /// Takes a log into the image that is being taken, if it is not in there.
    mutating func takeImage(of log: MemoryLog) {
        guard log.imaged < self.images else { return }
        log.imaged = self.images
        self.imageTaking?.changing.append(log.image)
    }
}

extension LogChange {
    /// Whether anything but what was said last is different after it.
    var changesMoreThanEntries: Bool { !self.fields.isEmpty || self.lifetime != .keep || self.holder != .unchanged }
}
