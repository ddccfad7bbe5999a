import Chat
import StateStore

/// What a rule came to: what is to be appended, and what whoever asked gets once it is.
struct Decided<Value> {
    /// Nil if there is nothing to do.
    var transaction: Transaction?
    var value: Value
    /// What a failed condition means, by its place: others than these lead to another try, on what holds then.
    var refusals: [Int: Refusal] = [:]

    /// There is nothing to do.
    static func nothing(_ value: Value) -> Decided { Decided(transaction: nil, value: value) }
}

extension ChannelEvent {
    /// Whether those who read the channel later are told: an invitation is for few.
    fileprivate var isKept: Bool { if case .invited = self { false } else { true } }
}

extension ChannelReplica {
    /// One event, decided on the whole state.
    func change(_ event: ChannelEvent, lifetime: LogChange.Lifetime = .keep) -> Transaction {
        Transaction(
            conditions: [self.unchanged],
            changes: [
                LogChange(
                    self.key,
                    payload: event.encoded,
                    fields: self.state.updates(for: event).map(FieldChange.init),
                    lifetime: lifetime,
                    feed: self.network.keepsHistory && event.isKept ? self.label : nil
                )
            ]
        )
    }
}
