// Pods beyond what the load needs, where a whole zone may be lost.

import Testing

@testable import Operator

@Suite struct BufferTests {
    /// Pods as full as they shall be, one after the other in so many zones.
    private static func fleet(_ pods: Int, zones: Int, isAsked: Bool = true) -> TestFleet {
        var fleet = TestFleet(Array(repeating: 100, count: pods))
        for position in 0..<pods where zones > 0 { fleet.pods[position].place = "zone-\(position % zones)" }
        fleet.settings.bufferZone = isAsked
        return fleet
    }

    @Test(
        arguments: [
            // Pods, zones, what may be lost at once.
            (4, 2, 2), (5, 2, 3), (9, 3, 3), (10, 3, 4), (2, 2, 1), (1, 1, 1),
            // All in one zone, or nowhere that is known: nothing stands that zone's loss.
            (4, 1, 1), (4, 0, 1),
        ]
    )
    func `a zone's part is kept beyond what is needed`(pods: Int, zones: Int, buffer: Int) {
        #expect(Self.fleet(pods, zones: zones).view.buffer == buffer)
        #expect(Self.fleet(pods, zones: zones, isAsked: false).view.buffer == 1)
    }

    @Test func `more than a zone's part is kept if that is asked for`() {
        var fleet = Self.fleet(4, zones: 2)
        fleet.settings.bufferPods = 3
        #expect(fleet.view.buffer == 3)
    }

    @Test(arguments: [(2, 4), (3, 3), (1, 3)])
    func `a fleet grows to that and no further`(zones: Int, pods: Int) {
        var fleet = Self.fleet(2, zones: zones)
        for position in 0..<2 { fleet.pods[position].connections = 7_000 }
        for _ in 0..<10 {
            let wanted = fleet.plan().replicas
            for position in fleet.pods.count..<max(wanted, fleet.pods.count) {
                fleet.pods.append(TestPod(name: "n\(position)", place: "zone-\(position % zones)"))
            }
            fleet.replicas = fleet.pods.count
        }
        #expect(fleet.pods.count == pods)
    }

    @Test(arguments: [(true, 4), (false, 3)])
    func `a fleet does not go below it`(isAsked: Bool, pods: Int) {
        var fleet = Self.fleet(4, zones: 2, isAsked: isAsked)
        for position in 0..<4 { fleet.pods[position].connections = 3_500 }
        #expect(fleet.watch(for: 610).replicas == pods)
    }
}
