import Chat
import IRC
import StateStore
import Tenant

/// What a session is awaited as in its channels, if a server's end ends it (ADR 0041).
extension SessionRecord {
    /// Ranks by folded names of channels that belong to nobody, each with the member's field that it was read from.
    typealias Awaited = [String: (rank: AwaitedRank, field: [UInt8])]

    /// What it is awaited as in a channel.
    func awaited(in state: ChannelState, now: Int64) -> AwaitedRank? {
        guard state.registration == nil, let member = state.members[self.session] else { return nil }
        return AwaitedRank(member, accountSince: self.accountSince, now: now)
    }

    /// The same in all its channels, as the store has them.
    func awaited(
        in tenant: TenantID,
        now: Int64,
        through store: any LiveStoreClient,
        _ then: @escaping (Result<Awaited, LiveStoreError>) -> Void
    ) {
        if self.channels.isEmpty { return then(.success([:])) }
        let channels = self.channels.sorted().map { LogKey(tenant, .channel, $0) }
        let member = FieldName(ChannelState.memberField(self.session))
        let registration = ChannelRegistration.summaryFields(for: nil).map(FieldName.init)
        store.excerpts(of: channels, Excerpt.Request(fields: [member] + registration)) { result in
            then(
                result.map { excerpts in
                    var found: Awaited = [:]
                    for excerpt in excerpts {
                        guard let bytes = excerpt.fields[member],
                            let name = ChannelName(excerpt.log.name, under: Names.caseMapping)
                        else { continue }
                        let state = ChannelState(name: name, fields: excerpt.chatFields)
                        found[excerpt.log.name] = self.awaited(in: state, now: now).map { ($0, bytes) }
                    }
                    return found
                }
            )
        }
    }
}

extension Transaction {
    /// Rests on the ranks being as they were read, behind all other conditions.
    mutating func rest(on awaited: SessionRecord.Awaited, of session: SessionID, in tenant: TenantID) {
        let field = FieldName(ChannelState.memberField(session))
        for (name, one) in awaited.sorted(by: { $0.key < $1.key }) {
            self.conditions.append(Condition(LogKey(tenant, .channel, name), .equals(field, one.field)))
        }
    }
}
