// The journal as the contract has it; `RedisJournal` does the reading.

import NIOCore

extension RedisLiveStore {
    package func readJournal(limit: Int, timeout: Duration) async throws(LiveStoreError) -> [JournalRecord] {
        let deadline = NIODeadline.now() + TimeAmount(timeout)
        let journal = self.journal
        return try await answer { completion in
            journal.execute { $0.read(limit: limit, until: deadline, completion) }
        }
    }

    package func acknowledgeJournal(_ ids: [JournalRecord.ID]) async throws(LiveStoreError) {
        let journal = self.journal
        let done: [String] = try await answer { completion in
            journal.execute { completion(.success($0.acknowledged(ids))) }
        }
        if done.isEmpty { return }
        _ = try await self.ask(.redis(.acknowledge, done)) { $0.integer }
    }

    package func unreadableJournalItems() async -> Int { await self.journal.run { $0.unreadable } }

    package func journalBacklog() async throws(LiveStoreError) -> Int {
        try await self.ask(.redis(["XLEN", RedisKey.journal])) { $0.integer }
    }
}
