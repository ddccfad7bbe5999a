import Backoff
import DequeModule
import StateStore
import Tenant

/// One line on its way to one device.
struct PushDelivery: Sendable {
    let tenant: TenantID
    /// The account's folded name.
    let account: String
    let registration: PushRegistration
    let text: [UInt8]
    let urgency: PushUrgency
    let topic: String?
    /// Milliseconds since 1970, past which it is of no use.
    let end: Int64
    /// Called once when it needs the feed's record no more.
    let finished: @Sendable () async -> Void
    var backoff = Backoff(first: .seconds(2), longest: .seconds(60))

    var host: String { self.registration.endpoint.host }
}

/// Sends to push services: each at its own pace.
///
/// Of one host, and of one tenant, some are sent at a time, so that a host that never answers, or a tenant whose people name many of
/// those, takes no more than those places. Who gets more than its devices take loses what comes on top.
actor PushQueue {
    /// What it may have at a time.
    struct Limits: Sendable {
        var running = 128
        var runningOfHost = 8
        var runningOfTenant = 16
        var waiting = 5_000
        var waitingOfHost = 1_000
        var waitingOfAccount = 50
    }

    /// What takes turns.
    private struct Lane: Hashable {
        let tenant: TenantID
        let host: String
    }

    private struct Owner: Hashable {
        let tenant: TenantID
        let account: String
    }

    private let limits: Limits
    private let send: @Sendable (PushDelivery) async -> PushAnswer
    /// Forgets a device that is no more.
    private let forget: @Sendable (PushDelivery) async -> Void
    private let now: @Sendable () -> Int64
    private let clock: any Clock<Duration>
    private let figures: PushFigures
    private var ready: [Lane: Deque<PushDelivery>] = [:]
    /// The lanes that have some, in the order of their turns.
    private var turns: Deque<Lane> = []
    private var runningOfHost: [String: Int] = [:]
    private var runningOfTenant: [TenantID: Int] = [:]
    private var ofHost: [String: Int] = [:]
    private var ofOwner: [Owner: Int] = [:]
    private var count = 0
    private var runningCount = 0
    private var isStopped = false

    init(
        limits: Limits = Limits(),
        figures: PushFigures,
        now: @escaping @Sendable () -> Int64,
        clock: any Clock<Duration>,
        send: @escaping @Sendable (PushDelivery) async -> PushAnswer,
        forget: @escaping @Sendable (PushDelivery) async -> Void
    ) {
        self.limits = limits
        self.figures = figures
        self.now = now
        self.clock = clock
        self.send = send
        self.forget = forget
    }

    var isIdle: Bool { self.runningCount == 0 }

    /// Takes one, or lets it go where too much waits.
    func add(_ delivery: PushDelivery) async {
        let owner = Owner(tenant: delivery.tenant, account: delivery.account)
        // Nothing was made of it: the feed still has it.
        if self.isStopped { return }
        guard self.count < self.limits.waiting,
            self.ofHost[delivery.host, default: 0] < self.limits.waitingOfHost,
            self.ofOwner[owner, default: 0] < self.limits.waitingOfAccount
        else {
            self.figures.ended(.dropped)
            return await delivery.finished()
        }
        self.change(delivery, by: 1)
        self.makeReady(delivery)
    }

    /// Begins nothing more.
    func stop() {
        self.isStopped = true
        self.ready = [:]
        self.turns = []
    }

    private func makeReady(_ delivery: PushDelivery) {
        guard !self.isStopped else { return }
        let lane = Lane(tenant: delivery.tenant, host: delivery.host)
        if self.ready[lane, default: []].isEmpty { self.turns.append(lane) }
        self.ready[lane, default: []].append(delivery)
        self.pump()
    }

    /// Begins what may begin, the lanes taking turns.
    private func pump() {
        var passed = 0
        while self.runningCount < self.limits.running, passed < self.turns.count, let lane = self.turns.popFirst() {
            guard self.runningOfHost[lane.host, default: 0] < self.limits.runningOfHost,
                self.runningOfTenant[lane.tenant, default: 0] < self.limits.runningOfTenant
            else {
                self.turns.append(lane)
                passed += 1
                continue
            }
            guard let delivery = self.ready[lane]?.popFirst() else { continue }
            if self.ready[lane]?.isEmpty == true { self.ready[lane] = nil } else { self.turns.append(lane) }
            passed = 0
            self.begin(delivery)
        }
    }

    private func begin(_ delivery: PushDelivery) {
        self.changeRunning(delivery, by: 1)
        let send = self.send
        Task {
            let answer = await send(delivery)
            await self.answered(delivery, answer)
        }
    }

    private func answered(_ delivery: PushDelivery, _ answer: PushAnswer) async {
        self.changeRunning(delivery, by: -1)
        switch answer {
        case .taken: await self.end(delivery, .sent)
        case .gone:
            await self.forget(delivery)
            await self.end(delivery, .gone)
        case .forbidden:
            await self.forget(delivery)
            await self.end(delivery, .forbidden)
        case .refused: await self.end(delivery, .refused)
        case .later(let seconds): await self.retry(delivery, after: seconds)
        case .unreachable: await self.retry(delivery, after: nil)
        }
        self.pump()
    }

    private func retry(_ delivery: PushDelivery, after seconds: Int?) async {
        var delivery = delivery
        var delay = delivery.backoff.failed()
        if let seconds { delay = max(delay, .seconds(min(seconds, 86_400))) }
        let (due, isOver) = self.now().addingReportingOverflow(delay.components.seconds * 1000)
        // What is given up at the end of the process is in the feed, for the next.
        if self.isStopped { return }
        guard !isOver, due < delivery.end else { return await self.end(delivery, .late) }
        self.figures.willRetry()
        let (again, clock) = (delivery, self.clock)
        Task {
            try? await clock.sleep(for: delay)
            self.makeReady(again)
        }
    }

    private func end(_ delivery: PushDelivery, _ end: PushFigures.End) async {
        self.change(delivery, by: -1)
        self.figures.ended(end)
        await delivery.finished()
    }

    private func changeRunning(_ delivery: PushDelivery, by step: Int) {
        self.runningCount += step
        let ofHost = self.runningOfHost[delivery.host, default: 0] + step
        let ofTenant = self.runningOfTenant[delivery.tenant, default: 0] + step
        self.runningOfHost[delivery.host] = ofHost > 0 ? ofHost : nil
        self.runningOfTenant[delivery.tenant] = ofTenant > 0 ? ofTenant : nil
    }

    private func change(_ delivery: PushDelivery, by step: Int) {
        let owner = Owner(tenant: delivery.tenant, account: delivery.account)
        self.count += step
        let (host, account) = (self.ofHost[delivery.host, default: 0] + step, self.ofOwner[owner, default: 0] + step)
        self.ofHost[delivery.host] = host > 0 ? host : nil
        self.ofOwner[owner] = account > 0 ? account : nil
        self.figures.waiting = self.count
    }
}
