// What was missed is delivered slice by slice, as the receiver has room for it.

extension RedisFollowing {
    /// A slice ends with the chunk that brings it to so many entries or bytes.
    private static let sliceEntries: UInt64 = 128
    private static let sliceBytes = 64 << 10
    /// So many answers of the store, of some hundred kilobytes each, are kept while the receiver has no room.
    ///
    /// What comes beyond is asked for again.
    private static let mostKept = 32

    /// Delivers what a replica missed, as far as it came, and asks for more when that is delivered.
    func repair(_ replica: RedisReplica, _ chunks: ArraySlice<RedisChunk>, hasMore: Bool) {
        guard self.byKey[replica.key] === replica else { return }
        replica.phase = .repairing
        replica.request += 1
        let request = replica.request
        if !chunks.isEmpty { self.repairs[replica.key] = chunks }
        self.receiver?.repairing(replica.log) { [weak self] in
            guard let self, replica.phase == .repairing, replica.request == request else { return }
            guard let chunks = self.repairs.removeValue(forKey: replica.key) else { return self.check(replica) }
            self.deliver(chunks, to: replica, hasMore: hasMore)
        }
        if self.repairs.count > Self.mostKept { self.repairs[replica.key] = nil }
    }

    private func deliver(_ chunks: ArraySlice<RedisChunk>, to replica: RedisReplica, hasMore: Bool) {
        var (rest, entries, bytes) = (chunks, 0 as UInt64, 0)
        replica.phase = .live
        while entries < Self.sliceEntries, bytes < Self.sliceBytes, let chunk = rest.popFirst() {
            self.apply(chunk, to: replica)
            guard self.isLive(replica) else { return }
            entries += chunk.count
            bytes += chunk.bytes
        }
        if !rest.isEmpty { return self.repair(replica, rest, hasMore: hasMore) }
        if hasMore { self.check(replica) } else { self.resume(replica) }
    }
}
