// Who may say something of a channel by keys.

import IRC

extension ChannelState {
    /// Decides a change of the channel's metadata: by those who run it.
    ///
    /// - Parameters:
    ///   - change: What to set or to remove; nil to remove all.
    ///   - requester: Who asks.
    /// - Returns: What changes, which is nothing if it is so already.
    /// - Throws: ``Refusal`` if it may not be.
    package func decideMetadata(
        _ change: MetadataChange?,
        by requester: Requester
    ) throws(Refusal) -> [MetadataChange] {
        try self.checkHost(requester)
        return try self.metadata.deciding(change, on: self.name.raw)
    }
}

extension Metadata {
    /// What a change comes to.
    ///
    /// - Parameters:
    ///   - change: What to set or to remove; nil to remove all.
    ///   - target: Whose it is, as a refusal names it.
    /// - Returns: What changes.
    /// - Throws: ``Refusal`` if there is no room.
    package func deciding(_ change: MetadataChange?, on target: String) throws(Refusal) -> [MetadataChange] {
        guard let change else { return self.clearing }
        guard let next = self.applying(change) else { throw Refusal(.metadataIsFull, target) }
        return self.changes(to: next)
    }
}
