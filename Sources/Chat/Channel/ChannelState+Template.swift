// What a channel begins with by its name, where the tenant says so.

package import IRC

extension ChannelState {
    /// What happens besides when somebody makes the channel.
    ///
    /// - Parameters:
    ///   - modes: The switches that are to be on.
    ///   - topic: Its topic; nil for none.
    ///   - author: Who says so: the network.
    ///   - now: Milliseconds since 1970.
    /// - Returns: That, in order.
    package static func beginning(
        _ modes: ChannelModes,
        topic: String?,
        by author: Author,
        now: Int64
    ) -> [ChannelEvent] {
        var changes: [ModeChange] = []
        for (_, mode) in ChannelModes.letters where modes.contains(mode) != ChannelModes.initial.contains(mode) {
            changes.append(.flag(mode, on: modes.contains(mode)))
        }
        let events: [ChannelEvent] = changes.isEmpty ? [] : [.modes(changes, by: author)]
        guard let topic, !topic.isEmpty else { return events }
        var text = topic
        while text.utf8.count > Lengths.topic { text.removeLast() }
        return events + [.topic(Topic(text: text, setter: author.prefix, time: now), by: author)]
    }

    /// Goes on if somebody may make a channel that begins with some modes: who those keep out does not found it either.
    package static func checkFounding(
        of name: ChannelName,
        with modes: ChannelModes,
        by requester: Requester
    ) throws(Refusal) {
        if modes.contains(.secureOnly), !requester.user.modes.contains(.secure) {
            throw Refusal(.secureNeeded, name.raw)
        }
        let mayEnter = requester.user.account != nil || requester.may(.enterAnyChannel)
        if modes.contains(.accountsEnter), !mayEnter { throw Refusal(.loginNeeded, name.raw) }
    }

    /// What happens besides when somebody registers the channel: modes that stay on.
    ///
    /// - Parameters:
    ///   - modes: Which.
    ///   - requester: Who registers it.
    ///   - now: Milliseconds since 1970.
    /// - Returns: That, in order.
    /// - Throws: Why they cannot be on now.
    package func locking(_ modes: ChannelModes, by requester: Requester, now: Int64) throws(Refusal) -> [ChannelEvent] {
        if modes.isEmpty { return [] }
        return try self.decideModeLock(["+" + modes.text], by: requester, now: now)
    }
}
