// Looking ahead: growth is met before it is there, and what is no growth is not taken for it.

import Operator
import Testing

@Suite struct GrowthTests {
    @Test func `pods are added for those who come before the pods are ready`() {
        // 30 clients a second on 20 pods: 3,600 in two minutes, half a pod more than there is.
        var fleet = TestFleet([Int](repeating: 6_000, count: 19))
        let before = fleet.watch(for: 120).replicas
        #expect(before == 19)
        var at: Int?
        for step in 1...40 where at == nil {
            fleet.add(8)
            if fleet.plan().replicas > 19 { at = fleet.pods[0].connections }
            #expect(step < 40, "never added")
        }
        // 18 pods and one spare are full at the target with 6,631 on each of the 19.
        #expect((at ?? .max) < 6_500)
    }

    @Test func `a crowd is seen within half a minute`() {
        var fleet = TestFleet([6_000, 6_000, 6_000, 6_000, 0])
        fleet.watch(for: 600)
        // Twice as many in ten minutes.
        let decision = fleet.watch(for: 30) { $0.add(40) }
        #expect(decision.replicas >= 9)
        #expect(decision.reason == .scaledUp)
    }

    /// Most pods over two minutes in which clients, 20 a second, come for so long to two pods of 100.
    private static func mostInBurst(steps: Int = 2, pods: Int, percent: Int) -> Int {
        var fleet = TestFleet(
            [0, 0],
            settings: AutoscalerSettings(
                maxReplicas: 200,
                connectionsPerPod: 100,
                scaleUpMaxPodsPerMinute: pods,
                scaleUpMaxPercentPerMinute: percent
            )
        )
        for index in fleet.pods.indices { fleet.pods[index].capacity = 100 }
        fleet.watch(for: 120)
        var most = 0
        for step in 0..<24 {
            if step < steps { fleet.add(50) }
            fleet.replicas = fleet.plan().replicas
            most = max(most, fleet.replicas)
        }
        return most
    }

    @Test func `a burst of seconds is not taken for ten minutes of growth`() {
        // Of 200 who are there, at 70 of a pod: three, and one is spare.
        #expect(Self.mostInBurst(pods: 10_000, percent: 0) == 4)
        // Half a minute might be the beginning of anything; the 600 who are there need ten, and one comes a minute.
        #expect(Self.mostInBurst(steps: 6, pods: 10_000, percent: 0) > 30)
        #expect((10...11).contains(Self.mostInBurst(steps: 6, pods: 1, percent: 0)))
        #expect((11...20).contains(Self.mostInBurst(steps: 6, pods: 4, percent: 100)))
    }

    @Test func `what is there is served at once, whatever comes in a minute`() {
        var fleet = TestFleet([9_000, 9_000], settings: TestFleet.settings)
        fleet.settings.scaleUpMaxPodsPerMinute = 1
        fleet.settings.scaleUpMaxPercentPerMinute = 0
        fleet.settings.bufferPods = 3
        // 18,000 need three of 7,000, and three are spare.
        #expect(fleet.plan().replicas == 6)
    }

    @Test func `a crowd that goes on has more pods each minute`() {
        var fleet = TestFleet([6_000, 6_000, 6_000, 6_000, 0])
        fleet.settings.maxReplicas = 100
        fleet.settings.scaleUpMaxPodsPerMinute = 1
        fleet.settings.scaleUpMaxPercentPerMinute = 0
        fleet.watch(for: 600)
        var wanted: [Int] = []
        for _ in 0..<24 {
            fleet.add(40)
            let decision = fleet.plan()
            if fleet.replicas != decision.replicas { wanted.append(decision.replicas) }
            fleet.replicas = decision.replicas
            guard decision.replicas > 5 else { continue }
            #expect(decision.message.contains("no more than 1 pod or 0 % come in a minute"))
        }
        #expect(wanted == [6, 7])
    }

    @Test func `the end of a crowd is seen within half a minute`() {
        var fleet = TestFleet([6_000, 6_000, 6_000, 6_000, 0])
        fleet.settings.maxReplicas = 100
        fleet.watch(for: 600)
        fleet.watch(for: 60) { $0.add(40) }
        let crowd = fleet.plan().replicas
        #expect(fleet.watch(for: 30).message.contains("need 4 at 70 %"))
        #expect(crowd > 6)
    }

    @Test func `an old pod that is fuller than the others is spared by more of them`() {
        var even = TestFleet([Int](repeating: 5_000, count: 10))
        var uneven = TestFleet([8_600] + [Int](repeating: 4_600, count: 9))
        for _ in 0..<40 {
            even.add(3)
            uneven.add(3)
            even.plan()
            uneven.plan()
        }
        #expect(even.plan().replicas == 10)
        let decision = uneven.plan()
        #expect(decision.replicas > 11)
        #expect(decision.message.contains("to spare the fullest, which has 8720"))
    }

