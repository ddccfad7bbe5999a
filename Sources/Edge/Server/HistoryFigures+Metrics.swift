// What becomes of messages on their way to the history, for whoever watches.

package import Observability
package import StateStore

extension HistoryFigures {
    /// What `/metrics` shows of the feed's way to the history.
    package var families: [MetricFamily] {
        [
            MetricFamily(
                "roost_history_dead_letters",
                help: "Records that the history refused and the database keeps apart, of all edges.",
                kind: .gauge,
                samples: [.init(Double(self.deadLetters))]
            ),
            MetricFamily(
                "roost_history_set_aside_total",
                help: "Records that this edge found to be refused by the history and set aside.",
                kind: .counter,
                samples: [.init(Double(self.setAside))]
            ),
            MetricFamily(
                "roost_feed_unreadable_items",
                help: "Items of the feed that this edge cannot read; they wait for a newer one.",
                kind: .gauge,
                samples: [.init(Double(self.unreadable))]
            ),
        ]
    }
}
