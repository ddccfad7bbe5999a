/// Says that there is mail to send, to who waits for that; any number of times are as good as one.
package struct MailBell: Sendable {
    let rings: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    package init() {
        (self.rings, self.continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// There is some.
    package func ring() { self.continuation.yield() }
}
