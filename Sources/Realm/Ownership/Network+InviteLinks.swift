package import Chat
package import IRC
package import StateStore
import Tenant

/// Invite links: codes that those who run a registered channel give away, and that let so many in until an end.
///
/// Who has one comes in past modes `i`, `k` and `R`, as who was invited does; not past bans, AKICK, the channel's limit, or closed doors.
extension Network {
    /// How many a channel may have.
    package static let inviteLinkLimit = 50
    /// How often one may be used.
    package static let inviteLinkUses = 1...1000
    /// For how long one may be, in seconds, and is for whoever says nothing.
    package static let longestInviteLink: Int64 = 30 * 86_400
    package static let usualInviteLink: Int64 = 86_400

    private static let keepsNoLinks = Refusal(.unavailable, text: "This server keeps no invite links")

    /// Makes a link.
    ///
    /// - Parameters:
    ///   - name: To which channel.
    ///   - uses: How often it lets somebody in.
    ///   - seconds: For how long.
    ///   - actor: Who makes it: who runs the channel.
    ///   - then: Gets the code, which nobody is told again, and the link.
    package func makeInviteLink(
        to name: ChannelName,
        uses: Int,
        for seconds: Int64,
        by actor: Actor,
        _ then: @escaping (Result<(code: String, link: InviteLink), Refusal>) -> Void
    ) {
        self.withLinks(of: name, by: actor, then) { links, folded, since, isByRight in
            let code = (0..<2).map { _ in self.digits(self.shard.environment.random()) }.joined()
            let now = self.shard.now
            let uses = min(max(uses, Self.inviteLinkUses.lowerBound), Self.inviteLinkUses.upperBound)
            let link = InviteLink(
                code: code,
                channel: folded,
                since: since,
                creator: actor.name,
                expiresAt: now + min(max(seconds, 1), Self.longestInviteLink) * 1000,
                uses: uses
            )
            let (tenant, limit) = (self.id, Self.inviteLinkLimit)
            let record = isByRight ? self.record(.inviteLink, name.raw, "create \(link.id)", by: actor) : nil
            self.ask("links") { () async throws(DurableStoreError) in
                try await links.add(link, in: tenant, limit: limit, now: now, noting: record)
            } then: { (result: Result<Bool, Refusal>) in
                switch result {
                case .failure(let refusal): then(.failure(refusal))
                case .success(true): then(.success((code, link)))
                case .success(false):
                    let text: Phrase = "A channel has \(limit) invite links at most: revoke one first"
                    then(.failure(Refusal(.tooManyInviteLinks, name.raw, text: text)))
                }
            }
        }
    }

    /// Sixteen hexadecimal digits.
    private func digits(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// The links of a channel that let somebody in yet, for who runs it.
    package func inviteLinks(
        to name: ChannelName,
        by actor: Actor,
        _ then: @escaping (Result<[InviteLink], Refusal>) -> Void
    ) {
        self.withLinks(of: name, by: actor, then) { links, folded, since, _ in
            let (tenant, now) = (self.id, self.shard.now)
            self.ask("links") { () async throws(DurableStoreError) in
                try await links.list(of: folded, since: since, in: tenant, now: now)
            } then: { (result: Result<[InviteLink], Refusal>) in
                then(result)
            }
        }
    }

    /// Has a link let nobody in any more.
    ///
    /// - Parameters:
    ///   - id: What it is called by.
    ///   - name: Of which channel.
    ///   - actor: Who says so: who runs the channel.
    ///   - then: Goes on once it is done.
    package func revokeInviteLink(
        _ id: String,
        to name: ChannelName,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        self.withLinks(of: name, by: actor, then) { links, folded, since, isByRight in
            let tenant = self.id
            let record = isByRight ? self.record(.inviteLink, name.raw, "revoke \(id)", by: actor) : nil
            self.ask("links") { () async throws(DurableStoreError) in
                try await links.revoke(id, of: folded, since: since, in: tenant, noting: record)
            } then: { (result: Result<Bool, Refusal>) in
                switch result {
                case .failure(let refusal): then(.failure(refusal))
                case .success(true): then(.success(()))
                case .success(false):
                    then(.failure(Refusal(.noSuchInviteLink, name.raw, text: "There is no such invite link")))
                }
            }
        }
    }

    /// - `isByRight`: whether only a right lets the actor do that.
    private func withLinks<Value>(
        of name: ChannelName,
        by actor: Actor,
        _ then: @escaping (Result<Value, Refusal>) -> Void,
        _ body:
            @escaping (
                _ links: InviteLinkRepository, _ folded: String, _ since: Int64, _ isByRight: Bool
            ) -> Void
    ) {
        guard let links = self.shard.environment.links else { return then(.failure(Self.keepsNoLinks)) }
        self.channel(name, for: actor) { result in
            do throws(Refusal) {
                try actor.checkIsFree()
                let state = try result.get().state
                let isByRight =
                    try actor.decide { requester throws(Refusal) in try state.checkHost(requester) }.isByRight
                guard let registration = state.registration else {
                    throw Refusal(.channelIsNotRegistered, state.name.raw)
                }
                body(links, state.name.folded, registration.since, isByRight)
            } catch { then(.failure(error)) }
        }
    }

    // MARK: Coming in

    /// Comes into the channel that a link is of; a use that lets nobody in is given back.
    ///
    /// - Parameters:
    ///   - code: The link's code.
    ///   - clients: From where the actor comes: how many codes may be tried is counted by that.
    ///   - actor: Who comes.
    ///   - then: Gets the channel.
    package func useInviteLink(
        _ code: String,
        from clients: String,
        by actor: Actor,
        _ then: @escaping (Result<ChannelView, Refusal>) -> Void
    ) {
        guard let links = self.shard.environment.links else { return then(.failure(Self.keepsNoLinks)) }
        let missing = Refusal(.noSuchInviteLink, text: "There is no such invite link, or it lets nobody in any more")
        let (tenant, now) = (self.id, self.shard.now)
        self.store.take(1, from: CounterKey(tenant, "links", of: clients), rate: 1 / 6, burst: 10) { result in
            switch result {
            case .success(1...): break
            case .success:
                return then(.failure(Refusal(.rateLimited, text: "You have tried many codes, try again in a minute")))
            case .failure(let error): return then(.failure(self.refusal(error)))
            }
            self.ask("links") { () async throws(DurableStoreError) in
                try await links.take(code, in: tenant, now: now)
            } then: { (result: Result<InviteLink?, Refusal>) in
                switch result {
                case .failure(let refusal): then(.failure(refusal))
                case .success(nil): then(.failure(missing))
                case .success(let link?):
                    guard let name = ChannelName(link.channel, under: Names.caseMapping) else {
                        return then(.failure(missing))
                    }
                    self.join(name, key: nil, mayFound: false, by: actor, link: link.since) { result in
                        let refusal: Refusal
                        switch result {
                        case .success(let channel?): return then(.success(channel))
                        case .success(nil): refusal = Refusal(.userOnChannel, actor.session.user.nick.raw, name.raw)
                        case .failure(let reason): refusal = reason
                        }
                        self.ask("links") { () async throws(DurableStoreError) in
                            try await links.giveBack(link, in: tenant)
                        } then: { (_: Result<Void, Refusal>) in
                            then(.failure(refusal))
                        }
                    }
                }
            }
        }
    }
}
