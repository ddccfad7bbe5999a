import Logging
import StateStore
import Synchronization
import Tenant
import TestSupport
import Testing

@testable import WebPush

/// How pushes are sent: to each service at its own pace.
struct PushQueueTests {
    /// Services that answer when the test says so.
    private final class Services: Sendable {
        private let answers = Mutex<[String: [PushAnswer]]>([:])
        private let seen = Mutex<[String]>([])
        private let held = Mutex<[CheckedContinuation<PushAnswer, Never>]>([])
        let forgotten = Mutex<[String]>([])
        let finished = Atomic(0)

        var sent: [String] { self.seen.withLock { $0 } }
        var waiting: Int { self.held.withLock { $0.count } }

        /// What a service answers, one after the other; then it takes all.
        func answer(_ host: String, _ answers: PushAnswer...) { self.answers.withLock { $0[host] = answers } }

        func post(_ delivery: PushDelivery) async -> PushAnswer {
            self.seen.withLock { $0.append(delivery.host) }
            if delivery.host.hasPrefix("silent") {
                return await withCheckedContinuation { continuation in self.held.withLock { $0.append(continuation) } }
            }
            return self.answers.withLock { answers in
                answers[delivery.host]?.isEmpty == false ? answers[delivery.host]?.removeFirst() : nil
            } ?? .taken
        }

        func release() {
            let waiting = self.held.withLock { held in
                defer { held = [] }
                return held
            }
            for continuation in waiting { continuation.resume(returning: .taken) }
        }
    }

    private let services = Services()
    private let figures = PushFigures()

    private func queue(_ limits: PushQueue.Limits = .init(), now: Int64 = 0) -> PushQueue {
        let services = self.services
        return PushQueue(
            limits: limits,
            figures: self.figures,
            now: { now },
            clock: HastyClock(),
            send: { await services.post($0) },
            forget: { delivery in services.forgotten.withLock { $0.append(delivery.registration.endpoint.text) } }
        )
    }

    private func delivery(
        to host: String,
        of account: String = "ann",
        in tenant: String = "acme"
    ) throws -> PushDelivery {
        let services = self.services
        return PushDelivery(
            tenant: try #require(TenantID(tenant)),
            account: account,
            registration: try #require(try Device().registration(at: "https://\(host)/x")),
            text: [1],
            urgency: .high,
            topic: nil,
            end: 600_000,
            finished: { services.finished.add(1, ordering: .relaxed) }
        )
    }

    private func finished(_ count: Int) async throws {
        let services = self.services
        try await until("\(count) are finished") { services.finished.load(ordering: .relaxed) == count }
    }

    @Test func `a service that never answers holds nobody else up`() async throws {
        let queue = self.queue()
        for number in 0..<40 { await queue.add(try self.delivery(to: "silent.example", of: "a\(number)")) }
        for number in 0..<40 { await queue.add(try self.delivery(to: "quick\(number).example", of: "b\(number)")) }
        try await self.finished(40)
        #expect(self.services.sent.count { $0 == "silent.example" } == PushQueue.Limits().runningOfHost)
        #expect(self.figures.count(.sent) == 40)
        #expect(self.figures.waiting == 40)
        let services = self.services
        try await until("all are sent") {
            services.release()
            return services.finished.load(ordering: .relaxed) == 80
        }
        #expect(self.figures.waiting == 0)
    }

    @Test func `a tenant whose people name many services that never answer holds no other tenant up`() async throws {
        let queue = self.queue()
        for number in 0..<200 {
            await queue.add(try self.delivery(to: "silent\(number).example", of: "a\(number)"))
        }
        await queue.add(try self.delivery(to: "quick.example", in: "globex"))
        try await self.finished(1)
        #expect(self.services.sent.count { $0.hasPrefix("silent") } == PushQueue.Limits().runningOfTenant)
        await queue.stop()
        self.services.release()
    }

    @Test func `an account has no more on their way than it may, and others have their own room`() async throws {
        let queue = self.queue(.init(waitingOfAccount: 3))
        for _ in 0..<5 { await queue.add(try self.delivery(to: "silent.example")) }
        #expect(self.figures.count(.dropped) == 2)
        await queue.add(try self.delivery(to: "silent.example", of: "bob"))
        #expect(self.figures.count(.dropped) == 2)
        self.services.release()
    }

    @Test func `what is not taken is tried again until it is, or until it is of no use`() async throws {
        self.services.answer("busy.example", .later(seconds: 1), .unreachable, .later(seconds: nil))
        self.services.answer("off.example", .later(seconds: 700))
        let queue = self.queue()
        await queue.add(try self.delivery(to: "busy.example"))
        await queue.add(try self.delivery(to: "off.example"))
        try await self.finished(2)
        #expect(self.figures.count(.sent) == 1)
        #expect(self.figures.count(.late) == 1, "seven hundred seconds are more than a push is of use")
        #expect(self.services.sent.count { $0 == "busy.example" } == 4)
    }

    @Test(
        arguments: [
            (.gone, .gone, true), (.forbidden, .forbidden, true), (.refused(status: 413), .refused, false),
            (.taken, .sent, false),
        ] as [(PushAnswer, PushFigures.End, Bool)]
    )
    func `a device that is no more is forgotten`(answer: PushAnswer, end: PushFigures.End, isForgotten: Bool)
        async throws
    {
        self.services.answer("push.example", answer)
        await self.queue().add(try self.delivery(to: "push.example"))
        try await self.finished(1)
        #expect(self.figures.count(end) == 1)
        #expect(self.services.forgotten.withLock { $0 } == (isForgotten ? ["https://push.example/x"] : []))
    }

    @Test func `what the end of the process leaves is not counted as done`() async throws {
        let queue = self.queue(.init(runningOfHost: 1))
        for _ in 0..<3 { await queue.add(try self.delivery(to: "silent.example")) }
        await queue.stop()
        let services = self.services
        try await until("one is sent") { services.waiting == 1 }
        self.services.release()
        try await self.finished(1)
        #expect(await queue.isIdle)
        #expect(self.services.sent.count == 1)
    }
}
