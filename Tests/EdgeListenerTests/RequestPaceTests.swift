import Edge
import Synchronization
import Testing

struct RequestPaceTests {
    /// A pace and the clock that it goes by, in nanoseconds.
    private final class Watch: Sendable {
        let time = Mutex<UInt64>(0)

        func pace() -> RequestPace { RequestPace(uptime: { self.time.withLock { $0 } }) }
        func pass(_ seconds: Double) { self.time.withLock { $0 += UInt64(seconds * 1e9) } }
    }

    @Test func `sixty come at once, then one a second, and what is refused costs nothing`() {
        let watch = Watch()
        let pace = watch.pace()
        for _ in 0..<60 { #expect(pace.wait(from: "192.0.2.1") == nil) }
        for _ in 0..<1_000 { #expect(pace.wait(from: "192.0.2.1") == 1) }
        watch.pass(1)
        #expect(pace.wait(from: "192.0.2.1") == nil)
        #expect(pace.wait(from: "192.0.2.1") == 1)
        watch.pass(60)
        for _ in 0..<60 { #expect(pace.wait(from: "192.0.2.1") == nil) }
        #expect(pace.wait(from: "192.0.2.1") == 1)
    }

    @Test func `one client has all of its network, and no other's`() {
        let pace = Watch().pace()
        for host in 0..<60 { #expect(pace.wait(from: "2001:db8::\(host)") == nil) }
        #expect(pace.wait(from: "2001:db8::ffff") == 1)
        #expect(pace.wait(from: "2001:db8:0:1::1") == nil)
        // Who has no address is trusted.
        for _ in 0..<100 { #expect(pace.wait(from: "") == nil) }
    }

    @Test func `many others do not make it forget who asks all the time`() {
        let watch = Watch()
        let pace = watch.pace()
        for _ in 0..<60 { #expect(pace.wait(from: "192.0.2.1") == nil) }
        for number in 0..<30_000 {
            #expect(pace.wait(from: "10.0.\(number / 256).\(number % 256)") == nil)
        }
        #expect(pace.wait(from: "192.0.2.1") == 1)
    }
}
