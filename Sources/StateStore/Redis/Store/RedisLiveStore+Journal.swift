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
        let control = self.control
        let deadline = self.settings.configuration.callDeadline
        let done: [String] = try await answer { completion in
            journal.execute { completion(.success($0.acknowledged(ids))) }
        }
        if done.isEmpty { return }
        _ = try await control.ask(.redis(.acknowledge, done), within: deadline) { $0.integer }
    }

    /// How many calls' entries are on their way to the durable history, for an operator to watch: nothing that was
    /// acknowledged is ever dropped to make room.
    package func journalLength() async throws(LiveStoreError) -> Int {
        let deadline = self.settings.configuration.callDeadline
        return try await self.control.ask(.redis(["XLEN", RedisKey.journal]), within: deadline) { $0.integer }
    }
}
