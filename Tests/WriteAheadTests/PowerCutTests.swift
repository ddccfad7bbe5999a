import Logging
import NIOCore
import Simulation
import StateStore
import Tenant
import Testing

/// What is left when the power is cut at any moment.
struct PowerCutTests {
    @Test(arguments: Array(UInt64(1)...UInt64(40)))
    func `every acknowledged record is there once and in order after each cut, and none that was never appended`(
        seed: UInt64
    ) async throws {
        var random = SeededRandom(seed: seed)
        let book = JournalBook()
        var disk = SimulatedDisk(seed: seed)
        for _ in 0..<6 {
            // Also while the journal is opened.
            disk.configure {
                $0.left = random.chance(20) ? random.below(8) : 8 + random.below(400)
                $0.capacity = .max
            }
            do {
                let life = try JournalLife(disk, book, seed: random.next())
                try await life.checkJournal()
                try await life.run(steps: 600)
            } catch let problem as JournalProblem {
                #expect(disk.isCut, "\(problem)")
            }
            disk = disk.afterCut()
        }
        let last = try JournalLife(disk, book, seed: 0)
        try await last.checkJournal()
        #expect(book.mistakes.isEmpty, "seed \(seed): \(book.mistakes.prefix(5))")
        #expect(book.records.values.contains { $0.stamp != nil }, "nothing was acknowledged")
    }
}
