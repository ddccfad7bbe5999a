import Testing

@testable import ObjectStore

/// Whether and when a request is sent again.
@Suite struct RetryTests {
    private var random = SystemRandomNumberGenerator()

    private mutating func next(
        _ policy: inout RetryPolicy,
        _ failure: AttemptFailure,
        skew: Int64 = 0,
        left: Duration = .seconds(100)
    ) -> RetryVerdict {
        policy.next(after: failure, skew: skew, left: left, using: &self.random)
    }

    private func fault(_ status: Int, _ code: String = "") -> AttemptFailure {
        .fault(S3Fault(status: status, code: code))
    }

    @Test(arguments: [500, 502, 503, 504, 429])
    mutating func `what may pass is tried again, later each time, and not for ever`(status: Int) {
        var policy = RetryPolicy()
        var delays: [Duration] = []
        while case .again(let delay) = self.next(&policy, self.fault(status)) { delays.append(delay) }
        #expect(delays.count == 5)
        #expect(delays[0] >= .milliseconds(50) && delays[0] <= .milliseconds(100))
        #expect(delays[4] >= .milliseconds(800) && delays[4] <= .milliseconds(1600))
    }

    @Test(arguments: [400, 401, 403, 404, 405, 409, 412, 416, 501])
    mutating func `what stays is not`(status: Int) {
        var policy = RetryPolicy()
        #expect(self.next(&policy, self.fault(status)) == .giveUp)
    }

    @Test mutating func `codes say more than a status`() {
        for code in ["RequestTimeout", "SlowDown", "ConditionalRequestConflict", "InternalError"] {
            var policy = RetryPolicy()
            guard case .again = self.next(&policy, self.fault(400, code)) else {
                Issue.record("\(code) was given up")
                continue
            }
        }
    }

    @Test mutating func `a store that says how long to wait is heard, if there is time`() {
        var fault = S3Fault(status: 503, code: "SlowDown")
        fault.retryAfter = .seconds(20)
        var policy = RetryPolicy()
        #expect(self.next(&policy, .fault(fault)) == .again(after: .seconds(20)))
        #expect(self.next(&policy, .fault(fault), left: .seconds(19)) == .giveUp)
    }

    @Test mutating func `a bucket that is elsewhere is followed once`() {
        var fault = S3Fault(status: 301, code: "PermanentRedirect")
        var lost = RetryPolicy()
        #expect(self.next(&lost, .fault(fault)) == .giveUp)
        fault.region = "eu-west-1"
        var policy = RetryPolicy()
        #expect(self.next(&policy, .fault(fault)) == .elsewhere(region: "eu-west-1", endpoint: nil))
        #expect(self.next(&policy, .fault(fault)) == .giveUp)
        var wrong = S3Fault(status: 400, code: "AuthorizationHeaderMalformed")
        wrong.region = "eu-west-2"
        var other = RetryPolicy()
        #expect(self.next(&other, .fault(wrong)) == .elsewhere(region: "eu-west-2", endpoint: nil))
    }

    @Test mutating func `a clock that is wrong is set once`() {
        var fault = S3Fault(status: 403, code: "RequestTimeTooSkewed")
        fault.serverTime = 5000
        var policy = RetryPolicy()
        #expect(self.next(&policy, .fault(fault)) == .withClock(5000))
        #expect(self.next(&policy, .fault(fault)) == .giveUp)
        // Behind HEAD there is no code; the hour says it.
        fault.code = ""
        var other = RetryPolicy()
        #expect(self.next(&other, .fault(fault), skew: -3_600_000) == .withClock(5000))
        var denied = RetryPolicy()
        #expect(self.next(&denied, .fault(fault), skew: 1000) == .giveUp)
    }

    @Test mutating func `credentials that have ended are had anew once`() {
        var policy = RetryPolicy()
        #expect(self.next(&policy, self.fault(400, "ExpiredToken")) == .withNewCredentials)
        #expect(self.next(&policy, self.fault(400, "ExpiredToken")) == .giveUp)
    }

    @Test mutating func `only what may have been carried out is in doubt`() {
        for (failure, isAmbiguous) in [
            (AttemptFailure.broken("reset"), true), (.timedOut, true), (self.fault(500), true),
            (self.fault(503, "SlowDown"), false), (self.fault(429), false), (.final(.timedOut), false),
        ] {
            var policy = RetryPolicy()
            _ = self.next(&policy, failure)
            #expect(policy.isAmbiguous == isAmbiguous, "\(failure)")
        }
    }
}
