import Chat
import IRC
import NIOCore
import StateStore

/// What the live store could not bring any more, since its log keeps the last entries only: it comes from the history, before
/// anything later is told.
extension ChannelReplica {
    /// How long it is waited for, and with it all else that happens in the channel.
    private static let patience = TimeAmount.seconds(5)

    /// A part of the log that was not told.
    struct Gap: Equatable {
        /// What was told last, by the attachments of those here.
        let told: [UInt32: Position]
        /// The first of these places.
        let after: Position
        /// About when that was, milliseconds since 1970.
        let time: Int64
        let upTo: Position

        /// Whether the log goes on from what was told last, given its last entries.
        ///
        /// A store that lost what had been told ends before it, and gives those numbers again in a later epoch: nobody can say
        /// what else it lost.
        func goesOn(in entries: [Entry]) -> Bool {
            if self.after.epoch == self.upTo.epoch { return self.after.sequence <= self.upTo.sequence }
            guard let first = entries.first, first.position.epoch <= self.after.epoch else { return false }
            return !entries.contains {
                $0.position.epoch > self.after.epoch && $0.position.sequence <= self.after.sequence
            }
        }
    }

    /// What is missing between what was told and a place, if there is somebody to tell and a history to ask.
    func gap(upTo end: Position) -> Gap? {
        guard self.network.hasPast, self.position != .none else { return nil }
        // One that is not filled yet is part of the next.
        let open = self.stale?.gap
        var told: [UInt32: Position] = [:]
        for (_, attachment) in self.attachments {
            told[attachment.number] = open?.told[attachment.number] ?? self.position
        }
        guard !told.isEmpty else { return nil }
        return Gap(told: told, after: open?.after ?? self.position, time: open?.time ?? self.time, upTo: end)
    }

    /// Tells those who missed it what the history has; then it goes on.
    func fill(_ gap: Gap) {
        var stale = self.stale ?? Stale()
        stale.gap = gap
        // The history has them, too.
        stale.entries = []
        self.stale = stale
        self.network.said(in: gap, of: self.key) { self.end(gap, with: $0, isAll: $1) }
        self.network.shard.later(Self.patience) { self.end(gap, with: [], isAll: false) }
    }

    private func end(_ gap: Gap, with records: [HistoryRecord], isAll: Bool) {
        // It may have ended, or the channel have been loaded once more: then that goes on.
        guard self.stale?.gap == gap else { return }
        self.tell(records, isAll: isAll, of: gap)
        self.goOn()
    }

    private func tell(_ records: [HistoryRecord], isAll: Bool, of gap: Gap) {
        if !isAll { for group in self.groups { group.tellOfGap(in: self.state) } }
        let answered = self.stale?.answered ?? [:]
        for (session, attachment) in self.attachments {
            guard let told = gap.told[attachment.number] else { continue }
            let since = self.readable(by: session)
            let wanted = records.filter { record in
                let position = record.id.position
                return position.isAfter(told) && record.id.time >= since && answered[position] != attachment.number
            }
            if wanted.isEmpty { continue }
            // Which of several clients said something the history does not know.
            let own = session.isShared ? nil : session.prefix
            attachment.tell(.caughtUp(channel: self.state.name.raw, wanted, own: own))
        }
        // Who is answered later has heard it.
        if isAll {
            self.untold = nil
        } else if let first = records.first?.id.position {
            self.untold = (gap.after, Position(epoch: first.epoch, sequence: first.sequence(before: 1)))
        }
    }

    /// The attachments here that are told of the channel.
    private var attachments: [(session: Session, attachment: any Attachment)] {
        self.network.sessions.all.filter { $0.isMember(of: self) }.flatMap { session in
            session.attachments.filter { one in self.groups.contains { $0.contains(one) } }.map { (session, $0) }
        }
    }
}

extension Position {
    /// Whether it stands behind another of the same log.
    func isAfter(_ other: Position) -> Bool {
        self.epoch == other.epoch ? self.sequence > other.sequence : self.epoch > other.epoch
    }
}
