import Chat
import IRC
import StateStore

/// What the live store could not bring any more, since its log keeps the last entries only: it comes from the history, before
/// anything later is told.
extension ChannelReplica {
    /// Up to where attachments were told of the channel, by their numbers.
    typealias Told = [UInt32: Position]

    /// What is missing between what was told and a place, if there is somebody to tell and a history to ask.
    func gap(upTo end: Position) -> (Gap, Told)? {
        guard self.network.hasPast, self.position != .none else { return nil }
        // One that is not filled yet is part of the next.
        let open = self.stale?.gap
        var told: Told = [:]
        for attachment in self.attachments {
            told[attachment.number] = self.stale?.told[attachment.number] ?? self.position
        }
        guard !told.isEmpty else { return nil }
        return (Gap(after: open?.after ?? self.position, time: open?.time ?? self.time, upTo: end), told)
    }

    /// Tells those who missed it what the history has; then it goes on.
    func fill(_ gap: Gap, _ told: Told) {
        var stale = self.stale ?? Stale()
        (stale.gap, stale.told) = (gap, told)
        // The history has them, too.
        stale.entries = []
        self.stale = stale
        self.network.said(in: gap, of: self.key) { records, isAll in
            // Meanwhile it may have been loaded once more: then that goes on.
            guard self.stale?.gap == gap else { return }
            self.tell(records, isAll: isAll, of: gap)
            self.goOn()
        }
    }

    private func tell(_ records: [HistoryRecord], isAll: Bool, of gap: Gap) {
        if !isAll { for group in self.groups { group.tellOfGap(in: self.state) } }
        let (told, answered) = (self.stale?.told ?? [:], self.stale?.answered ?? [:])
        for attachment in self.attachments {
            guard let place = told[attachment.number], let session = attachment.session else { continue }
            let since = self.readable(by: session)
            let wanted = records.filter { record in
                let position = record.id.position
                return position.isAfter(place) && record.id.time >= since && answered[position] != attachment.number
            }
            if wanted.isEmpty { continue }
            // Which of several clients said something the history does not know.
            let own = session.isShared ? nil : session.prefix
            attachment.tell(.caughtUp(channel: self.state.name.raw, wanted, own: own))
        }
        // Who is answered later has heard it.
        if isAll {
            self.untold = nil
        } else if let first = records.first?.id.position, let after = gap.after {
            self.untold = (after, Position(epoch: first.epoch, sequence: first.sequence(before: 1)))
        }
    }

    /// Those here who are told of the channel.
    private var attachments: [any Attachment] { self.groups.flatMap(\.attachments) }
}
