// All clients of a run on one epoll descriptor and one thread. The generator must cost less than the server it loads, so
// lines are handled where they were read, in one buffer that all clients share; a client keeps only a part of a line.

import CEpoll
import Glibc

/// What a scenario does with what its clients receive.
///
/// Called on the generator's only thread.
protocol Traffic: AnyObject {
    /// A connection is ready for its first line.
    func opened(_ client: Int, in fleet: Fleet) throws(BenchError)
    /// A whole line arrived, without its CR LF; PING has been answered already.
    func received(_ line: Line, by client: Int, in fleet: Fleet) throws(BenchError)
    /// All lines of one read have been handed over.
    func finishedReading(_ client: Int, in fleet: Fleet) throws(BenchError)
    /// The server ended the connection.
    func closed(_ client: Int, in fleet: Fleet) throws(BenchError)
}

extension Traffic {
    func opened(_ client: Int, in fleet: Fleet) throws(BenchError) {}
    func finishedReading(_ client: Int, in fleet: Fleet) throws(BenchError) {}
    func closed(_ client: Int, in fleet: Fleet) throws(BenchError) {
        throw .closed(client: client, reason: fleet.lastError)
    }
}

/// One connection of the generator.
struct Client {
    enum State {
        case idle, connecting, handshaking, open
    }

    var descriptor: Int32 = -1
    var state = State.idle
    var tls: TLSSession?
    /// Whether the server has sent anything, so has accepted.
    var isAnswered = false
    /// The beginning of a line whose end has not arrived.
    var partial: UnsafeMutableRawPointer?
    var partialCount = 0
    var partialCapacity = 0
    /// What the socket would not take.
    var outbound: [UInt8] = []
}

/// The clients and their event loop.
final class Fleet {
    let count: Int
    let clients: UnsafeMutablePointer<Client>
    /// The last `ERROR` line of any client, the likely reason of a closed connection.
    var lastError = "no reason given"

    /// Whether the kernel may not delay the acknowledgement of what was read.
    ///
    /// A server that leaves Nagle's algorithm on
    /// stands still for 40 ms at a time before clients that delay it, and a full window would measure short bursts.
    var acknowledgesAtOnce = true

    /// How many addresses of 127.0.0.0/8 clients come from: what a server counts by address does not count all of them as one.
    var addresses = 1

    /// The most connections that the server may have left to accept; the kernel drops what exceeds its backlog.
    var acceptQueue = 64
    private var unanswered: [(client: Int, since: UInt64)] = []

    private let address: sockaddr_in
    private let tls: TLSContext?
    private let poll: Int32
    private let events: UnsafeMutablePointer<epoll_event>
    private static let eventCapacity = 4096
    private static let turnNanoseconds: UInt64 = 200_000
    let input: UnsafeMutableRawPointer
    static let inputCapacity = 256 << 10
    static let longestPartial = 16 << 10

    /// - Parameters:
    ///   - count: the most clients at once.
    ///   - port: the server's port on 127.0.0.1.
    ///   - tls: non-nil for clients that speak TLS.
    /// - Throws: ``BenchError/system(call:code:)`` when the system has no descriptor left.
    init(count: Int, port: UInt16, tls: TLSContext?) throws(BenchError) {
        self.count = count
        self.clients = .allocate(capacity: count)
        self.clients.initialize(repeating: Client(), count: count)
        self.address = {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            return address
        }()
        self.tls = tls
        self.poll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard self.poll >= 0 else { throw .system(call: "epoll_create1", code: errno) }
        self.events = .allocate(capacity: Self.eventCapacity)
        self.input = .allocate(byteCount: Self.inputCapacity + Self.longestPartial, alignment: 64)
    }

    /// Whether another connection fits the server's accept queue, as far as can be told: one that has been answered has
    /// left it, and so, as InspIRCd says nothing for up to a second, has one that is 100 ms old.
    func mayConnect() -> Bool {
        guard unanswered.count >= acceptQueue else { return true }
        let now = monotonicNanoseconds()
        unanswered.removeAll { clients[$0.client].isAnswered || now - $0.since > 100_000_000 }
        return unanswered.count < acceptQueue
    }

