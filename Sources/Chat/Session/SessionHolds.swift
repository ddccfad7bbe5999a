package import NIOCore

/// Who holds a session that outlives its connections: shards with attachments of it, or one that waits for somebody to come back.
///
/// Whoever changes it rests on all of it, so that no two shards ever leave at once and each think that the other stays.
package struct SessionHolds: Hashable, Sendable {
    /// A shard of a pod, in one life of its process.
    package struct Holder: Hashable, Sendable {
        package let pod: UInt64
        package let shard: UInt16

        package init(pod: UInt64, shard: UInt16) {
            self.pod = pod
            self.shard = shard
        }

        /// `pod.shard`.
        package var text: String { "\(self.pod).\(self.shard)" }

        /// Reads what ``text`` wrote.
        package init?(text: some StringProtocol) {
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 2, let pod = UInt64(parts[0]), let shard = UInt16(parts[1]) else { return nil }
            self.init(pod: pod, shard: shard)
        }
    }

    /// Since when nobody takes part in it.
    package struct Detachment: Hashable, Sendable {
        /// Milliseconds since 1970.
        package var since: Int64
        /// Up to when what was sent has been received, milliseconds since 1970.
        package var received: Int64
        /// Whether that is certain, and ``SessionPlaces`` say where it was in each log.
        package var isExact: Bool
        /// Why the last attachment went: what its peers are told if nobody comes back.
        package var reason: String

        package init(since: Int64, received: Int64, isExact: Bool, reason: String) {
            self.since = since
            self.received = received
            self.isExact = isExact
            self.reason = reason
        }
    }

    /// Another number with each change, so that nobody takes a later state for an earlier one that looks the same.
    package var revision: UInt32
    /// Those that have attachments of it; or the one that waits.
    package var holders: [Holder]
    /// How long it waits for somebody to come back, in milliseconds.
    package var grace: Int64
    /// After how many milliseconds without anybody the user is away, if its account asked to be always on.
    package var awayAfter: Int64?
    /// The folded name of the account whose session it is; nil if it is a guest's.
    package var account: String?
    package var detached: Detachment?

    package init(
        revision: UInt32 = 0,
        holders: [Holder],
        grace: Int64,
        awayAfter: Int64? = nil,
        account: String?,
        detached: Detachment? = nil
    ) {
        self.revision = revision
        self.holders = holders
        self.grace = grace
        self.awayAfter = awayAfter
        self.account = account
        self.detached = detached
    }

    /// The same under the number of the next change: what every change begins with.
    package var next: SessionHolds {
        var next = self
        next.revision &+= 1
        return next
    }

    /// Whether QUIT leaves it where it is.
    package var isAlwaysOn: Bool { self.awayAfter != nil }

    /// The field of a session's log that has it.
    package static let field = FieldKey(.setting, "holds")

    package var bytes: [UInt8] {
        var buffer = ByteBuffer()
        self.encode(into: &buffer)
        return Array(buffer.readableBytesView)
    }

    package func encode(into buffer: inout ByteBuffer) {
        buffer.writeMultipleIntegers(self.revision, UInt16(clamping: self.holders.count))
        for holder in self.holders.prefix(Int(UInt16.max)) {
            buffer.writeMultipleIntegers(holder.pod, holder.shard)
        }
        buffer.writeMultipleIntegers(self.grace, self.awayAfter ?? -1)
        buffer.writeOptionalText(self.account)
        buffer.writeFlag(self.detached != nil)
        if let detached {
            buffer.writeMultipleIntegers(detached.since, detached.received)
            buffer.writeFlag(detached.isExact)
            buffer.writeText(detached.reason)
        }
    }

    /// - Returns: nil if the bytes are not what ``encode(into:)`` wrote.
    package init?(from buffer: inout ByteBuffer) {
        guard let (revision, count) = buffer.readMultipleIntegers(as: (UInt32, UInt16).self),
            buffer.readableBytes / 10 >= count
        else { return nil }
        var holders: [Holder] = []
        for _ in 0..<count {
            guard let (pod, shard) = buffer.readMultipleIntegers(as: (UInt64, UInt16).self) else { return nil }
            holders.append(Holder(pod: pod, shard: shard))
        }
        guard let (grace, awayAfter) = buffer.readMultipleIntegers(as: (Int64, Int64).self),
            let account = buffer.readOptionalText(),
            let isDetached = buffer.readFlag()
        else { return nil }
        self.init(
            revision: revision,
            holders: holders,
            grace: grace,
            awayAfter: awayAfter < 0 ? nil : awayAfter,
            account: account
        )
        guard isDetached else { return }
        guard let (since, received) = buffer.readMultipleIntegers(as: (Int64, Int64).self),
            let isExact = buffer.readFlag(), let reason = buffer.readText()
        else { return nil }
        self.detached = Detachment(since: since, received: received, isExact: isExact, reason: reason)
    }
}
