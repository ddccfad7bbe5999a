// What a Cell says, read as the nearest thing that makes sense.

import Testing

@testable import Operator

@Suite struct SettingsTests {
    @Test func `a Cell that says nothing has the numbers that its resource documents`() {
        let settings = AutoscalerSettings()
        #expect(settings.minReplicas == 2 && settings.maxReplicas == 50)
        #expect(settings.targetConnections == 70 && settings.targetLoopUtilization == 60)
        #expect(settings.connectionsPerPod == 20_000 && settings.shards == 1)
        #expect(settings.bufferPods == 1 && settings.fallbackReplicas == 4)
        #expect(settings.scaleDownStabilization == .seconds(600) && settings.scaleDownMaxPodsAtOnce == nil)
        #expect(settings.drainGracePeriod == .seconds(300) && settings.fixedReplicas == nil)
    }

    @Test func `a pod of which little is said was not told to go, and a report of one that it does not drain`() {
        let pod = EdgePod(name: "a", isReady: true, createdAt: 1)
        #expect(!pod.isTerminating && !pod.drainRequested && pod.deletionCost == 0 && pod.readySince == nil)
        #expect(!PodReport(pod: "a", connections: 1, capacity: 1, utilization: [], reportedAt: 1).isDraining)
    }

    @Test(arguments: [
        // Minimum and maximum as they are written, and as they are read.
        (Int.min, Int.min, 1, 1), (0, 0, 1, 1), (1, 2, 1, 2), (2, 50, 2, 50), (3, 1, 3, 3), (1, .max, 1, 100_000),
        (99_999, 100_000, 99_999, 100_000), (.max, .max, 100_000, 100_000),
    ])
    func `there is at least one pod and the maximum is no less than the minimum`(
        minimum: Int,
        maximum: Int,
        lower: Int,
        upper: Int
    ) {
        #expect(AutoscalerSettings(minReplicas: minimum, maxReplicas: maximum).bounds == lower...upper)
    }

    @Test(arguments: [(Int.min, 0.01), (0, 0.01), (1, 0.01), (2, 0.02), (99, 0.99), (100, 1), (101, 1), (.max, 1)])
    func `targets are above nothing and no more than all`(percent: Int, share: Double) {
        #expect(AutoscalerSettings(targetConnections: percent).connectionsTarget == share)
        #expect(AutoscalerSettings(targetLoopUtilization: percent).loopTarget == share)
    }

    @Test(arguments: [(Int.min, 1), (0, 1), (1, 1), (2, 2), (100_000_000, 100_000_000), (.max, 100_000_000)])
    func `a pod holds at least one client`(written: Int, read: Int) {
        #expect(AutoscalerSettings(connectionsPerPod: written).podCapacity == read)
    }

    @Test(arguments: [(Int.min, 0), (-1, 0), (0, 0), (1, 1), (100_000, 100_000), (.max, 100_000)])
    func `there may be no buffer`(written: Int, read: Int) {
        #expect(AutoscalerSettings(bufferPods: written).buffer == read)
    }

    @Test(
        arguments: [
            (Duration.seconds(-1), 0), (.milliseconds(-1), 0), (.zero, 0),
            (Duration(secondsComponent: 0, attosecondsComponent: 999_999_999_999_999), 0),
            (.milliseconds(1), 1),
            (.milliseconds(999), 999), (.milliseconds(1_500), 1_500), (.seconds(3_155_760_000), 3_155_760_000_000),
            (.seconds(3_155_760_001), 3_155_760_000_000), (.seconds(Int64.max), 3_155_760_000_000),
        ] as [(Duration, Int64)]
    )
    func `times are whole milliseconds of a century at most`(written: Duration, read: Int64) {
        #expect(AutoscalerSettings(scaleDownStabilization: written).stabilization == read)
        // A minute more, then the node of who drains is gone.
        #expect(AutoscalerSettings(drainGracePeriod: written).longestDrain == read + 60_000)
    }
}
