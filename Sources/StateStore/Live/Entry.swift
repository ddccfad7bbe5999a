package import NIOCore

/// One numbered entry of a log, as every follower sees it.
package struct Entry: Sendable, Equatable {
    /// Where it stands in its log.
    package let position: Position
    /// Milliseconds since 1970, stamped by the store; never decreasing within a log.
    package let time: Int64
    /// Who appended it.
    package let producer: ProducerID
    /// What was appended; empty when only fields changed.
    package let payload: ByteBuffer

    package init(position: Position, time: Int64, producer: ProducerID, payload: ByteBuffer) {
        self.position = position
        self.time = time
        self.producer = producer
        self.payload = payload
    }
}

/// One shard in one life of its process.
///
/// The store hands out pod numbers, so no two producers are ever equal.
package struct ProducerID: Hashable, Sendable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }

    /// The process in this life.
    var pod: PodID { PodID(rawValue: self.rawValue >> 16) }

    /// The number of the shard in its process.
    var shard: UInt64 { self.rawValue & 0xFFFF }
}
