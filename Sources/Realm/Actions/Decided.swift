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
        case .invited, .knocked, .renamed, .continued, .registration, .restored, .awaited, .raid: false
        default: true
        }
    }
}

extension ChannelReplica {
    /// One event, decided on the whole state.
    func change(_ event: ChannelEvent, lifetime: LogChange.Lifetime = .keep) -> Transaction {
        self.transaction(self.change(event, in: self.state, lifetime), keeping: [event])
    }

    /// Several events, one after the other, decided on the whole state.
    ///
    /// - `lifetime`: what becomes of the channel after the last.
    func change(_ events: [ChannelEvent], lifetime: LogChange.Lifetime = .keep) -> Transaction {
        var state = self.state
        var transaction = self.transaction(keeping: events)
        var changes: [LogChange] = []
        for (index, event) in events.enumerated() {
            changes.append(self.change(event, in: state, index == events.count - 1 ? lifetime : .keep))
            state.evolve(event)
        }
        transaction.changes = changes + transaction.changes
        return transaction
    }

    private func change(_ event: ChannelEvent, in state: ChannelState, _ lifetime: LogChange.Lifetime) -> LogChange {
        LogChange(
            self.key,
            payload: event.encoded,
            fields: state.updates(for: event).map(FieldChange.init),
            lifetime: lifetime,
            feed: self.network.keepsHistory && event.isKept ? self.label : nil
        )
    }

    /// What changes, with a note if something of it is to be kept of a registered channel.
    private func transaction(_ changes: LogChange..., keeping events: [ChannelEvent]) -> Transaction {
        var transaction = Transaction(conditions: [self.unchanged], changes: changes)
        let isRegistered =
            self.state.registration != nil || events.contains { if case .registration = $0 { true } else { false } }
        if isRegistered, events.contains(where: ChannelState.isKept) {
            transaction.changes.append(self.network.registry.saver.note(self.key.name))
        }
        return transaction
    }
}
