import Chat
import StateStore

/// What a rule came to: what is to be appended, and what whoever asked gets once it is.
enum Decided<Value> {
    /// There is nothing to do.
    case nothing(Value)
    /// To be appended; what a failed condition means, by its place: others than these lead to another try, on what holds then.
    case append(Transaction, Value, refusals: [Int: Refusal])
    /// Not all that it rests on is known here yet: another try, a moment later.
    case again

    init(transaction: Transaction, value: Value, refusals: [Int: Refusal] = [:]) {
        self = .append(transaction, value, refusals: refusals)
    }
}

extension ChannelEvent {
    /// Whether those who read the channel later are told: an invitation is for few, and who knocks.
    fileprivate var isKept: Bool {
        switch self {
        case .invited, .knocked, .renamed, .continued: false
        default: true
        }
    }
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
