package import NIOCore

/// What a connection's bytes go over: a socket's channel, or a test's memory.
package protocol Wire {
    /// The socket, if bytes may be written to it past everything else; -1 otherwise.
    var descriptor: CInt { get }

    /// Sends bytes; says when they are on their way or lost.
    func write(_ bytes: ByteBuffer, _ then: @escaping () -> Void)

    /// Reads from the client, or does not for now.
    func setReading(_ isOn: Bool)

    /// Tells a browser that it may come back at once.
    func goAway()

    func close()
}

/// A channel of NIO, on the shard's loop.
struct ChannelWire: Wire {
    let channel: any Channel
    let descriptor: CInt

    func write(_ bytes: ByteBuffer, _ then: @escaping () -> Void) {
        self.channel.writeAndFlush(bytes).assumeIsolated().whenComplete { _ in then() }
    }

    func setReading(_ isOn: Bool) {
        self.channel.setOption(.autoRead, value: isOn).whenFailure { _ in }
    }

    /// A browser learns from the code 1001 that it may come back at once (RFC 6455 section 7.4.1).
    func goAway() {
        guard self.descriptor < 0 else { return }
        self.channel.triggerUserOutboundEvent(WebSocketLineHandler.Event.goingAway, promise: nil)
    }

    func close() { self.channel.close(promise: nil) }
}

/// Where a connection was: what is written goes nowhere.
struct VanishedWire: Wire {
    /// Called when the connection is done with.
    let closed: () -> Void

    var descriptor: CInt { -1 }

    func write(_ bytes: ByteBuffer, _ then: @escaping () -> Void) { then() }

    func setReading(_ isOn: Bool) {}

    func goAway() {}

    func close() { self.closed() }
}
