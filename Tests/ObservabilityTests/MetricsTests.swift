import Observability
import Testing

/// What is counted, and how it is shown.
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
        for number in 0..<(MetricsRegistry.maximumSeries + 500) { counter.add(1, "\(number)") }
        counter.add(1, "0")
        let text = await registry.render()
        #expect(text.split(separator: "\n").count == 2 + MetricsRegistry.maximumSeries + 1)
        #expect(text.contains("c_total{l=\"other\"} 500\n"))
        #expect(text.contains("c_total{l=\"0\"} 2\n"))
    }

    @Test func `a histogram keeps the values of each set of labels apart`() async {
        let registry = MetricsRegistry()
        let times = registry.histogram("roost_login_seconds", help: "Time.", labels: ["result"], bounds: [1])
        #expect(await registry.render() == "# HELP roost_login_seconds Time.\n# TYPE roost_login_seconds histogram\n")
        times.observe(.milliseconds(250), "ok")
        times.observe(.seconds(2), "ok")
        times.observe(1, "refused")
        #expect(
            await registry.render() == """
                # HELP roost_login_seconds Time.
                # TYPE roost_login_seconds histogram
                roost_login_seconds_bucket{result="ok",le="1"} 1
                roost_login_seconds_bucket{result="ok",le="+Inf"} 2
                roost_login_seconds_sum{result="ok"} 2.25
                roost_login_seconds_count{result="ok"} 2
                roost_login_seconds_bucket{result="refused",le="1"} 1
                roost_login_seconds_bucket{result="refused",le="+Inf"} 1
                roost_login_seconds_sum{result="refused"} 1
                roost_login_seconds_count{result="refused"} 1

                """
        )
    }

    @Test func `what is no number spoils no sum`() async {
        let registry = MetricsRegistry()
        let counter = registry.counter("c_total", help: "h")
        let times = registry.histogram("h_seconds", help: "h", bounds: [1])
        for value in [Double.nan, .infinity, 2] {
            counter.add(value)
            times.observe(value)
        }
        let text = await registry.render()
        #expect(text.contains("\nc_total 2\n"))
        #expect(text.contains("\nh_seconds_sum 2\n"))
        #expect(text.contains("\nh_seconds_count 1\n"))
    }

    @Test func `a name leads to one instrument, however often it is asked for`() async {
        let registry = MetricsRegistry()
        for _ in 0..<2 { registry.counter("c_total", help: "h").add() }
        // Of another kind: it counts, and is not shown.
        registry.gauge("c_total", help: "h").set(7)
        #expect(await registry.render() == "# HELP c_total h\n# TYPE c_total counter\nc_total 2\n")
    }

    @Test func `a gauge forgets what is gone`() async {
        let registry = MetricsRegistry()
        let gauge = registry.gauge("g", help: "h", labels: ["cell"])
        gauge.set(1, "eu")
        gauge.set(2, "us")
        gauge.remove("eu")
        #expect(await registry.render() == "# HELP g h\n# TYPE g gauge\ng{cell=\"us\"} 2\n")
    }

    @Test func `the names of latencies, which alerts and dashboards rest on`() async {
        let registry = MetricsRegistry()
        let latencies = Latencies(registry)
        latencies.append.observe(.milliseconds(3))
        latencies.fanOut.observe(.microseconds(30))
        latencies.login.observe(.milliseconds(80), "ok")
        latencies.request.observe(.milliseconds(2), "GET", "/irc", "426")
        let text = await registry.render()
        for line in [
            "roost_store_append_seconds_bucket{le=\"0.005\"} 1", "roost_store_append_seconds_bucket{le=\"0.0025\"} 0",
            "roost_fan_out_seconds_bucket{le=\"5e-05\"} 1", "roost_login_seconds_bucket{result=\"ok\",le=\"0.1\"} 1",
            "roost_http_request_seconds_count{method=\"GET\",route=\"/irc\",status=\"426\"} 1",
        ] {
            #expect(text.contains("\n\(line)\n"), "\(text)")
        }
    }
}