    @Test func `where there is growth there is room for what a lost pod held`() {
        func wanted(buffer: Int) -> Int {
            var fleet = TestFleet([8_400] + [Int](repeating: 4_600, count: 9))
            fleet.settings.bufferPods = buffer
            fleet.settings.maxReplicas = 100
            fleet.watch(for: 300) { $0.add(3) }
            return fleet.plan().replicas
        }
        // More than the buffer itself.
        #expect(wanted(buffer: 1) > wanted(buffer: 0) + 1)
    }

    @Test func `a full pod in a fleet at rest is no reason for more`() {
        var fleet = TestFleet([8_900, 2_000, 2_000, 2_000])
        #expect(fleet.watch(for: 300).replicas == 4)
    }

    @Test func `clients that come back are no growth`() {
        var fleet = TestFleet([Int](repeating: 6_000, count: 10))
        fleet.watch(for: 300)
        fleet.add(-2_000)
        fleet.watch(for: 30)
        // All of them within a minute.
        for _ in 0..<12 {
            fleet.add(166)
            #expect(fleet.plan().replicas == 10)
        }
    }

    @Test func `clients that come back after minutes are no growth`() {
        var fleet = TestFleet([Int](repeating: 6_000, count: 10))
        fleet.watch(for: 300)
        fleet.add(-4_000)
        fleet.watch(for: 240)
        for _ in 0..<12 {
            fleet.add(333)
            #expect(fleet.plan().replicas == 10)
        }
    }

    @Test func `a single step is no growth`() {
        var fleet = TestFleet([Int](repeating: 5_000, count: 10))
        fleet.watch(for: 300)
        fleet.add(400)
        #expect(fleet.watch(for: 120).replicas == 10)
    }

    @Test func `a pod that speaks again is no growth`() {
        var fleet = TestFleet([8_400, 3_000, 3_000, 3_000, 3_000, 3_000])
        fleet.watch(for: 300)
        fleet.change("a") { $0.reported = 60 }
        fleet.watch(for: 60)
        fleet.change("a") { $0.reported = 0 }
        #expect(fleet.watch(for: 120).replicas == 6)
    }

    @Test func `pods that speak for the first time, one after the other, are no growth`() {
        var fleet = TestFleet([8_400, 8_400, 8_400, 3_000, 3_000, 3_000])
        for name in ["a", "b", "c"] { fleet.change(name) { $0.reported = nil } }
        fleet.watch(for: 60)
        for name in ["a", "b", "c"] {
            fleet.change(name) { $0.reported = 0 }
            #expect(fleet.plan().replicas == 6)
        }
    }

    @Test func `an operator that starts in the midst of a crowd asks for about as many pods`() {
        var fleet = TestFleet([6_000, 6_000, 6_000, 6_000, 1_000])
        fleet.settings.maxReplicas = 100
        fleet.watch(for: 600)
        fleet.watch(for: 60) { $0.add(40) }
        var knowing = fleet
        var starting = fleet
        starting.state = AutoscalerState()
        knowing.watch(for: 60) { $0.add(40) }
        starting.watch(for: 60) { $0.add(40) }
        let wanted = (knowing.plan().replicas, starting.plan().replicas)
        #expect(abs(wanted.0 - wanted.1) <= wanted.0 / 4)
    }

    @Test func `pods that take long are asked for earlier`() {
        var fast = TestFleet([6_000, 6_000, 6_000, 6_000, 6_000])
        var slow = fast
        for name in ["a", "b", "c", "d", "e"] {
            fast.change(name) { $0.readyFor = $0.age - 20 }
            slow.change(name) { $0.readyFor = $0.age - 170 }
        }
        for _ in 0..<12 {
            fast.add(20)
            slow.add(20)
            fast.plan()
            slow.plan()
        }
        #expect(slow.plan().replicas > fast.plan().replicas)
    }

    @Test(arguments: [1, 2, 5, 10])
    func `growth is seen however often somebody plans`(seconds: Int64) {
        var fleet = TestFleet([6_000, 6_000, 6_000, 6_000, 0])
        var most = 0
        for second in stride(from: 0, to: 300, by: Int(seconds)) {
            // The driver adds five seconds.
            fleet.now += (seconds - 5) * 1_000
            if second > 180 { fleet.add(8 * Int(seconds)) }
            most = max(most, fleet.plan().replicas)
        }
        #expect(most >= 9)
    }
}
