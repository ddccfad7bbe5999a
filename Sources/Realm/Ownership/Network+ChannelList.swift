package import Chat
import IRC
import StateStore

/// Which registered channels there are.
extension Network {
    /// Some of the registered channels that somebody may know of.
    package struct RegisteredChannels: Sendable {
        /// In the order of their names.
        package internal(set) var channels: [ChannelState] = []
        /// Whether there may be more.
        package internal(set) var isCut = false
    }

    /// How many channels one answer has at most.
    package static let listedChannels = 100
    /// How many are looked at for it, some at a time.
    private static let (listPages, listPage) = (20, 100)

    /// Registered channels that the actor may know of: not private and secret ones, unless it is one of their people.
    ///
    /// - Parameters:
    ///   - mask: Which names they have, with `*` and `?`; nil for all.
    ///   - actor: Who asks.
    ///   - then: Gets ``listedChannels`` of them at most; without members, modes are as they are now.
    package func registeredChannels(
        matching mask: String?,
        by actor: Actor,
        _ then: @escaping (Result<RegisteredChannels, Refusal>) -> Void
    ) {
        let glob = mask.map { Glob($0, under: Names.caseMapping) }
        self.list(after: nil, pages: 0, glob, actor, RegisteredChannels(), then)
    }

    private func list(
        after last: String?,
        pages: Int,
        _ mask: Glob?,
        _ actor: Actor,
        _ found: RegisteredChannels,
        _ then: @escaping (Result<RegisteredChannels, Refusal>) -> Void
    ) {
        guard let channels = self.registry.channels else { return then(.success(found)) }
        var found = found
        if pages == Self.listPages || found.channels.count > Self.listedChannels {
            found.channels = Array(found.channels.prefix(Self.listedChannels))
            found.isCut = true
            return then(.success(found))
        }
        let tenant = self.id
        self.ask("registered channels") { () async throws(DurableStoreError) in
            try await channels.list(of: tenant, after: last, limit: Self.listPage)
        } then: { (result: Result<[RegisteredChannel], Refusal>) in
            switch result {
            case .failure(let refusal): then(.failure(refusal))
            case .success(let page):
                let names = page.map(\.folded).filter { mask?.matches(folded: $0) != false }
                self.told(names, actor) { [found] result in
                    guard case .success(let states) = result else { return then(result.map { _ in found }) }
                    var found = found
                    found.channels += states
                    if page.count < Self.listPage, found.channels.count <= Self.listedChannels {
                        return then(.success(found))
                    }
                    self.list(after: page.last?.folded, pages: pages + 1, mask, actor, found, then)
                }
            }
        }
    }

    /// What the live store has of some channels, without their members, as far as the actor may know of it: what is kept may be a
    /// moment behind.
    private func told(
        _ names: [String],
        _ actor: Actor,
        _ then: @escaping (Result<[ChannelState], Refusal>) -> Void
    ) {
        if names.isEmpty { return then(.success([])) }
        let requester = actor.session.requester
        let fields = ChannelState.summaryFields + ChannelRegistration.summaryFields(for: requester.account)
        let request = Excerpt.Request(fields: fields.map(FieldName.init))
        self.store.excerpts(of: names.map { LogKey(self.id, .channel, $0) }, request) { result in
            switch result {
            case .failure(let error): then(.failure(self.refusal(error)))
            case .success(let excerpts):
                let states = excerpts.compactMap { excerpt -> ChannelState? in
                    guard excerpt.exists, let name = ChannelName(excerpt.log.name, under: Names.caseMapping) else {
                        return nil
                    }
                    let state = ChannelState(name: name, fields: excerpt.chatFields)
                    return state.isTold(to: requester) ? state : nil
                }
                then(.success(states))
            }
        }
    }
}
