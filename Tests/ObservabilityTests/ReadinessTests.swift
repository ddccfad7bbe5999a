import Observability
import Testing

/// When a process takes clients.
@Suite struct ReadinessTests {
    @Test func `a process is ready once every condition holds, and not when one fails`() {
        let readiness = Readiness(["store", "listeners"])
        #expect(readiness.missing == ["listeners: not yet", "store: not yet"])
        readiness.met("store")
        readiness.met("listeners")
        #expect(readiness.isReady)
        readiness.failed("store", "away")
        #expect(readiness.missing == ["store: away"])
        #expect(!readiness.isReady)
    }
}
