import Backoff
import Logging
import NIOCore
import NIOPosix
import NIOSSL

/// One connection to Redis that is made again whenever it is lost, with growing random waits.
///
/// It knows what a greeting is and when a connection is dead, nothing of what is said on it: that is its user's, who
/// sends again what was not answered. Loop-bound.
final class RedisLink {
    /// What a link tells its user.
    protocol User: AnyObject {
        /// The connection stands and may be used; with the reply to what was said last on it, which is good for now.
        func linkIsUp(_ greeting: RedisReply?)
        /// The connection is lost; the link makes another.
        func linkIsDown()
        func linkReceived(_ reply: RedisReply)
        /// Everything that came at once was received.
        func linkReceivedAll()
        /// Time passed: three times in ``RedisConfiguration/silence``. The user asks for a sign of life (`PING`).
        func linkTick(_ now: NIODeadline)
    }

    private enum State {
        case waiting
        /// With the channel once it is made.
        case connecting(RedisChannelHandler?, (any Channel)?)
        case greeting(RedisChannelHandler, any Channel, RedisGreeting)
        case up(RedisChannelHandler, any Channel)
        case closed
    }

    let loop: any EventLoop
    let logger: Logger
    let settings: RedisSettings
    weak var user: (any User)?
    private let greeting: RedisGreeting
    private var state = State.waiting
    private var backoff: Backoff
    /// Ticks since the server was last heard.
    ///
    /// Ticks, not time: a loop that stood still is no silence of the server's.
    private var quiet = 0
    private var started = NIODeadline.now()
    private var timer: Scheduled<Void>?
    /// Tells an attempt to connect from those before it.
    private var attempt: UInt64 = 0
    /// Why the last connection ended.
    private(set) var lastFailure = "no answer"

    init(_ settings: RedisSettings, on loop: any EventLoop, logger: Logger, greeting: RedisGreeting) {
        self.settings = settings
        let waits = settings.configuration.backoff
        self.backoff = Backoff(first: waits.lowerBound, longest: waits.upperBound)
        self.loop = loop
        self.logger = logger
        self.greeting = greeting
    }

    var isUp: Bool { if case .up = self.state { true } else { false } }

    /// Begins to connect, and goes on until ``close()``.
    func start() {
        self.connect()
        self.tick()
    }

    /// Sends bytes if the link is up; drops them otherwise.
    func send(_ bytes: ByteBuffer) {
        guard case .up(_, let channel) = self.state, bytes.readableBytes > 0 else { return }
        channel.writeAndFlush(bytes, promise: nil)
    }

    /// Gives the connection up and makes another.
    func cut(_ reason: String) {
        let wasUp = self.isUp
        switch self.state {
        case .waiting, .closed: return
        case .connecting, .greeting, .up: self.letGo(for: .waiting)
        }
        self.lastFailure = reason
        if wasUp { self.logger.warning("redis connection lost", metadata: ["reason": "\(reason)"]) }
        if !wasUp { self.logger.debug("redis connection failed", metadata: ["reason": "\(reason)"]) }
        let wait = TimeAmount(self.backoff.failed())
        self.loop.assumeIsolated().scheduleTask(in: wait) { [weak self] in self?.connect() }
        if wasUp { self.user?.linkIsDown() }
    }

    /// Ends the connection for good.
    func close() {
        self.letGo(for: .closed)
        self.timer?.cancel()
    }

    /// Drops the connection there is.
    ///
    /// What its end calls back must find the new state, or it would count as the failure of something else.
    private func letGo(for next: State) {
        let old = self.state
        self.state = next
        switch old {
        case .waiting, .closed: break
        case .connecting(let handler, let channel):
            handler?.link = nil
            channel?.close(promise: nil)
        case .greeting(let handler, let channel, _), .up(let handler, let channel):
            handler.link = nil
            channel.close(promise: nil)
        }
    }

    // MARK: Connecting

    private func connect() {
        guard case .waiting = self.state else { return }
        self.state = .connecting(nil, nil)
        self.started = .now()
        self.attempt += 1
        let number = self.attempt
        let bound = NIOLoopBound(self, eventLoop: self.loop)
        let bootstrap = ClientBootstrap(group: self.loop)
            .connectTimeout(TimeAmount(self.settings.configuration.connectDeadline))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try bound.value.prepare(channel) }
            }
        let attempt =
            switch self.settings.endpoint.address {
            case .tcp(let host, let port): bootstrap.connect(host: host, port: port)
            case .unix(let path): bootstrap.connect(unixDomainSocketPath: path)
            }
        attempt.assumeIsolated().whenFailure { [weak self] error in
            guard let self, self.attempt == number, case .connecting = self.state else { return }
            self.cut(ConnectionWords.of(error))
        }
    }

    private func prepare(_ channel: any Channel) throws {
        guard case .connecting = self.state else { throw ChannelError.alreadyClosed }
        let pipeline = channel.pipeline.syncOperations
        if let context = self.settings.tls {
            let name = self.settings.serverName
            try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: name))
        }
        let handler = try RedisChannelHandler(link: self)
        try pipeline.addHandler(handler)
        self.state = .connecting(handler, channel)
    }

    func connected(_ handler: RedisChannelHandler, _ channel: any Channel) {
        guard case .connecting = self.state else { return }
        self.quiet = 0
        self.proceed(self.greeting.start(), self.greeting, handler, channel)
    }

    private func proceed(
        _ progress: RedisGreeting.Progress,
        _ greeting: RedisGreeting,
        _ handler: RedisChannelHandler,
        _ channel: any Channel,
        after reply: RedisReply? = nil
    ) {
        self.state = .greeting(handler, channel, greeting)
        switch progress {
        case .send(let bytes):
            channel.writeAndFlush(bytes, promise: nil)
        case .failed(let reason):
            self.logger.warning("redis refused the connection", metadata: ["reason": "\(reason)"])
            self.cut(reason)
        case .done:
            self.state = .up(handler, channel)
            self.backoff.succeeded()
            self.logger.debug("redis connection stands", metadata: ["server": "\(self.settings.endpoint)"])
            self.user?.linkIsUp(reply)
        }
    }

    // MARK: What the handler tells

    func received(_ reply: RedisReply, from handler: RedisChannelHandler) {
        switch self.state {
        case .greeting(let current, let channel, var greeting) where current === handler:
            let progress = greeting.received(reply)
            self.proceed(progress, greeting, handler, channel, after: reply)
        case .up(let current, _) where current === handler:
            self.user?.linkReceived(reply)
        default:
            break
        }
    }

    func receivedAll() {
        self.quiet = 0
        if self.isUp { self.user?.linkReceivedAll() }
    }

    func lost(_ handler: RedisChannelHandler, _ reason: String) {
        switch self.state {
        case .connecting(let current?, _) where current === handler: self.cut(reason)
        case .greeting(let current, _, _) where current === handler: self.cut(reason)
        case .up(let current, _) where current === handler: self.cut(reason)
        default: break
        }
    }

    // MARK: Watching

    private func tick() {
        let silence = TimeAmount(self.settings.configuration.silence)
        let now = NIODeadline.now()
        switch self.state {
        case .up where self.quiet > 3:
            self.cut("no sign of life")
        case .greeting where now - self.started > TimeAmount(self.settings.configuration.connectDeadline):
            self.cut("signing on took too long")
        default: break
        }
        self.quiet += 1
        self.user?.linkTick(now)
        if case .closed = self.state { return }
        self.timer = self.loop.assumeIsolated().scheduleTask(in: silence / 3) { [weak self] in self?.tick() }
    }
}
