// A line of the archive as the history would have it.

import StateStore
import Tenant

extension HistoryRecord {
    /// What clients may be shown of a line: nil for what the history has no record of, which is a redaction, and what was said to some of
    /// the members alone.
    init?(_ line: ArchiveLine, of tenant: TenantID) {
        guard line.ranks != true, let id = Stamp(messageID: line.id), let kind = Kind(line: line.kind) else {
            return nil
        }
        let target = line.to ?? ""
        // What stands before a channel's name is the sign of a rank.
        guard line.conversation.hasPrefix("@") || target.isEmpty || target.first == line.conversation.first else {
            return nil
        }
        self.init(
            tenant,
            in: line.conversation,
            id: id,
            kind,
            prefix: line.from,
            account: line.account,
            isBot: line.bot ?? false,
            target: target,
            tags: line.tags ?? "",
            text: line.text
        )
    }

    /// What is left of it once it was taken back.
    func takenBack(_ redaction: String) -> HistoryRecord {
        HistoryRecord(
            self.tenant,
            in: self.conversation,
            id: self.id,
            self.kind,
            prefix: self.prefix,
            account: self.account,
            isBot: self.isBot,
            target: self.target,
            text: nil,
            redaction: redaction
        )
    }
}

extension HistoryRecord.Kind {
    /// A kind as lines call it; nil for one that is no record, or that a newer version wrote.
    fileprivate init?(line name: String) {
        let kind = Self.allCases.first { "\(LineWriter.name(of: $0))" == name }
        guard let kind else { return nil }
        self = kind
    }
}
