import Chat

/// The rules' own, not NIO's.
typealias ChannelEvent = Chat.ChannelEvent
