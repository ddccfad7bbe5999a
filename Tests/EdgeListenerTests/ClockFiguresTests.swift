import Edge
import Metering
import Observability
import Testing

/// What an edge shows of the clock by which it counts.
@Suite struct ClockFiguresTests {
    @Test func `a clock that is wrong is shown in seconds`() async {
        let registry = MetricsRegistry()
        registry.register { ClockFigures(ahead: -90_500, setAside: 3).families }
        let text = await registry.render()
        #expect(text.contains("\nroost_metering_clock_ahead_seconds -90.5\n"))
        #expect(text.contains("\nroost_metering_clock_set_aside_total 3\n"))
    }
}
