package import Observability
import Synchronization

/// Finds the IPv4 addresses of names, as lists of addresses in the DNS have them (RFC 5782).
///
/// Who asks has an answer within the deadline, whatever name servers do. A name that several ask for is asked for once, what was
/// answered holds for everybody as long as the server said, within bounds, and only so many names are asked for at a
/// time, also of one list: one that does not answer leaves room for others.
package final class NameResolver: Sendable {
    /// Its bounds.
    package struct Limits: Sendable {
        /// How long somebody waits.
        package var deadline: Duration = .seconds(2)
        /// How many names are asked for at a time.
        package var inFlight = 1000
        /// How many of them may be in one list.
        package var inFlightPerZone = 100
        /// How many may wait for one of them.
        package var waiting = 1000
        /// How many answers are kept.
        package var cached = 10_000
        /// For how long at least and at most an answer is kept.
        package var shortest: Duration = .seconds(10)
        package var longest: Duration = .seconds(3600)
        /// For how long it is known that there is no such name.
        package var missing: Duration = .seconds(300)
        /// For how long it is known that no server could say.
        package var failure: Duration = .seconds(5)

        package init() {}
    }

    /// Why names cannot be looked up at all.
    package struct Problem: Error, CustomStringConvertible {
        package let description: String

        init(_ description: String) { self.description = description }
    }

    /// Those who wait for one name.
    private struct Pending {
        var waiters: [CheckedContinuation<[UInt32]?, Never>] = []
        let end: ContinuousClock.Instant
    }

    private struct State {
        var cache: AnswerCache
        var pending: [String: Pending] = [:]
        /// How many of these are in each list.
        var zones: [Substring: Int] = [:]
        var counts = LookupCounts()
    }

    private let limits: Limits
    private let now: @Sendable () -> ContinuousClock.Instant
    private let shared: Shared
    private let thread: ResolverThread

    /// What the callers and the thread share.
    private final class Shared: Sendable {
        let state: Mutex<State>

        init(_ limits: Limits) { self.state = Mutex(State(cache: AnswerCache(limits))) }

        func answered(_ name: String, _ answer: NameAnswer, at now: ContinuousClock.Instant) {
            let waiters: [CheckedContinuation<[UInt32]?, Never>] = self.state.withLock { state in
                state.cache.keep(answer, of: name, at: now)
                switch answer.content {
                case .unknown: state.counts.failed += 1
                case .addresses(let addresses) where addresses.isEmpty: state.counts.missing += 1
                case .addresses: state.counts.found += 1
                }
                guard let pending = state.pending.removeValue(forKey: name) else { return [] }
                let zone = NameResolver.zone(of: name)
                let left = (state.zones[zone] ?? 1) - 1
                state.zones[zone] = left > 0 ? left : nil
                return pending.waiters
            }
            for waiter in waiters { waiter.resume(returning: answer.content.known) }
        }

        /// Lets those go whose time is over; their question stays in flight until it has ended.
        ///
        /// - Returns: whether there is one.
        func expire() -> Bool {
            let now = ContinuousClock.now
            let (late, isAsking) = self.state.withLock { state in
                var late: [CheckedContinuation<[UInt32]?, Never>] = []
                for (name, pending) in state.pending where pending.end <= now && !pending.waiters.isEmpty {
                    late += pending.waiters
                    state.pending[name]?.waiters = []
                }
                state.counts.late += UInt64(late.count)
                return (late, !state.pending.isEmpty)
            }
            for waiter in late { waiter.resume(returning: nil) }
            return isAsking
        }
    }

    /// Begins.
    ///
    /// - Parameters:
    ///   - servers: Whom to ask; nil for the system's.
    ///   - limits: Its bounds.
    ///   - now: By which answers grow old.
    /// - Throws: ``Problem``
    package init(
        _ servers: NameServers? = nil,
        limits: Limits = Limits(),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) throws(Problem) {
        let shared = Shared(limits)
        self.limits = limits
        self.now = now
        self.shared = shared
        self.thread = try ResolverThread(
            servers,
            patience: limits.deadline / 2,
            answered: { shared.answered($0, $1, at: now()) },
            look: { shared.expire() }
        )
    }

    /// The IPv4 addresses of a name, none if there is no such name; nil if nobody could say in time.
    ///
    /// - Parameter name: In ASCII.
    /// - Returns: The addresses as numbers.
    package func addresses(of name: String) async -> [UInt32]? {
        let name = name.lowercased()
        return await withCheckedContinuation { continuation in
            enum Next {
                case answer([UInt32]?)
                case ask
                case wait
            }
            let (now, limits) = (self.now(), self.limits)
            let next: Next = self.shared.state.withLock { state in
                if let content = state.cache.find(name, at: now) {
                    state.counts.known += 1
                    return .answer(content.known)
                }
                if let pending = state.pending[name] {
                    // Late already, or with more waiting for it than may.
                    guard pending.waiters.count < limits.waiting, ContinuousClock.now < pending.end else {
                        state.counts.refused += 1
                        return .answer(nil)
                    }
                    state.pending[name]?.waiters.append(continuation)
                    return .wait
                }
                let zone = Self.zone(of: name)
                guard state.pending.count < limits.inFlight, state.zones[zone, default: 0] < limits.inFlightPerZone
                else {
                    state.counts.refused += 1
                    return .answer(nil)
                }
                state.zones[zone, default: 0] += 1
                state.pending[name] = Pending(waiters: [continuation], end: .now + limits.deadline)
                return .ask
            }
            switch next {
            case .answer(let addresses): continuation.resume(returning: addresses)
            case .ask:
                if !self.thread.ask(name) { self.shared.answered(name, NameAnswer(content: .unknown), at: now) }
            case .wait: break
            }
        }
    }

    /// The list that a name is in: what stands behind the four numbers or thirty-two digits of an address
    /// (RFC 5782 sections 2.1 and 2.4), or all of it where there are none.
    static func zone(of name: String) -> Substring {
        let labels = name.split(separator: ".")
        let numbers = labels.prefix { UInt8($0) != nil }.count
        let digits = labels.prefix { $0.count == 1 && $0.first?.isHexDigit == true }.count
        let address = digits >= 32 ? 32 : numbers >= 4 ? 4 : 0
        return labels.count > address ? name[labels[address].startIndex...] : name[...]
    }

    /// Ends its thread: nobody could say from then on.
    package func shutDown() { self.thread.end() }

    /// What became of questions.
    package var families: [MetricFamily] {
        let (counts, inFlight, cached) = self.shared.state.withLock { ($0.counts, $0.pending.count, $0.cache.count) }
        let outcomes: [(String, UInt64)] = [
            ("known", counts.known), ("found", counts.found), ("missing", counts.missing), ("failed", counts.failed),
            ("late", counts.late), ("refused", counts.refused),
        ]
        return [
            MetricFamily(
                "roost_dns_lookups_total",
                help: "Names looked up in lists of addresses, by what came of it.",
                kind: .counter,
                samples: outcomes.map { .init(Double($1), labels: [MetricLabel("outcome", $0)]) }
            ),
            MetricFamily(
                "roost_dns_lookups_in_flight",
                help: "Names that name servers are being asked for.",
                kind: .gauge,
                samples: [.init(Double(inFlight))]
            ),
            MetricFamily(
                "roost_dns_cached_answers",
                help: "Answers that are kept.",
                kind: .gauge,
                samples: [.init(Double(cached))]
            ),
        ]
    }
}

extension NameAnswer.Content {
    /// The addresses, if they are known.
    fileprivate var known: [UInt32]? {
        switch self {
        case .addresses(let addresses): addresses
        case .unknown: nil
        }
    }
}
