// The id by which clients know a message.

extension Stamp {
    /// A message's id in the tenant (IRCv3 message-ids): its position, of which no two in a cell are equal, behind its time, by which
    /// it is found again.
    package var messageID: String {
        let (epoch, sequence) = (self.position.epoch, self.position.sequence)
        return "\(String(self.time, radix: 36))-\(String(epoch, radix: 36))-\(String(sequence, radix: 36))"
    }

    /// Reads what ``messageID`` wrote.
    package init?(messageID: some StringProtocol) {
        let parts = messageID.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, let time = Int64(parts[0], radix: 36), let epoch = UInt64(parts[1], radix: 36),
            let sequence = UInt64(parts[2], radix: 36), Position.sequences.contains(sequence),
            epoch <= UInt64(Int64.max)
        else { return nil }
        self.init(position: Position(epoch: epoch, sequence: sequence), time: time)
        guard self.messageID == messageID else { return nil }
    }
}
