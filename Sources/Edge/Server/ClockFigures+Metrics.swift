// Two families: a clock that is wrong is to be seen before a bill is.

package import Metering
package import Observability

extension ClockFigures {
    /// What `/metrics` shows of the clock by which usage is counted.
    package var families: [MetricFamily] {
        [
            MetricFamily(
                "roost_metering_clock_ahead_seconds",
                help: "How far this process's clock is ahead of the ledger's, by which usage is counted.",
                kind: .gauge,
                samples: [.init(Double(self.ahead) / 1000)]
            ),
            MetricFamily(
                "roost_metering_clock_set_aside_total",
                help: "Answers of the ledger's clock that contradicted the time that passed and were set aside.",
                kind: .counter,
                samples: [.init(Double(self.setAside))]
            ),
        ]
    }
}
