package import Chat
package import Checks
import IRC

/// What moderators are shown of a network's checks.
extension Network {
    /// A check, and how often it was hit in this process.
    package struct ShownCheck {
        package let check: Check
        package let hits: UInt64
    }

    /// All checks in their order, and how many searches for patterns ended at a limit.
    package func shownChecks(by actor: Actor) throws(Refusal) -> (checks: [ShownCheck], searchesCut: UInt64) {
        guard actor.may(.reviewMessages) else { throw Refusal(.rightNeeded) }
        let counts = self.shard.environment.checkCounts.counts(of: self.id)
        let shown = (self.checks?.checks ?? []).map { check in
            let key = CheckCounts.Key(check: check.name, action: check.action, isDry: check.dryRun)
            return ShownCheck(check: check, hits: counts.hits[key] ?? 0)
        }
        return (shown, counts.searchesCut)
    }

    /// What the checks would say of a text, said by somebody who is nothing in particular and said nothing before.
    ///
    /// - Parameters:
    ///   - text: What would be said.
    ///   - target: Where to: a channel, whether there is one or not, or any nickname.
    ///   - actor: Who asks.
    /// - Returns: What they say; nothing is counted.
    /// - Throws: Why the actor is not told.
    package func tryChecks(
        on text: String,
        to target: String,
        by actor: Actor
    ) throws(Refusal) -> CheckVerdict {
        guard actor.may(.reviewMessages) else { throw Refusal(.rightNeeded) }
        let place: CheckedMessage.Place
        if let channel = self.channel(target) {
            guard let name = channel.name else { throw Refusal(.noSuchChannel, target.asWord) }
            place = .channel(name.folded)
        } else {
            place = .person
        }
        var memory = SenderMemory()
        guard let checks else { return CheckVerdict() }
        return checks.judge(CheckedMessage(text, to: place), &memory, now: self.shard.now)
    }
}
