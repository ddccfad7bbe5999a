// Keys in the order of their turns: in lanes, each with two lines. What one lane waits for keeps no other from going on, and what
// somebody changed passes what is only looked at once more.

import DequeModule

/// What a key is to be worked on for.
package enum WorkUrgency: Int, Sendable, Hashable, Comparable {
    /// Somebody changed it, and waits.
    case change
    /// It may not be as it should: one of the many that are looked at again.
    case upkeep

    package static func < (left: WorkUrgency, right: WorkUrgency) -> Bool { left.rawValue < right.rawValue }
}

/// Keys that wait, each once.
struct WaitingKeys<Key: Hashable & Sendable> {
    /// A key whose turn has come.
    struct Turn {
        let key: Key
        let lane: String
        let urgency: WorkUrgency
    }

    private struct Lane {
        var changes = Deque<Key>()
        var upkeep = Deque<Key>()
        /// Changes since the last upkeep.
        var passed = 0

        var isEmpty: Bool { self.changes.isEmpty && self.upkeep.isEmpty }

        mutating func popFirst() -> (Key, WorkUrgency)? {
            let isUpkeepDue = self.passed >= WaitingKeys.changesInRow && !self.upkeep.isEmpty
            if !isUpkeepDue, let key = self.changes.popFirst() {
                self.passed += 1
                return (key, .change)
            }
            self.passed = 0
            return self.upkeep.popFirst().map { ($0, .upkeep) }
        }
    }

    /// How many changes pass upkeep that waits: those who change all the time must not keep it out for good.
    private static var changesInRow: Int { 8 }

    private var lanes: [String: Lane] = [:]
    private var urgencies: [Key: WorkUrgency] = [:]
    /// Keys with a place among upkeep; those that became a change since are passed over there.
    private var places: Set<Key> = []

    /// How many keys wait.
    var count: Int { self.urgencies.count }

    /// Adds a key, or has one that waits pass others if it is more urgent now.
    mutating func add(_ key: Key, _ urgency: WorkUrgency, in lane: String) {
        if let known = self.urgencies[key], known <= urgency { return }
        self.urgencies[key] = urgency
        switch urgency {
        case .change: self.lanes[lane, default: Lane()].changes.append(key)
        case .upkeep:
            guard self.places.insert(key).inserted else { return }
            self.lanes[lane, default: Lane()].upkeep.append(key)
        }
    }

    /// Takes the next key of a lane that has room.
    mutating func take(where hasRoom: (_ lane: String) -> Bool) -> Turn? {
        while let name = self.lanes.first(where: { hasRoom($0.key) })?.key {
            let next = self.lanes[name]?.popFirst()
            if self.lanes[name]?.isEmpty == true { self.lanes[name] = nil }
            guard let (key, urgency) = next else { continue }
            if urgency == .upkeep { self.places.remove(key) }
            guard self.urgencies[key] == urgency else { continue }
            self.urgencies[key] = nil
            return Turn(key: key, lane: name, urgency: urgency)
        }
        return nil
    }
}
