// What becomes of messages on their way to the history, for whoever watches.

package import Observability
package import StateStore

extension HistoryFigures {
    /// What `/metrics` shows of the feeds' ways to the history.
    ///
    /// - Parameter all: Those of each live store.
    /// - Returns: The families, for all together.
    package static func families(of all: [HistoryFigures]) -> [MetricFamily] {
        [
            MetricFamily(
                "roost_history_dead_letters",
                help: "Records that the history refused and the database keeps apart, of all edges.",
                kind: .gauge,
                // All have one database.
                samples: [.init(Double(all.map(\.deadLetters).max() ?? 0))]
            ),
            MetricFamily(
                "roost_history_set_aside_total",
                help: "Records that this edge found to be refused by the history and set aside.",
                kind: .counter,
                samples: [.init(all.reduce(0) { $0 + Double($1.setAside) })]
            ),
            MetricFamily(
                "roost_feed_unreadable_items",
                help: "Items of the feed that this edge cannot read; they wait for a newer one.",
                kind: .gauge,
                samples: [.init(all.reduce(0) { $0 + Double($1.unreadable) })]
            ),
        ]
    }
}
