// Another name for a channel (draft/channel-rename).

package import IRC

extension ChannelState {
    /// How many members a channel has at most that goes on in another log: all of it is one transaction.
    package static let mostMoved = 100

    /// Decides whether the channel gets another name: by who runs it, where it has an owner by that.
    ///
    /// Whether the name is free only the store can say.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - requester: Who asks.
    ///   - reason: What the members are told.
    /// - Returns: Its renaming; nil if it has just that name.
    /// - Throws: Why not.
    package func decideRename(
        to name: ChannelName,
        by requester: Requester,
        reason: String?
    ) throws(Refusal) -> ChannelEvent? {
        try self.checkHost(requester)
        let isOwned = self.members.sessions.contains { self.members.modes(of: $0)?.contains(.owner) == true }
        let isOwner = self.members.modes(of: requester.session)?.contains(.owner) == true
        if isOwned, !isOwner, !requester.may(.runAnyChannel) { throw Refusal(.ownerNeeded, self.name.raw) }
        try reason?.checkLength(Lengths.reason)
        if name.raw == self.name.raw { return nil }
        if name.folded != self.name.folded { try self.checkMove(to: name) }
        return .renamed(name, by: requester.author, reason: reason)
    }

    private func checkMove(to name: ChannelName) throws(Refusal) {
        func refusal(_ text: Phrase) -> Refusal { Refusal(.cannotRename, self.name.raw, name.raw, text: text) }
        if name.raw.utf8.first != self.name.raw.utf8.first {
            throw refusal("The new name has to begin as the old one does")
        }
        if self.registration != nil { throw refusal("A registered channel keeps its name") }
        if self.members.count > Self.mostMoved {
            throw refusal("A channel of more than \(Self.mostMoved) members keeps its name")
        }
    }

    /// What another log is founded with in which the channel goes on.
    ///
    /// Where members read only what was said since they came in (mode `J`), what somebody else said under the name before is
    /// not theirs either.
    ///
    /// - Parameters:
    ///   - name: The name there.
    ///   - now: Milliseconds since 1970.
    /// - Returns: All fields.
    package func fields(as name: ChannelName, now: Int64) -> [FieldUpdate] {
        var state = self
        (state.name, state.moved, state.former) = (name, now, self.formerNames(now: now))
        guard self.modes.contains(.sinceJoined) else { return state.allUpdates }
        for member in self.members {
            state.members.insert(
                Member(
                    session: member.session,
                    user: member.user,
                    modes: member.modes,
                    changes: member.changes,
                    joined: now
                )
            )
        }
        return state.allUpdates
    }
}
