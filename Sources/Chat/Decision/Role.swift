/// What an account is in its tenant, from who may do what everybody may to who may do everything.
package enum Role: String, Hashable, Sendable, CaseIterable {
    case user
    /// Helps people, and keeps apart who disturbs them.
    case guide
    /// Keeps order.
    case moderator
    /// Runs the network.
    case admin

    /// Reads what the stores have.
    ///
    /// What a later version wrote counts for the most: nobody uses rights against who has it.
    package init(stored text: String) { self = Self(rawValue: text) ?? .admin }
}
