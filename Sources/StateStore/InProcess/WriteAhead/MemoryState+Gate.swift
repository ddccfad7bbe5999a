// What leaves the store, and when, if the journal is on a disk.

import DequeModule
import NIOCore

extension MemoryState {
    /// How many records are on their way to the history.
    var journalCount: Int { self.journal.count + (self.gate?.count ?? 0) }

    /// Has a client's answer wait for what it may rest on.
    ///
    /// - Returns: Whether it waits; if not, it is given at once.
    mutating func holdAnswer(to client: Int) -> Bool {
        guard let gate, gate.isHolding || !self.mailboxes[client].held.isEmpty else { return false }
        self.mailboxes[client].held.append((gate.appended, .answer))
        return true
    }

    /// Moves what waited long enough to where the client takes it from.
    ///
    /// - Parameters:
    ///   - client: Whose it is.
    ///   - durable: The last ticket that the disk has.
    ///   - hasFailed: Whether the disk refuses the next: calls are answered so then. Entries wait on, since what was
    ///     appended is written once it can be, and comes to those who follow it then.
    mutating func release(to client: Int, _ durable: UInt64, _ hasFailed: Bool) {
        while let first = self.mailboxes[client].held.first, first.ticket <= durable {
            self.mailboxes[client].deliveries.append(first.delivery)
            self.mailboxes[client].held.removeFirst()
        }
        guard hasFailed else { return }
        let before = self.mailboxes[client].held.count
        self.mailboxes[client].held.removeAll { held in
            if case .answer = held.delivery { true } else { false }
        }
        let failures = before - self.mailboxes[client].held.count
        self.mailboxes[client].deliveries.append(contentsOf: repeatElement(.failure, count: failures))
    }

    /// The clients that must be told to drain, since the disk has something or has failed.
    mutating func clientsToWake() -> [Int] {
        guard let gate else { return [] }
        var wake: [Int] = []
        for client in self.mailboxes.indices where !self.mailboxes[client].isScheduled {
            guard let first = self.mailboxes[client].held.first, first.ticket <= gate.durable || gate.failure != nil
            else { continue }
            self.mailboxes[client].isScheduled = true
            wake.append(client)
        }
        return wake
    }

    /// Whether one of the records with these numbers is not in the history yet.
    func needsJournal(_ numbers: Range<UInt64>) -> Bool {
        var (low, high) = (self.journal.startIndex, self.journal.endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if self.journal[middle].number < numbers.lowerBound { low = middle + 1 } else { high = middle }
        }
        return low < self.journal.endIndex && self.journal[low].number < numbers.upperBound
    }
}

extension JournalRecord {
    init(number: UInt64, log: LogKey, entry: Entry) { self.init(id: .init(String(number)), log: log, entry: entry) }

    /// The place on the in-process store's journal.
    var number: UInt64 { UInt64(self.id.text) ?? 0 }
}
