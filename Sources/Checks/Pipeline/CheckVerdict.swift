/// What the checks say of a message.
package struct CheckVerdict: Hashable, Sendable {
    /// Why a check was hit.
    package enum Reason: Hashable, Sendable {
        /// So many messages within so many seconds.
        case rate(Int, within: Int64)
        /// The same so often within so many seconds.
        case repeated(Int, within: Int64)
        /// So many percent of the letters.
        case capitals(Int)
        /// So many codes.
        case formatting(Int)
        /// To this host.
        case link(String)
        /// This one of the list.
        case word(String)
        /// The expression with this number, from 1.
        case pattern(Int)
    }

    /// A check that was hit.
    package struct Hit: Hashable, Sendable {
        package let name: String
        package let action: Check.Action
        /// It only counts.
        package let isDry: Bool
        /// For how long who is muted or banned is that, in milliseconds.
        package let duration: Int64
        package let reason: Reason
    }

    /// All that were hit, in their order.
    package var hits: [Hit] = []
    /// How many searches ended at a limit.
    package var searchesCut = 0

    package init() {}

    /// The one that says what is done: the severest, of those the first; nil if the message is as any other.
    package var deciding: Hit? {
        let live = self.hits.filter { !$0.isDry }
        guard let severest = live.map(\.action).max() else { return nil }
        return live.first { $0.action == severest }
    }
}

extension CheckVerdict.Reason: CustomStringConvertible {
    /// For those who look after the network.
    package var description: String {
        switch self {
        case .rate(let count, let seconds): "\(count) messages within \(seconds)s"
        case .repeated(let count, let seconds): "\(count) times the same within \(seconds)s"
        case .capitals(let share): "\(share)% capitals"
        case .formatting(let count): "\(count) codes of formatting"
        case .link(let host): "a link to \(host)"
        case .word(let word): "the word \(word)"
        case .pattern(let number): "pattern \(number)"
        }
    }
}
