// c-ares on a thread of its own: a channel of it belongs to one thread, and no event loop ever waits for a name.

import CAres
import Foundation
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Asks name servers.
final class ResolverThread: @unchecked Sendable {
    // Unchecked: the channel is used by the thread alone once that runs; what others add is behind a mutex.
    private let channel: ares_channel
    /// Written to when there is something to do.
    private let bell: (read: CInt, write: CInt)
    private let inbox = Mutex(Inbox())
    private let answered: @Sendable (String, NameAnswer) -> Void
    private let look: @Sendable () -> Bool

    private struct Inbox {
        var names: [String] = []
        var isOver = false
    }

    /// A question in c-ares' hands.
    private final class Question {
        let name: String
        unowned let thread: ResolverThread

        init(_ name: String, _ thread: ResolverThread) {
            self.name = name
            self.thread = thread
        }
    }

    /// Begins.
    ///
    /// - Parameters:
    ///   - servers: Whom to ask; nil for those of the system.
    ///   - patience: How long a server may take; each is asked twice.
    ///   - answered: Called on the thread with each answer.
    ///   - look: Called on the thread ten times a second as long as it says that somebody waits.
    /// - Throws: ``NameResolver/Problem``
    init(
        _ servers: NameServers?,
        patience: Duration,
        answered: @escaping @Sendable (String, NameAnswer) -> Void,
        look: @escaping @Sendable () -> Bool
    ) throws(NameResolver.Problem) {
        guard ares_prepare() == 0 else { throw NameResolver.Problem("c-ares cannot be used") }
        var channel: ares_channel?
        let milliseconds = CInt(
            clamping: patience.components.seconds * 1000 + patience.components.attoseconds / 1_000_000_000_000_000
        )
        let status = ares_open(&channel, milliseconds, 2, servers?.list)
        guard status == 0, let channel else {
            throw NameResolver.Problem("the name servers cannot be used: \(String(cString: ares_strerror(status)))")
        }
        var ends: [CInt] = [0, 0]
        guard pipe(&ends) == 0 else {
            ares_destroy(channel)
            throw NameResolver.Problem("there is no pipe for the thread that asks name servers")
        }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        self.channel = channel
        self.bell = (ends[0], ends[1])
        self.answered = answered
        self.look = look
        Thread.detachNewThread { self.run() }
    }

    /// Asks for a name's addresses.
    ///
    /// - Returns: false if it has ended.
    func ask(_ name: String) -> Bool {
        self.inbox.withLock { inbox in
            if inbox.isOver { return false }
            inbox.names.append(name)
            self.ring()
            return true
        }
    }

    /// Ends the thread; who waits still is answered.
    func end() {
        self.inbox.withLock { inbox in
            if inbox.isOver { return }
            inbox.isOver = true
            self.ring()
        }
    }

    /// Within the mutex, so that the bell is there: the thread closes it when it has seen there that it is to end.
    private func ring() {
        var byte: UInt8 = 0
        _ = write(self.bell.write, &byte, 1)
    }

    private func run() {
        while true {
            let (names, isOver) = self.inbox.withLock { inbox in
                defer { inbox.names = [] }
                return (inbox.names, inbox.isOver)
            }
            for name in names { self.begin(name) }
            if isOver { break }
            self.wait(atMost: self.look() ? 100 : -1)
        }
        // Each question that is left is answered by that.
        ares_destroy(self.channel)
        close(self.bell.read)
        close(self.bell.write)
    }

    private func begin(_ name: String) {
        let question = Unmanaged.passRetained(Question(name, self))
        ares_ask(
            self.channel,
            name,
            { context, status, _, bytes, length in
                guard let context else { return }
                let question = Unmanaged<Question>.fromOpaque(context).takeRetainedValue()
                question.thread.answered(question.name, ResolverThread.answer(status, bytes, length))
            },
            question.toOpaque()
        )
    }

    private func wait(atMost limit: CInt) {
        var sockets = [ares_socket_t](repeating: ARES_SOCKET_BAD, count: Int(ARES_GETSOCK_MAXNUM))
        let mask = ares_getsock(self.channel, &sockets, CInt(sockets.count))
        var polled = [pollfd(fd: self.bell.read, events: Int16(POLLIN), revents: 0)]
        for (place, socket) in sockets.enumerated() {
            let reads = mask >> CInt(place) & 1 == 1
            let writes = mask >> (CInt(place) + ARES_GETSOCK_MAXNUM) & 1 == 1
            guard reads || writes else { continue }
            let events = (reads ? POLLIN : 0) | (writes ? POLLOUT : 0)
            polled.append(pollfd(fd: socket, events: Int16(events), revents: 0))
        }
        _ = poll(&polled, nfds_t(polled.count), limit)
        var bytes = [UInt8](repeating: 0, count: 256)
        if polled[0].revents != 0 { while read(self.bell.read, &bytes, bytes.count) > 0 {} }
        for one in polled.dropFirst() where one.revents != 0 {
            let isRead = one.revents & ~Int16(POLLOUT) != 0
            let isWritten = one.revents & Int16(POLLOUT) != 0
            ares_process_fd(self.channel, isRead ? one.fd : ARES_SOCKET_BAD, isWritten ? one.fd : ARES_SOCKET_BAD)
        }
        // For those whose time is over.
        ares_process_fd(self.channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD)
    }

    private static func answer(_ status: CInt, _ bytes: UnsafeMutablePointer<UInt8>?, _ length: CInt) -> NameAnswer {
        if ares_says_nothing(status) != 0 { return NameAnswer(content: .addresses([])) }
        guard status == 0 else { return NameAnswer(content: .unknown) }
        var found = [ares_addrttl](repeating: ares_addrttl(), count: 32)
        var count = CInt(found.count)
        let outcome = ares_read_answer(bytes, length, &found, &count)
        if ares_says_nothing(outcome) != 0 { return NameAnswer(content: .addresses([])) }
        guard outcome == 0 else { return NameAnswer(content: .unknown) }
        let all = found.prefix(Int(max(0, count)))
        return NameAnswer(
            content: .addresses(all.map { UInt32(bigEndian: $0.ipaddr.s_addr) }),
            seconds: all.map { Int64($0.ttl) }.min()
        )
    }
}
