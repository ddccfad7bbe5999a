// Sends mail with libcurl. Its calls block, so they are on threads of their own, of which there are few: none while nothing
// is sent, and never one of those that run tasks or loops.

/// Hands mails over to a server (RFC 6409), each once: trying again is for who calls.
package final class MailSender: Sendable {
    private let queue: MailQueue
    private let deadline: Duration

    /// - Parameters:
    ///   - server: Whom to send to.
    ///   - deadline: How long a mail may take, counted from the call.
    ///   - connectTime: How much of that may pass until the server is ready, signed on to and encrypted.
    ///   - threads: How many mails are sent at once, each over its own connection, which is kept for the next.
    ///   - waiting: How many more wait at most.
    package init(
        server: MailServer,
        deadline: Duration = .seconds(30),
        connectTime: Duration = .seconds(15),
        threads: Int = 2,
        waiting: Int = 64
    ) {
        self.deadline = deadline
        self.queue = MailQueue(
            server: server,
            connectTime: connectTime,
            threads: max(1, threads),
            waiting: max(0, waiting)
        )
    }

    deinit { self.queue.close(within: .zero) }

    /// Sends a mail; returns when the server has taken it.
    ///
    /// A task that is cancelled meanwhile waits all the same, at most as long as a mail may take and a second more.
    ///
    /// - Parameter message: The mail.
    /// - Throws: ``MailError``
    package func send(_ message: MailMessage) async throws(MailError) {
        let end = ContinuousClock.now + self.deadline
        let result = await withCheckedContinuation { continuation in
            self.queue.take(.init(message: message, end: end) { continuation.resume(returning: $0) })
        }
        try result.get()
    }

    /// Takes no more mails, defers those that wait, and waits for those that are being sent.
    ///
    /// - Parameter limit: How long those may take; then they are deferred too, within a second.
    package func close(within limit: Duration = .seconds(5)) async {
        await withCheckedContinuation { self.queue.close(within: limit, $0) }
    }
}
