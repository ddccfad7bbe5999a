/// What is said and by whom, as far as checks ask for it.
package struct CheckedMessage: Sendable {
    /// Where to.
    package enum Place: Hashable, Sendable {
        /// A channel, by its folded name.
        case channel(String)
        case person
    }

    /// What somebody is, for whom checks may not hold.
    package struct Sender: Hashable, Sendable {
        package var hasRole: Bool
        package var hasAccount: Bool
        package var rank: Check.Rank

        package init(hasRole: Bool = false, hasAccount: Bool = false, rank: Check.Rank = .none) {
            (self.hasRole, self.hasAccount, self.rank) = (hasRole, hasAccount, rank)
        }

        /// Whether a check does not hold for who is this.
        func isExempt(from exemption: Check.Exemption) -> Bool {
            if exemption.roles, self.hasRole { return true }
            if exemption.accounts, self.hasAccount { return true }
            return exemption.rank != .none && self.rank.height >= exemption.rank.height
        }
    }

    /// Nil for one that is made of tags alone.
    package let text: String?
    package let place: Place
    package let sender: Sender

    package init(_ text: String?, to place: Place, by sender: Sender = Sender()) {
        (self.text, self.place, self.sender) = (text, place, sender)
    }
}

extension Check.Rank {
    var height: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
