// What the founder of a registered channel has hold in it: modes that stay, a topic that few change, who is told of it.

import IRC

extension ChannelState {
    /// Decides which modes are always on or off from now on, and has them be so.
    ///
    /// - Parameters:
    ///   - words: The modes as they are written; nil for no lock.
    ///   - requester: Who asks.
    ///   - now: Milliseconds since 1970.
    /// - Returns: What happens; nothing if it is so already.
    /// - Throws: Why not.
    package func decideModeLock(
        _ words: [String]?,
        by requester: Requester,
        now: Int64
    ) throws(Refusal) -> [ChannelEvent] {
        let registration = try self.checkFounder(requester)
        guard let words else {
            return registration.modeLock == nil ? [] : [.registration([.modeLock(nil)], by: requester.author)]
        }
        let lock = try ModeLock(words, of: self.name)
        var events: [ChannelEvent] = []
        if lock != registration.modeLock { events.append(.registration([.modeLock(lock)], by: requester.author)) }
        var (state, changes) = (self, [ModeChange]())
        for request in lock.requests {
            for change in try state.changes(for: request, by: requester, seeing: .plain, now: now) {
                state.evolve(.modes([change], by: requester.author))
                changes.append(change)
            }
        }
        if !changes.isEmpty { events.append(.modes(changes, by: requester.author)) }
        return events
    }

    /// Decides whether only accounts that are host or owner by their level change the topic.
    package func decideTopicLock(_ isOn: Bool, by requester: Requester) throws(Refusal) -> [ChannelEvent] {
        try self.checkFounder(requester).isTopicLocked == isOn
            ? [] : [.registration([.topicLock(isOn)], by: requester.author)]
    }

    /// Refuses who would change a topic that is locked.
    func checkTopicLock(_ requester: Requester) throws(Refusal) {
        guard let registration, registration.isTopicLocked, !requester.may(.runAnyChannel),
            !registration.rank(of: requester.account).isHost
        else { return }
        let text: Phrase = "The topic is locked: accounts change it that are host or owner of the channel"
        throw Refusal(.hostNeeded, self.name.raw, text: text)
    }

    /// Decides what is said of the channel where it is shown; nothing, if nil.
    package func decideDescription(_ text: String?, by requester: Requester) throws(Refusal) -> [ChannelEvent] {
        let registration = try self.checkFounder(requester)
        if let text, text.utf8.count > ChannelRegistration.longestDescription {
            let limit = ChannelRegistration.longestDescription
            throw Refusal(.textTooLong, text: "A description has \(limit) bytes at most")
        }
        return registration.description == text ? [] : [.registration([.description(text)], by: requester.author)]
    }

    /// Decides whether only people with a level are told of the channel by services.
    package func decidePrivate(_ isOn: Bool, by requester: Requester) throws(Refusal) -> [ChannelEvent] {
        try self.checkFounder(requester).isPrivate == isOn
            ? [] : [.registration([.isPrivate(isOn)], by: requester.author)]
    }

    /// Whether somebody is told by services that the channel is registered, and to whom.
    package func isTold(to requester: Requester) -> Bool {
        guard let registration else { return false }
        if requester.may(.seeHidden) || requester.may(.runAnyChannel) { return true }
        if !registration.rank(of: requester.account).isEmpty { return true }
        return !registration.isPrivate && !self.modes.contains(.secret)
    }
}
