// Which pods go first.

import Testing

@testable import Operator

@Suite struct DeletionOrderTests {
    /// A pod as `zone:connections`, such as `a:500`; without a zone, `:500`.
    private static func fleet(_ pods: String) -> TestFleet {
        let parts = pods.split(separator: " ").map { $0.split(separator: ":", omittingEmptySubsequences: false) }
        var fleet = TestFleet(parts.map { Int($0[1]) ?? 0 })
        for (position, part) in parts.enumerated() where !part[0].isEmpty {
            fleet.pods[position].place = String(part[0])
        }
        return fleet
    }

    private static func order(_ fleet: TestFleet) -> String {
        DeletionOrder.sorted(fleet.view).map(\.name).joined()
    }

    @Test(
        arguments: [
            // Nothing is known of places: the emptiest first, by name where as many.
            (":3 :1 :2", "bca"), (":1 :1 :1", "abc"),
            // One place is as none.
            ("x:3 x:1 x:2", "bca"),
            // One of the zone that has more, although others are emptier; then again.
            ("x:9 x:8 y:1", "bca"), ("x:9 x:8 x:7 y:1 y:2", "cdbea"),
            // Of zones that have as many, the emptiest of all.
            ("x:9 x:3 y:8 y:2", "dbca"),
            // A place of its own each, as nodes often are.
            ("x:3 y:1 z:2", "bca"), ("x:3 x:4 y:1 z:2", "acdb"),
        ]
    )
    func `a fleet that becomes smaller stays spread`(pods: String, order: String) {
        #expect(Self.order(Self.fleet(pods)) == order)
    }

    @Test func `who is not ready, or is asked to go, goes whatever the zones are`() {
        var fleet = Self.fleet("x:9 x:8 y:1 y:2 z:5")
        fleet.pods[2].isReady = false
        fleet.pods[4].drainRequested = true
        // Of those that stay, x has two and y one.
        #expect(Self.order(fleet) == "cebda")
    }

    @Test func `a scale-down takes the first of that order`() {
        var fleet = Self.fleet("x:900 x:800 y:100")
        #expect(fleet.watch(for: 610).deletionCosts == ["b": DeletionOrder.chosen])
    }
}
