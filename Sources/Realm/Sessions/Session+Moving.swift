import Chat
import IRC

/// Channels of the session that go on under another name.
///
/// Two logs say so: the channel's own, in order with all that was said under the old name; and the session's, for those here who
/// did not follow that. Whichever comes first, the session's clients are told once, as soon as the new log is followed here.
extension Session {
    /// A move that this shard knows of.
    struct Move {
        /// The folded name that it has until then.
        let old: String
        /// Whether the channel's log has told it.
        var isUnderWay = false
        /// What goes on once it is done.
        var waiting: [() -> Void] = []
    }

    func isMoving(to folded: String) -> Bool { self.moves[folded] != nil }

    /// The session's own log says so.
    func moved(from old: String, to new: String, mark: String) {
        self.mark = mark
        self.uncertainChannels.insert(new)
        // The channel's log is about to say when.
        if self.isMember(of: old), self.moves[new] == nil {
            self.moves[new] = Move(old: old)
        } else {
            self.enter(new)
        }
    }

    /// The channel's log has ended with it.
    func move(_ rename: ChannelRename, from old: String) {
        let new = rename.new.folded
        self.uncertainChannels.insert(new)
        // Where it is not here yet, its own log says so once it is.
        guard self.isPresent else { return }
        self.moves[new] = Move(old: old, isUnderWay: true, waiting: self.moves[new]?.waiting ?? [])
        self.enter(rename.new, after: rename) {
            for body in self.moves.removeValue(forKey: new)?.waiting ?? [] { body() }
        }
    }

    /// The channel's log could not be followed entry by entry, and the session is not in it any more.
    func lostSight(of old: String) {
        for (new, move) in self.moves where move.old == old && !move.isUnderWay {
            self.moves[new] = nil
            self.enter(new)
        }
    }

    /// Goes on once a channel's move is told to those here.
    func whenMoved(to folded: String, _ body: @escaping () -> Void) {
        if self.moves[folded] == nil { body() } else { self.moves[folded]?.waiting.append(body) }
    }

    /// The session is not in the channel any more that was renamed, or is shown it already: the old one is over for its clients.
    func tellEnd(of rename: ChannelRename) {
        for attachment in self.attachments where rename.told.contains(attachment.number) {
            attachment.tell(.renamed(rename, nil, isCaused: attachment === rename.cause))
        }
    }
}
