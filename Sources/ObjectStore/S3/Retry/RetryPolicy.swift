// Whether a request that failed is sent again, and when: pure, so that every case is a line of a test.

import Backoff

/// What went wrong with one attempt.
enum AttemptFailure: Error, Hashable, Sendable {
    /// The store said no.
    case fault(S3Fault)
    /// There was no whole answer; the store may have done it all the same.
    case broken(String)
    /// There was none in time; likewise.
    case timedOut
    /// Nothing that trying again would change.
    case final(ObjectStoreError)
}

/// What is done about it.
enum RetryVerdict: Hashable, Sendable {
    case giveUp
    case again(after: Duration)
    /// At once, for this region and host.
    case elsewhere(region: String?, endpoint: String?)
    /// At once, with what the store thinks the time is.
    case withClock(Int64)
    /// At once, with new credentials.
    case withNewCredentials
}

/// The state of one call's attempts.
struct RetryPolicy: Sendable {
    /// How often a request is sent at most, corrections apart.
    static let attempts = 6

    private let attempts: Int
    private var backoff: Backoff
    private var failures = 0
    private var hasMoved = false
    private var hasSetClock = false
    private var hasNewCredentials = false

    /// Whether an attempt before may have been carried out although nobody said so.
    private(set) var isAmbiguous = false

    init(attempts: Int = Self.attempts, first: Duration = .milliseconds(100), longest: Duration = .seconds(10)) {
        self.attempts = attempts
        self.backoff = Backoff(first: first, longest: longest)
    }

    /// Decides.
    ///
    /// - Parameters:
    ///   - failure: What went wrong.
    ///   - skew: How far our clock is from the store's, as far as the answer says, in milliseconds.
    ///   - left: How much of the call's time is left.
    ///   - random: Where the jitter comes from.
    /// - Returns: What to do.
    mutating func next(
        after failure: AttemptFailure,
        skew: Int64,
        left: Duration,
        using random: inout some RandomNumberGenerator
    ) -> RetryVerdict {
        var wait: Duration?
        switch failure {
        case .final: return .giveUp
        case .broken, .timedOut: self.isAmbiguous = true
        case .fault(let fault):
            if fault.isRedirect {
                guard !self.hasMoved, fault.region != nil || fault.endpoint != nil else { return .giveUp }
                self.hasMoved = true
                return .elsewhere(region: fault.region, endpoint: fault.endpoint)
            }
            let isSkewed = fault.code == "RequestTimeTooSkewed" || fault.status == 403 && abs(skew) > Self.tolerated
            if isSkewed, let time = fault.serverTime, !self.hasSetClock {
                self.hasSetClock = true
                return .withClock(time)
            }
            if fault.isExpiry, !self.hasNewCredentials {
                self.hasNewCredentials = true
                return .withNewCredentials
            }
            guard fault.isTransient else { return .giveUp }
            // What a proxy says in the store's place tells nothing of the store.
            if fault.status >= 500, !fault.isThrottling { self.isAmbiguous = true }
            wait = fault.retryAfter
        }
        self.failures += 1
        guard self.failures < self.attempts else { return .giveUp }
        let delay = max(self.backoff.failed(using: &random), wait ?? .zero)
        return delay < left ? .again(after: delay) : .giveUp
    }

    /// Stores take requests that are signed for up to a quarter of an hour before or behind their time.
    private static let tolerated: Int64 = 10 * 60 * 1000
}
