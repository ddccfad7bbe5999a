import IRC
import NIOCore
import Realm
import Tenant

/// How often a connection has sent the commands that its tenant limits.
///
/// For each there is the time at which it would have had its turn if all had come evenly: it may be ahead of the clock by as much as all
/// of them at once take.
struct CommandPace {
    private var turns: [String: UInt64] = [:]

    /// Counts a command, unless it comes too soon.
    ///
    /// - Parameters:
    ///   - name: The command.
    ///   - rate: How often it may come.
    ///   - now: Nanoseconds of a clock that nobody sets.
    /// - Returns: Whether it may be carried out.
    mutating func take(_ name: String, _ rate: CommandRate, now: UInt64) -> Bool {
        let (seconds, rest) = rate.per.components
        let period = UInt64(clamping: seconds) &* 1_000_000_000 &+ UInt64(clamping: rest / 1_000_000_000)
        let step = max(1, period / UInt64(clamping: max(1, rate.count)))
        let turn = max(self.turns[name] ?? 0, now)
        guard turn - now <= period - min(step, period) else { return false }
        self.turns[name] = turn + step
        return true
    }
}

extension Call {
    /// Whether the tenant lets the connection send this now; if not, it was told so.
    func takeTurn() -> Bool {
        let rates = self.network.commandRates
        // On the way in what tries secrets counts, and not how somebody says who it is.
        if rates.isEmpty || !self.connection.isRegistered && !self.row.isSecret { return true }
        if self.connection.isInTurn(self.row.name) { return true }
        if self.row.isSilent { return false }
        if self.row.capability.isEmpty {
            self.reply(.rplTryAgain, self.row.name)
        } else {
            self.connection.standardReply(
                .fail,
                command: self.row.name,
                code: "RATE_LIMITED",
                isForAll: true,
                "Please wait a while and try again"
            )
        }
        return false
    }
}

extension Connection {
    /// Whether the tenant lets it send a command now, which is counted.
    func isInTurn(_ name: String) -> Bool {
        guard let rate = self.network.commandRates[name] else { return true }
        var pace = self.pace ?? CommandPace()
        defer { self.pace = pace }
        return pace.take(name, rate, now: self.clients.loop.now.uptimeNanoseconds)
    }
}

extension ServiceCall {
    /// The same of a service's command that does what a limited one does.
    func takeTurn(_ name: String) -> Bool {
        if self.call.connection.isInTurn(name) { return true }
        self.reply("Please wait a while and try again")
        return false
    }
}