    /// Begins to connect an idle client.
    func connect(_ client: Int) throws(BenchError) {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_INET, kind, 0)
        guard descriptor >= 0 else { throw .system(call: "socket", code: errno) }
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        if addresses > 1 { try bind(descriptor, of: client) }
        let status = Self.withSocketAddress(address) { Glibc.connect(descriptor, $0, $1) }
        guard status == 0 || errno == EINPROGRESS else { throw .system(call: "connect", code: errno) }
        clients[client].descriptor = descriptor
        clients[client].state = .connecting
        clients[client].isAnswered = false
        unanswered.append((client, monotonicNanoseconds()))
        try watch(client, EPOLL_CTL_ADD, writable: true)
    }

    /// Has a connection come from the client's own address, on a port that the kernel chooses when it connects.
    private func bind(_ descriptor: Int32, of client: Int) throws(BenchError) {
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_IP), IP_BIND_ADDRESS_NO_PORT, &one, socklen_t(MemoryLayout<Int32>.size))
        var own = sockaddr_in()
        own.sin_family = sa_family_t(AF_INET)
        own.sin_addr.s_addr = (UInt32(0x7f01_0000) + UInt32(client % addresses)).bigEndian
        let status = Self.withSocketAddress(own) { Glibc.bind(descriptor, $0, $1) }
        guard status == 0 else { throw .system(call: "bind", code: errno) }
    }

    private static func withSocketAddress(
        _ address: sockaddr_in,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        withUnsafePointer(to: address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                body(address, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    /// Forgets a client's connection; the client is idle again.
    func disconnect(_ client: Int) {
        clients[client].tls?.free()
        clients[client].tls = nil
        close(clients[client].descriptor)
        clients[client].descriptor = -1
        clients[client].isAnswered = true
        clients[client].state = .idle
        clients[client].partialCount = 0
        clients[client].outbound = []
    }

    /// Handles what is ready, waiting up to `milliseconds` (0: not at all, -1: without end) for something to be.
    ///
    /// - Returns: how many connections were ready.
    @discardableResult
    func turn(_ traffic: some Traffic, waiting milliseconds: Int32) throws(BenchError) -> Int {
        let ready = epoll_wait(poll, events, Int32(Self.eventCapacity), milliseconds)
        if ready < 0 {
            guard errno == EINTR else { throw .system(call: "epoll_wait", code: errno) }
            return 0
        }
        for position in 0..<Int(ready) {
            let client = Int(events[position].data.u32)
            switch clients[client].state {
            case .open:
                if events[position].events & EPOLLOUT.rawValue != 0 { try flush(client) }
                if events[position].events & ~EPOLLOUT.rawValue != 0 { try readLines(client, traffic) }
            case .connecting:
                try finishConnecting(client, traffic)
            case .handshaking:
                try continueHandshake(client, traffic)
            case .idle:
                break
            }
        }
        return Int(ready)
    }

    /// One turn of a saturating run: handles what is ready without waiting, then sleeps for the rest of 200 µs.
    ///
    /// A generator that waited in the kernel would be woken across cores for every write, at the server's cost; remote
    /// clients cost a server nothing like it.
    func turnByClock(_ traffic: some Traffic) throws(BenchError) {
        let begin = monotonicNanoseconds()
        try turn(traffic, waiting: 0)
        let spent = monotonicNanoseconds() - begin
        if spent < Self.turnNanoseconds { pause(nanoseconds: Self.turnNanoseconds - spent) }
    }

    /// Sends bytes, or keeps them until the socket takes them.
    func send(_ bytes: UnsafeRawPointer, count: Int, from client: Int) throws(BenchError) {
        guard clients[client].state == .open else { return }
        let waits = !clients[client].outbound.isEmpty
        let written = waits ? 0 : try write(bytes, count: count, to: client)
        guard written < count else { return }
        let rest = UnsafeRawBufferPointer(start: bytes + written, count: count - written)
        clients[client].outbound.append(contentsOf: rest)
        guard !waits else { return }
        try watch(client, EPOLL_CTL_MOD, writable: true)
    }

    func send(_ text: String, from client: Int) throws(BenchError) {
        let bytes = Array(text.utf8)
        try send(bytes, count: bytes.count, from: client)
    }

    private func write(_ bytes: UnsafeRawPointer, count: Int, to client: Int) throws(BenchError) -> Int {
        if let tls = clients[client].tls {
            switch tls.write(bytes, count: count) {
            case .done(let written): return written
            case .wantsRead, .wantsWrite: return 0
            case .closed: throw .closed(client: client, reason: lastError)
            case .failed(let reason): throw .tls(reason)
            }
        }
        let written = Glibc.send(clients[client].descriptor, bytes, count, Int32(MSG_NOSIGNAL))
        if written >= 0 { return written }
        guard errno == EAGAIN else { throw .closed(client: client, reason: lastError) }
        return 0
    }

    private func flush(_ client: Int) throws(BenchError) {
        let bytes = clients[client].outbound
        guard !bytes.isEmpty else { return try watch(client, EPOLL_CTL_MOD, writable: false) }
        let written = try write(bytes, count: bytes.count, to: client)
        clients[client].outbound.removeFirst(written)
        if clients[client].outbound.isEmpty { try watch(client, EPOLL_CTL_MOD, writable: false) }
    }

    private func finishConnecting(_ client: Int, _ traffic: some Traffic) throws(BenchError) {
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(clients[client].descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
        guard code == 0 else { throw .system(call: "connect", code: code) }
        if let tls {
            clients[client].tls = try tls.session(on: clients[client].descriptor)
            clients[client].state = .handshaking
            try watch(client, EPOLL_CTL_MOD, writable: false)
            return try continueHandshake(client, traffic)
        }
        clients[client].state = .open
        try watch(client, EPOLL_CTL_MOD, writable: false)
        try traffic.opened(client, in: self)
    }

    private func continueHandshake(_ client: Int, _ traffic: some Traffic) throws(BenchError) {
        switch clients[client].tls?.handshake() {
        case .done:
            clients[client].isAnswered = true
            clients[client].state = .open
            try traffic.opened(client, in: self)
        case .wantsRead:
            break
        case .wantsWrite:
            throw .tls("a handshake does not fit the socket")
        case .failed(let reason):
            throw .tls(reason)
        case .closed, nil:
            throw .tls("the server closed the connection in the handshake")
        }
    }

    private func watch(_ client: Int, _ operation: Int32, writable: Bool) throws(BenchError) {
        var event = epoll_event()
        event.events = writable ? EPOLLIN.rawValue | EPOLLOUT.rawValue : EPOLLIN.rawValue
        event.data.u32 = UInt32(client)
        guard epoll_ctl(poll, operation, clients[client].descriptor, &event) == 0 else {
            throw .system(call: "epoll_ctl", code: errno)
        }
    }
}
