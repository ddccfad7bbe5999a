import Chat
import IRC

/// Channels of the session that go on under another name.
///
/// Two logs say so: the channel's own, in order with all that was said under the old name; and the session's, for those here who
/// did not follow that. Whichever comes first, the session's clients are told once.
extension Session {
    /// A move that this shard knows of.
    struct Move {
        /// The folded name that it has until then.
        let old: String
        /// What the channel's log said of it; nil until then.
        var rename: ChannelRename?
        /// What goes on once it is done.
        var waiting: [() -> Void] = []
    }

    func isMoving(to folded: String) -> Bool { self.moves[folded] != nil }

    /// The session's own log says so.
    func moved(from old: String, to new: String, mark: String) {
        self.mark = mark
        self.uncertainChannels.insert(new)
        guard self.isMember(of: old), self.moves[new] == nil else { return self.entered(new) }
        if let earlier = self.pendingMove(from: old) {
            // The one that is here goes on under that name; this is another that was begun anew under the old one.
            self.moves[earlier]?.waiting.append { self.enter(new) }
        } else {
            // The channel's log is about to say when.
            self.moves[new] = Move(old: old)
        }
    }

    /// The name under which a channel goes on whose own log has yet to say so.
    private func pendingMove(from old: String) -> String? {
        self.moves.first { $0.value.old == old && $0.value.rename == nil }?.key
    }

    /// The session's own log says that it is in a channel.
    func entered(_ channel: String) {
        // It was begun anew under that name: the one that was here has yet to be heard to go on under another.
        guard let new = self.pendingMove(from: channel) else { return self.enter(channel) }
        self.moves[new]?.waiting.append { self.enter(channel) }
    }

    /// The channel's log has ended with it.
    func move(_ rename: ChannelRename, from old: String) {
        let new = rename.new.folded
        self.uncertainChannels.insert(new)
        // Where it is not here yet, its own log says so once it is.
        guard self.isPresent else { return }
        let waiting = self.moves[new]?.waiting ?? []
        self.moves[new] = Move(old: old, rename: rename, waiting: waiting)
        // At once: another channel may come to the old name while the new one is looked for.
        for attachment in self.attachments where rename.told.contains(attachment.number) {
            attachment.tell(.renamed(rename, isCaused: attachment === rename.cause))
        }
        self.enter(rename.new, after: rename) {
            for body in self.moves.removeValue(forKey: new)?.waiting ?? [] { body() }
        }
    }

    /// The channel's log could not be followed entry by entry, and the session is not in it any more.
    func lostSight(of old: String) {
        for (new, move) in self.moves where move.old == old && move.rename == nil {
            let waiting = self.moves.removeValue(forKey: new)?.waiting ?? []
            self.enter(new)
            for body in waiting { body() }
        }
    }

    /// Goes on once a channel's move is told to those here.
    func whenMoved(to folded: String, _ body: @escaping () -> Void) {
        if self.moves[folded] == nil { body() } else { self.moves[folded]?.waiting.append(body) }
    }

    /// Nothing of the session is to move any more: who waits for a move goes on.
    func endMoves() {
        let moves = self.moves
        self.moves = [:]
        for move in moves.values { for body in move.waiting { body() } }
    }

    /// The session left the channel that was renamed before it was shown here under its new name.
    func tellEnd(of rename: ChannelRename) {
        if self.isMember(of: rename.new.folded) { return }
        for attachment in self.attachments where rename.told.contains(attachment.number) {
            attachment.tell(.moved(rename, nil))
        }
    }
}
