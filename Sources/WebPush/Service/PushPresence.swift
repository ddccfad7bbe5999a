package import Chat
import IRC
package import NIOCore
package import StateStore
package import Tenant

/// What the live store knows of those who are pushed to.
package protocol PushPresence: Sendable {
    /// Who is in a channel and logged in to one of some accounts.
    func members(of channel: String, in tenant: TenantID, among accounts: Set<String>) async throws -> [PushMember]

    /// An account's session; nil if it has none.
    func session(of account: String, in tenant: TenantID) async throws -> PushSession?
}

/// What matters of a session.
package struct PushSession: Hashable, Sendable {
    package let nick: String
    /// Of whom it wants to hear nothing.
    package let silence: SilenceList

    package init(nick: String, silence: SilenceList) {
        self.nick = nick
        self.silence = silence
    }
}

/// Asks the live store.
package struct LivePresence: PushPresence {
    private let client: NIOLoopBound<Client>
    private let loop: any EventLoop

    /// A client that follows nothing.
    private final class Client: LiveStoreReceiver {
        var store: (any LiveStoreClient)?

        func received(_ entry: Entry, of log: LogKey) {}
        func reloaded(_ snapshot: Snapshot) {}
        func storeBecameReady() {}
    }

    /// - Parameters:
    ///   - live: The store.
    ///   - loop: Where its client lives; none of a shard, which a large channel would hold up.
    /// - Throws: What the loop throws when it is shut down.
    package init(_ live: any LiveStore, on loop: any EventLoop) async throws {
        self.loop = loop
        self.client = try await loop.submit {
            let client = Client()
            client.store = live.makeClient(on: loop, receiver: client)
            return NIOLoopBound(client, eventLoop: loop)
        }.get()
    }

    package func members(
        of channel: String,
        in tenant: TenantID,
        among accounts: Set<String>
    ) async throws -> [PushMember] {
        guard let name = ChannelName(channel, under: Names.caseMapping) else { return [] }
        let snapshot = try await self.load(LogKey(tenant, .channel, channel))
        return ChannelState(name: name, fields: snapshot.chatFields).members.compactMap { member in
            guard let account = Conversation.Party(member.session, account: member.user.account).account,
                accounts.contains(account)
            else { return nil }
            return PushMember(account: account, nick: member.user.nick.folded)
        }
    }

    package func session(of account: String, in tenant: TenantID) async throws -> PushSession? {
        let claim = try await self.load(LogKey(tenant, .account, account))
        guard let id = claim.fields[FieldName(NameClaim.field)].flatMap(NameClaim.session) else { return nil }
        let inbox = try await self.load(LogKey(tenant, .user, id.text))
        return SessionRecord(fields: inbox.chatFields).map {
            PushSession(nick: $0.user.nick.raw, silence: $0.silence)
        }
    }

    private func load(_ log: LogKey) async throws -> Snapshot {
        let (client, loop) = (self.client, self.loop)
        return try await loop.flatSubmit {
            let promise = loop.makePromise(of: Snapshot.self)
            guard let store = client.value.store else {
                promise.fail(LiveStoreError.closed)
                return promise.futureResult
            }
            store.load([log]) { result in
                switch result {
                case .success(let snapshots):
                    guard let snapshot = snapshots.first else { return promise.fail(LiveStoreError.closed) }
                    promise.succeed(snapshot)
                case .failure(let error): promise.fail(error)
                }
            }
            return promise.futureResult
        }.get()
    }
}
