// A channel that is closed for a while to who has no account.

import NIOCore

/// That a channel is closed to guests: why, by whom and until when.
package struct ChannelRaid: Hashable, Sendable {
    /// Why, which those are told who are refused.
    package let reason: String
    /// The nickname of who said so.
    package let setter: String
    /// Milliseconds since 1970.
    package let until: Int64

    package init(reason: String, setter: String, until: Int64) {
        (self.reason, self.setter, self.until) = (reason, setter, until)
    }

    /// Whether it holds at a time.
    package func holds(at now: Int64) -> Bool { now < self.until }

    func encode(into buffer: inout ByteBuffer) {
        buffer.writeText(self.reason)
        buffer.writeText(self.setter)
        buffer.writeInteger(self.until)
    }

    init?(from buffer: inout ByteBuffer) {
        guard let reason = buffer.readText(), let setter = buffer.readText(),
            let until = buffer.readInteger(as: Int64.self)
        else { return nil }
        self.init(reason: reason, setter: setter, until: until)
    }

    var bytes: [UInt8] {
        var buffer = ByteBuffer()
        self.encode(into: &buffer)
        return Array(buffer.readableBytesView)
    }

    init?(_ bytes: [UInt8]) {
        var buffer = ByteBuffer(bytes: bytes)
        self.init(from: &buffer)
    }
}
