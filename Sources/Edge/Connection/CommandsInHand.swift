import IRC

/// The commands of a connection that are under way or wait for those, in order.
struct CommandsInHand {
    /// Commands that one line was taken apart into, and that have not begun.
    var waiting: [Call] = []
    /// How many steps of the command in hand have not ended.
    var steps = 0
    /// Messages in the store's hands that nothing waits for.
    var messages = 0
    /// A labelled command that came while messages were in flight, whose echoes are not part of the answer to it.
    var held: HeldCommand?
    /// The batch that the client is sending.
    var batch: ClientBatch?
    /// The commands that wait are being run this very moment.
    var isAdvancing = false

    /// Whether some wait for their turn.
    var hasUnbegun: Bool { !self.waiting.isEmpty || self.held != nil }

    /// Whether what comes later must wait.
    var isBusy: Bool { self.steps > 0 || self.hasUnbegun }

    /// Begins something that ends later; nothing else is read until then.
    mutating func beginStep(holding reading: inout Reading) {
        self.steps += 1
        reading.hold(.command)
    }

    mutating func end() {
        self.waiting = []
        self.held = nil
        self.batch = nil
    }
}

/// A command that waits: a reference, since hardly any connection has one and each would hold its room.
final class HeldCommand {
    let message: Message

    init(_ message: Message) { self.message = message }
}
