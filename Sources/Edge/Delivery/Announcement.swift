import Chat
import IRC
import StateStore

/// Something that happened in a channel, on its way to the members here.
struct Announcement {
    let event: ChannelEvent
    let entry: Entry
    let replica: ChannelReplica
    let scope: TenantScope
}
