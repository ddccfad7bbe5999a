// What leaves the store, and when, if the journal is on a disk.

import DequeModule
import NIOCore
import Tenant

extension MemoryState {
    /// Takes back what a tenant has on its way to the disk.
    mutating func eraseFromGate(_ tenant: TenantID) {
        let count = self.gate?.count(of: tenant) ?? 0
        self.gate?.erase(tenant)
        self.feed.forgot(count, of: tenant)
    }

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
    /// While the disk refuses the next, entries and answers wait on, since what was appended is written once it can be; who
    /// waits for an answer is told so. If the store ends then, there are no answers any more.
    mutating func release(to client: Int, _ gate: JournalGate) {
        while let first = self.mailboxes[client].held.first, first.ticket <= gate.durable {
            self.mailboxes[client].deliveries.append(first.delivery)
            self.mailboxes[client].held.removeFirst()
        }
        guard gate.failure != nil else { return }
        let answers = self.mailboxes[client].held.count { $0.delivery.isAnswer }
        guard answers > 0 else { return }
        guard gate.isClosed else { return self.mailboxes[client].deliveries.append(.delay) }
        self.mailboxes[client].held.removeAll()
        self.mailboxes[client].deliveries.append(contentsOf: repeatElement(.end, count: answers))
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
}
