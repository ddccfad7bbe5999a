// What is in the feed is the account's devices' too: this reads it as a consumer of its own. Nothing waits for it, and it holds up
// nobody: what it misses, people find in the history.

import Backoff
import Chat
import Crypto
package import Logging
import Observability
package import StateStore
package import Tenant

/// Pushes to devices what accounts would want to know at once: the service of an edge that does so.
///
/// A record is acknowledged once all its pushes have ended, or after a while if they have not: until then they come again if this
/// process ends, so a device may get one twice, by its id the same. Any number of these may run at a time.
package struct PushWriter: Sendable {
    /// What it has done, for metrics.
    package let figures: PushFigures
    private let live: any LiveStore
    private let store: DurableStore
    private let audience: PushAudience
    private let presence: any PushPresence
    private let queue: PushQueue
    private let hand: PushHand
    private let tenants: @Sendable (TenantID) -> PushTenant?
    private let now: @Sendable () -> Int64
    private let clock: any Clock<Duration>
    private let logger: Logger

    private static let batch = 1000
    /// In hand at most.
    private static let mostInHand = 4000
    private static let pause = Duration.milliseconds(200)
    /// For how long a push is tried, in milliseconds.
    private static let patience: Int64 = 600_000
    /// For how long a record waits in the feed: less than Redis takes to hand it out again.
    private static let holding = Duration.seconds(40)
    /// How long, once stopped, what is being sent may take.
    private static let drainTime = Duration.seconds(5)
    /// How long the database keeps what is over.
    private static let sweepTime = Duration.seconds(3600)

    /// Puts the service together.
    ///
    /// - Parameters:
    ///   - live: Whose feed to read.
    ///   - store: Where the devices are.
    ///   - presence: Says who is where.
    ///   - transport: Sends requests.
    ///   - contact: Whom the people of push services may turn to: a `mailto:` or `https:` URL.
    ///   - tenants: What is needed of a tenant; nil for one that does not push.
    ///   - figures: What it counts.
    ///   - now: Milliseconds since 1970.
    ///   - clock: Times the waits between attempts.
    ///   - logger: Hears of failures; never of what is pushed, or where to.
    package init(
        live: any LiveStore,
        store: DurableStore,
        presence: any PushPresence,
        transport: any PushTransport,
        contact: String,
        tenants: @escaping @Sendable (TenantID) -> PushTenant?,
        figures: PushFigures = PushFigures(),
        now: @escaping @Sendable () -> Int64 = WallClock.system,
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) {
        self.figures = figures
        self.live = live
        self.store = store
        self.presence = presence
        self.tenants = tenants
        self.now = now
        self.clock = clock
        self.logger = logger
        self.audience = PushAudience(store.pushes, presence, now: now)
        self.hand = PushHand(patience: Self.holding)
        self.queue = PushQueue(
            figures: figures,
            now: now,
            clock: clock,
            send: { delivery in
                guard let key = tenants(delivery.tenant)?.key,
                    let request = Self.request(for: delivery, key, contact, now())
                else { return .refused(status: 0) }
                return await transport.post(request)
            },
            forget: { delivery in
                let endpoint = delivery.registration.endpoint.text
                // If it fails, the next push finds the same.
                try? await store.pushes.unregister(endpoint, of: delivery.account, in: delivery.tenant)
            }
        )
    }

    /// Works until its task is cancelled; then what is being sent is waited for.
    package func run() async throws {
        var backoff = Backoff(first: .milliseconds(100), longest: .seconds(10))
        var swept = ContinuousClock.now
        while !Task.isCancelled {
            do {
                let isNew = try await self.moveBatch(waiting: .seconds(1))
                backoff.succeeded()
                if swept.duration(to: .now) >= Self.sweepTime {
                    swept = .now
                    try await self.store.pushes.sweep(now: self.now())
                }
                if !isNew { try? await self.clock.sleep(for: Self.pause) }
            } catch {
                if Task.isCancelled { break }
                self.logger.warning(
                    "pushes wait for their store",
                    metadata: ["reason": "\(String(reflecting: error))"]
                )
                try? await self.clock.sleep(for: backoff.failed())
            }
        }
        await Task { await self.drain() }.value
    }

    /// Takes what is new in the feed, and acknowledges what is done.
    ///
    /// - Parameter timeout: How long to wait for the first record.
    /// - Returns: Whether something was new.
    /// - Throws: The failure of either store. What was not acknowledged is handed out again.
    package func moveBatch(waiting timeout: Duration) async throws -> Bool {
        let inHand = await self.hand.count
        guard inHand < Self.mostInHand else {
            try await self.acknowledge()
            return false
        }
        let records = try await self.live.readFeed(as: .push, limit: inHand + Self.batch, timeout: timeout)
        let new = await self.hand.take(records, at: .now)
        for (place, record) in new.enumerated() {
            do { try await self.distribute(record) } catch {
                await self.hand.giveBack(new[place...].map(\.id))
                throw error
            }
        }
        try await self.acknowledge()
        return !new.isEmpty
    }

    private func acknowledge() async throws {
        let due = await self.hand.due(at: .now)
        guard !due.isEmpty else { return }
        try await self.live.acknowledge(due, as: .push)
        await self.hand.giveBack(due)
    }

    private func distribute(_ record: FeedRecord) async throws {
        if let tenant = self.tenants(record.log.tenant),
            let (event, accounts) = try await self.audience.recipients(of: record, vapid: tenant.key.publicText),
            event.time.map({ self.end(of: $0) > self.now() }) ?? true
        {
            for account in accounts {
                for delivery in try await self.deliveries(of: event, to: account, record, tenant) {
                    await self.hand.expect(record.id)
                    await self.queue.add(delivery)
                }
            }
        }
        await self.hand.finished(record.id)
    }

    private func end(of time: Int64) -> Int64 {
        let end = time.addingReportingOverflow(Self.patience)
        return end.overflow ? .max : end.partialValue
    }

    /// What goes to an account's devices, unless it does not want to hear of whoever it is from, or has read it already.
    private func deliveries(
        of event: PushEvent,
        to account: String,
        _ record: FeedRecord,
        _ tenant: PushTenant
    ) async throws -> [PushDelivery] {
        let id = record.log.tenant
        let session = try await self.presence.session(of: account, in: id)
        if let author = event.author,
            session?.silence.silences(author.prefix, account: author.account) ?? false
        {
            return []
        }
        if case .message(let message) = event {
            let marker = try await self.store.readMarkers.time(of: message.conversation, by: account, of: id)
            guard PushRule.isUnread(message.id.time, readUpTo: marker) else { return [] }
        }
        let registrations = try await self.store.pushes.registrations(
            of: account,
            in: id,
            for: tenant.key.publicText,
            now: self.now()
        )
        let (hand, recordID) = (self.hand, record.id)
        return registrations.compactMap { registration in
            guard
                let text = PushLine.bytes(of: event, to: session?.nick, from: tenant.serverName, for: registration)
            else { return nil }
            return PushDelivery(
                tenant: id,
                account: account,
                registration: registration,
                text: text,
                urgency: event.urgency,
                topic: event.topic(for: registration.keys),
                end: self.end(of: event.time ?? self.now()),
                finished: { await hand.finished(recordID) }
            )
        }
    }

    private static func request(
        for delivery: PushDelivery,
        _ key: VapidKey,
        _ contact: String,
        _ now: Int64
    ) -> PushRequest? {
        let endpoint = delivery.registration.endpoint
        guard let body = PushEncryption.encrypt(delivery.text, for: delivery.registration.keys),
            let authorization = key.authorization(for: endpoint.origin, contact: contact, now: now / 1000)
        else { return nil }
        return PushRequest(
            endpoint: endpoint,
            authorization: authorization,
            timeToLive: 86_400,
            urgency: delivery.urgency,
            topic: delivery.topic,
            body: body
        )
    }

    private func drain() async {
        await self.queue.stop()
        let end = ContinuousClock.now.advanced(by: Self.drainTime)
        while ContinuousClock.now < end, await !self.queue.isIdle {
            try? await self.clock.sleep(for: .milliseconds(50))
        }
        do { try await self.acknowledge() } catch {
            self.logger.warning("pushes may come twice", metadata: ["reason": "\(String(reflecting: error))"])
        }
    }
}

extension PushEvent {
    /// A message wakes a device; that one was read elsewhere can wait until it is awake.
    fileprivate var urgency: PushUrgency { if case .read = self { .normal } else { .high } }

    /// By what the push service sees that one is the same again, or makes another needless, and nothing else.
    fileprivate func topic(for keys: PushKeys) -> String? {
        let subject: String
        switch self {
        case .message(let record): subject = "m \(record.id.messageID)"
        case .read(_, let target, _): subject = "r \(target)"
        case .invited: return nil
        }
        let key = SymmetricKey(data: keys.secret)
        let code = HMAC<SHA256>.authenticationCode(for: Array(subject.utf8), using: key)
        // 24 bytes are 32 characters, and those are all that a topic may have.
        return Base64URL.encode(Array(code.prefix(24)))
    }
}
