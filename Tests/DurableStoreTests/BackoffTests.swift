import Backoff
import Testing

@Suite struct BackoffTests {
    @Test func `delays double up to their bound and are at least half of it`() {
        var backoff = Backoff(first: .milliseconds(100), longest: .seconds(1))
        for full in [100, 200, 400, 800, 1000, 1000] {
            let delay = backoff.failed()
            #expect(delay >= .milliseconds(full / 2) && delay <= .milliseconds(full))
        }
        for _ in 0..<200 { #expect(backoff.failed() <= .seconds(1)) }
        backoff.succeeded()
        #expect(backoff.failed() <= .milliseconds(100))
    }

    @Test func `delays differ from one to the next`() {
        let delays = (0..<20).map { _ in
            var backoff = Backoff(first: .seconds(1), longest: .seconds(1))
            return backoff.failed()
        }
        #expect(Set(delays).count > 10)
    }
}
