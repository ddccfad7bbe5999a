import Chat
import IRC
import NIOCore
import StateStore

/// After a replica had to be loaded anew: clients are told what is different now, so that they see what the store has.
/// Messages in between are gone from the store's memory; everything else is told as if it had just happened.
extension ShardCore {
    func tellDifference(from before: ChannelState, _ replica: ChannelReplica, in scope: TenantScope) {
        let after = replica.state
        var events: [Chat.ChannelEvent] = []
        let server = Actor(session: nil, prefix: scope.serverName, account: nil)
        for (id, member) in before.members where after.members[id] == nil {
            events.append(.quit(id, by: Actor(id, member.user), reason: "Connection lost"))
        }
        for (id, member) in after.members where before.members[id] == nil {
            events.append(.joined(member, founding: nil))
        }
        if before.topic != after.topic { events.append(.topic(after.topic, by: server)) }
        if before.modes != after.modes {
            let added = ChannelModes.letters.filter { after.modes.subtracting(before.modes).contains($0.mode) }
            let removed = ChannelModes.letters.filter { before.modes.subtracting(after.modes).contains($0.mode) }
            events.append(
                .modes(
                    added.map { .flag($0.mode, on: true) } + removed.map { .flag($0.mode, on: false) },
                    by: server
                )
            )
        }
        for event in events {
            let entry = Entry(
                position: replica.position,
                time: self.now,
                producer: self.store.producer,
                payload: ByteBuffer()
            )
            self.announce(Announcement(event: event, entry: entry, replica: replica, scope: scope))
        }
        for session in scope.sessions.values where session.memberships.contains(where: { $0 === replica }) {
            if after.members[session.id] == nil { self.exit(session, replica, in: scope) }
        }
    }
}
