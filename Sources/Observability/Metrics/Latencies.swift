/// How long that takes for which people wait.
///
/// Whoever measures gets its instrument from here, so that names, units and bounds are in one place.
package struct Latencies: Sendable {
    /// From asking the live store to append until it has: one observation for each call, which may carry many entries.
    ///
    /// In process only what waits for the disk is measured: memory answers at once.
    package let append: HistogramFamily
    /// From a message's arrival at a shard until its bytes are in the outboxes of all who get it there; one of 32 is measured.
    package let fanOut: HistogramFamily
    /// From a client's word until an account was looked up or its password compared, the throttle's delay included.
    ///
    /// Label `result`: `checked`, `remembered` (against what was, since accounts could not be read), `unavailable`.
    package let login: HistogramFamily
    /// From a request's head until its answer begins.
    ///
    /// Labels `method`, `route` (as the router has it, `NotFound` for what it does not have) and `status`.
    package let request: HistogramFamily

    /// Makes the instruments; they are shown from then on.
    ///
    /// - Parameter registry: Who shows them.
    package init(_ registry: MetricsRegistry) {
        self.append = registry.histogram(
            "roost_store_append_seconds",
            help: "How long a call took that appends to the live store; in process, how long the disk took.",
            bounds: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30]
        )
        self.fanOut = registry.histogram(
            "roost_fan_out_seconds",
            help: "How long an entry took from its arrival at a shard to the outboxes of all its local readers.",
            bounds: [0.00001, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1]
        )
        self.login = registry.histogram(
            "roost_login_seconds",
            help: "How long a log-in took, by result.",
            labels: ["result"],
            bounds: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60]
        )
        self.request = registry.histogram(
            "roost_http_request_seconds",
            help: "How long a request took until its answer began, by method, route and status.",
            labels: ["method", "route", "status"],
            bounds: HistogramFamily.usualTimes
        )
    }
}
