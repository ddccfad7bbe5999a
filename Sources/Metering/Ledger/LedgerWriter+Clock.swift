// Which clock counts: the ledger's is asked, this process's is compared with it, and who is wrong is told.

import Logging
import Observability
import StateStore

extension LedgerWriter {
    /// Asks the ledger what time it is, and says so once if clocks contradict each other.
    ///
    /// - Returns: Why it did not answer, if it did not.
    func readClock() async -> DurableStoreError? {
        let asked = self.collector.uptime()
        let time: Int64
        do throws(DurableStoreError) { time = try await self.ledgerTime() } catch { return error }
        // It was looked up somewhere between the question and the answer.
        let uptime = asked + (self.collector.uptime() - asked) / 2
        self.note(self.collector.read(time, at: uptime))
        self.compare()
        return nil
    }

    private func note(_ reading: MeterClock.Reading) {
        switch reading {
        case .agrees: self.clocks.isDoubted = false
        case .taken:
            self.clocks.isDoubted = false
            let time = self.collector.now.map(Self.text) ?? ""
            self.logger.notice("usage is counted by the ledger's clock from now on", metadata: ["time": "\(time)"])
        case .setAside(let ahead):
            // The first answer of all has nothing that it could contradict.
            guard self.collector.now != nil else { return }
            self.clocks.setAside += 1
            guard !self.clocks.isDoubted else { return }
            self.clocks.isDoubted = true
            self.logger.warning(
                "the ledger's clock jumped and is set aside: usage is counted by the time that has passed",
                metadata: ["ahead": "\(ahead / 1000) s"]
            )
        }
    }

    private func compare() {
        guard let right = self.collector.now else { return }
        let now = self.now()
        self.clocks.ahead = now - right
        let isFar = abs(self.clocks.ahead) > MeterClock.tolerance
        defer { self.clocks.isFar = isFar }
        guard isFar, !self.clocks.isFar else { return }
        self.logger.warning(
            "this process's clock is far from the ledger's, by which usage is counted: set it right",
            metadata: ["time": "\(Self.text(now))", "ledger": "\(Self.text(right))"]
        )
    }

    private static func text(_ time: Int64) -> String { UTCInstant(milliseconds: time).description }
}
