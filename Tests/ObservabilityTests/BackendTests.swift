import CoreMetrics
import Observability
import Testing

/// What libraries count, by way of swift-metrics.
@Suite struct BackendTests {
    private let registry = MetricsRegistry()
    private var backend: MetricsBackend { MetricsBackend(self.registry) }

    private func lines(_ name: String) async -> [String] {
        await self.registry.render().split(separator: "\n").map(String.init).filter { $0.hasPrefix(name) }
    }

    @Test func `a counter is shown under a name that Prometheus takes, whatever its type`() async {
        let counter = Counter(
            label: "http.server-requests",
            dimensions: [("http.method", "GET")],
            factory: self.backend
        )
        counter.increment(by: 2)
        let parts = FloatingPointCounter(label: "9lives_total", dimensions: [], factory: self.backend)
        parts.increment(by: 1.5)
        parts.increment(by: -1)
        #expect(await self.lines("http") == ["http_server_requests_total{http_method=\"GET\"} 2"])
        #expect(await self.lines("_9lives") == ["_9lives_total 1.5"])
        counter.reset()
        #expect(await self.lines("http") == ["http_server_requests_total{http_method=\"GET\"} 0"])
    }

    @Test func `a meter and a recorder that keeps its last value are gauges`() async {
        let meter = Meter(label: "open.files", dimensions: [], factory: self.backend)
        meter.set(7)
        meter.increment(by: 0.5)
        meter.decrement(by: 2)
        Gauge(label: "depth", dimensions: [("b", "1"), ("a", "2"), ("b", "3")], factory: self.backend).record(-4)
        #expect(await self.lines("open") == ["open_files 5.5"])
        #expect(await self.lines("depth") == ["depth{a=\"2\",b=\"3\"} -4"])
    }

    @Test func `a recorder that aggregates is a histogram`() async {
        let sizes = Recorder(label: "body.bytes", dimensions: [], aggregate: true, factory: self.backend)
        for size in [3, 5, 1_000_000] { sizes.record(size) }
        let lines = await self.lines("body_bytes")
        for line in ["_bucket{le=\"1\"} 0", "_bucket{le=\"4\"} 1", "_bucket{le=\"16\"} 2", "_sum 1000008", "_count 3"] {
            #expect(lines.contains("body_bytes\(line)"), "\(lines)")
        }
    }

    @Test func `a timer is a histogram in seconds`() async {
        let timer = Timer(label: "pool.wait", dimensions: [("pool", "a"), ("le", "x")], factory: self.backend)
        timer.recordMilliseconds(30)
        timer.recordSeconds(20)
        let lines = await self.lines("pool_wait")
        for line in [
            "_bucket{le_=\"x\",pool=\"a\",le=\"0.025\"} 0", "_bucket{le_=\"x\",pool=\"a\",le=\"0.05\"} 1",
            "_bucket{le_=\"x\",pool=\"a\",le=\"+Inf\"} 2", "_sum{le_=\"x\",pool=\"a\"} 20.03",
        ] {
            #expect(lines.contains("pool_wait_seconds\(line)"), "\(lines)")
        }
    }

    @Test func `whoever asks for the same twice counts in one place`() async {
        for _ in 0..<3 { Counter(label: "c", dimensions: [("a", "1")], factory: self.backend).increment() }
        #expect(await self.lines("c_total") == ["c_total{a=\"1\"} 3"])
    }

    @Test func `what is destroyed is shown no more`() async {
        let kept = Counter(label: "c", dimensions: [("a", "1")], factory: self.backend)
        let gone = Counter(label: "c", dimensions: [("a", "2")], factory: self.backend)
        let timer = Timer(label: "t", dimensions: [("a", "2")], factory: self.backend)
        kept.increment()
        gone.increment()
        timer.recordSeconds(1)
        gone.destroy()
        timer.destroy()
        gone.increment()
        #expect(await self.lines("c_total") == ["c_total{a=\"1\"} 1"])
        #expect(await self.lines("t_seconds") == [])
    }

    @Test func `a name that is another kind's counts nothing`() async {
        let own = self.registry.counter("jobs_total", help: "Jobs.")
        own.add(2)
        Meter(label: "jobs.total", dimensions: [], factory: self.backend).set(9)
        Counter(label: "jobs", dimensions: [], factory: self.backend).increment()
        #expect(await self.lines("jobs") == ["jobs_total 3"])
    }

    @Test func `label values are bounded, and so are names`() async {
        for number in 0..<(MetricsRegistry.maximumHistograms + 50) {
            Timer(label: "t", dimensions: [("id", "\(number)")], factory: self.backend).recordSeconds(1)
        }
        let counts = await self.lines("t_seconds_count")
        #expect(counts.count == MetricsRegistry.maximumHistograms + 1)
        #expect(counts.contains("t_seconds_count{id=\"other\"} 50"))

        for number in 0..<(MetricsRegistry.maximumFamilies + 50) {
            Counter(label: "n\(number)", dimensions: [], factory: self.backend).increment()
        }
        #expect(await self.lines("# TYPE").count == MetricsRegistry.maximumFamilies)
    }

    @Test func `label names that a library makes up are bounded too`() async {
        for number in 0..<(MetricsRegistry.maximumHistograms + 50) {
            Timer(label: "t", dimensions: [("k\(number)", "v")], factory: self.backend).recordSeconds(1)
        }
        #expect(await self.lines("t_seconds_count").count == MetricsRegistry.maximumHistograms + 10)
    }
}
