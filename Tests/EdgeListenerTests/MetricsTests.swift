import Edge
import Metering
import Testing

@Suite struct MetricsTests {
    @Test func `metrics are shown in the order of their names, with help and type`() async {
        let registry = MetricsRegistry()
        let messages = registry.counter("roost_messages_total", help: "Messages taken.", labels: ["tenant"])
        let loops = registry.gauge("roost_shards", help: "Event loops.")
        messages.add(2, "beta")
        messages.add(1, "acme")
        messages.add(1, "acme")
        messages.add(-5, "acme")
        loops.set(2)
        loops.add(-0.5)
        registry.register {
            [MetricFamily("roost_connections", help: "Clients.", kind: .gauge, samples: [.init(3)])]
        }
        #expect(
            await registry.render() == """
                # HELP roost_connections Clients.
                # TYPE roost_connections gauge
                roost_connections 3
                # HELP roost_messages_total Messages taken.
                # TYPE roost_messages_total counter
                roost_messages_total{tenant="acme"} 2
                roost_messages_total{tenant="beta"} 2
                # HELP roost_shards Event loops.
                # TYPE roost_shards gauge
                roost_shards 1.5

                """
        )
    }

    @Test func `a clock that is wrong is shown in seconds`() async {
        let registry = MetricsRegistry()
        registry.register { ClockFigures(ahead: -90_500, setAside: 3).families }
        let text = await registry.render()
        #expect(text.contains("\nroost_metering_clock_ahead_seconds -90.5\n"))
        #expect(text.contains("\nroost_metering_clock_set_aside_total 3\n"))
    }

    @Test func `a histogram counts values up to each bound`() async {
        let registry = MetricsRegistry()
        let times = registry.histogram("roost_append_seconds", help: "Time.", bounds: [0.01, 0.1])
        for value in [0.01, 0.05, 7] { times.observe(value) }
        #expect(
            await registry.render() == """
                # HELP roost_append_seconds Time.
                # TYPE roost_append_seconds histogram
                roost_append_seconds_bucket{le="0.01"} 1
                roost_append_seconds_bucket{le="0.1"} 2
                roost_append_seconds_bucket{le="+Inf"} 3
                roost_append_seconds_sum 7.06
                roost_append_seconds_count 3

                """
        )
    }

    @Test func `what would break a line is escaped`() {
        let family = MetricFamily(
            "m",
            help: "a\\b\n\"c\"",
            kind: .gauge,
            samples: [.init(.infinity, labels: [MetricLabel("l", "a\\b\n\"c\"")]), .init(.nan), .init(-.infinity)]
        )
        #expect(
            MetricsText.render([family])
                == "# HELP m a\\\\b\\n\"c\"\n# TYPE m gauge\nm{l=\"a\\\\b\\n\\\"c\\\"\"} +Inf\nm NaN\nm -Inf\n"
        )
    }

    @Test func `families of one name from several collectors are one`() {
        let one = MetricFamily("m", help: "h", kind: .gauge, samples: [.init(1, labels: [MetricLabel("s", "0")])])
        let two = MetricFamily("m", help: "h", kind: .gauge, samples: [.init(2, labels: [MetricLabel("s", "1")])])
        #expect(MetricsText.render([one, two]) == "# HELP m h\n# TYPE m gauge\nm{s=\"0\"} 1\nm{s=\"1\"} 2\n")
    }

    @Test func `label values are bounded: past the bound they count together`() async {
        let registry = MetricsRegistry()
        let counter = registry.counter("c_total", help: "h", labels: ["l"])
        for number in 0..<(Meter.maximumSeries + 500) { counter.add(1, "\(number)") }
        counter.add(1, "0")
        let text = await registry.render()
        #expect(text.split(separator: "\n").count == 2 + Meter.maximumSeries + 1)
        #expect(text.contains("c_total{l=\"other\"} 500\n"))
        #expect(text.contains("c_total{l=\"0\"} 2\n"))
    }

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
