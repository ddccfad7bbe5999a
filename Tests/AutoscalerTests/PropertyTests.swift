// What holds whatever happens: fleets that live through random hours, and every plan looked at.

import Operator
import Testing

@Suite struct PropertyTests {
    private static let seeds = Array(UInt64(1)...12)

    @Test(arguments: seeds)
    func `never below the minimum, never above the maximum`(seed: UInt64) {
        var life = RandomLife(seed: seed)
        life.live { fleet, _, decision in
            #expect(decision.replicas >= fleet.settings.minReplicas)
            #expect(decision.replicas <= fleet.settings.maxReplicas)
        }
    }

    @Test(arguments: seeds)
    func `never fewer while one drains or starts, never more than one fewer, never in the first window`(seed: UInt64) {
        var life = RandomLife(seed: seed)
        let start = life.fleet.now
        life.live { fleet, _, decision in
            guard decision.replicas < fleet.replicas else { return }
            #expect(decision.replicas == fleet.replicas - 1)
            #expect(!fleet.pods.contains { $0.isTerminating })
            #expect(fleet.now - start >= RandomLife.window * 1_000)
            #expect(decision.deletionCosts.count { $0.value < 0 } <= 1)
        }
    }

    @Test(arguments: seeds)
    func `planning twice changes nothing`(seed: UInt64) {
        var life = RandomLife(seed: seed)
        life.live { fleet, _, decision in
            let again = Autoscaler.plan(fleet.observation, under: fleet.settings, from: fleet.state, at: fleet.now)
            #expect(again.decision == decision)
            #expect(again.state == fleet.state)
        }
    }

    @Test(arguments: seeds)
    func `what is decided once is enough`(seed: UInt64) {
        var life = RandomLife(seed: seed)
        life.live { fleet, _, decision in
            guard decision.replicas > fleet.replicas else { return }
            var observation = fleet.observation
            observation.replicas = decision.replicas
            let again = Autoscaler.plan(observation, under: fleet.settings, from: fleet.state, at: fleet.now)
            #expect(again.decision.replicas == decision.replicas)
        }
    }

    @Test(arguments: seeds)
    func `more connections never mean fewer pods`(seed: UInt64) {
        var life = RandomLife(seed: seed)
        var random = DayRandom(seed: seed)
        life.live { fleet, before, decision in
            let reporting = fleet.pods.indices.filter { fleet.pods[$0].isReady && fleet.pods[$0].reported == 0 }
            guard !reporting.isEmpty else { return }
            var more = fleet
            more.pods[reporting[random.below(reporting.count)]].connections += 1 + random.below(3_000)
            let plan = Autoscaler.plan(more.observation, under: more.settings, from: before, at: more.now)
            #expect(plan.decision.replicas >= decision.replicas)
        }
    }

    @Test(arguments: seeds)
    func `the order of pods and reports means nothing`(seed: UInt64) {
        var life = RandomLife(seed: seed)
        var random = DayRandom(seed: seed)
        life.live { fleet, before, decision in
            var observation = fleet.observation
            observation.pods.shuffle(using: &random)
            observation.reports.shuffle(using: &random)
            let plan = Autoscaler.plan(observation, under: fleet.settings, from: before, at: fleet.now)
            #expect(plan.decision.replicas == decision.replicas)
            #expect(plan.decision.deletionCosts == decision.deletionCosts)
            #expect(plan.decision.podsToDelete == decision.podsToDelete)
        }
    }

    @Test func `the lives hold what the properties are about`() {
        var reasons: Set<ScalingReason> = []
        var (raises, cuts, drains) = (0, 0, 0)
        for seed in Self.seeds {
            var life = RandomLife(seed: seed)
            life.live { fleet, _, decision in
                reasons.insert(decision.reason)
                if decision.replicas > fleet.replicas { raises += 1 }
                if decision.replicas < fleet.replicas { cuts += 1 }
                drains += decision.podsToDelete.count
            }
        }
        #expect(reasons == Set(ScalingReason.allCases).subtracting([.fixed]))
        #expect(min(raises, cuts, drains) >= 25)
    }

    @Test func `what is remembered does not grow`() {
        var fleet = TestFleet([3_000, 3_000, 3_000])
        fleet.watch(for: 3_600)
        let size = String(describing: fleet.state).utf8.count
        for hour in 0..<3 {
            // Pods come and go, and somebody plans every second.
            fleet.pods[2].name = "pod-\(hour)"
            for _ in 0..<3_600 {
                fleet.now -= 4_000
                fleet.plan()
            }
        }
        #expect(String(describing: fleet.state).utf8.count < size * 2)
    }
}

/// Some hours of a fleet to which anything may happen.
struct RandomLife {
    /// The stabilization window in seconds: short, so that pods go although something happens every few minutes.
    static let window: Int64 = 120

    private(set) var fleet: TestFleet
    private var random: DayRandom
    private var made = 0
    /// How many clients there are to be.
    private var goal = 12_000

    init(seed: UInt64) {
        self.random = DayRandom(seed: seed &* 7_919)
        self.fleet = TestFleet([3_000, 3_000, 3_000, 3_000])
        self.fleet.settings.minReplicas = 2
        self.fleet.settings.scaleDownStabilization = .seconds(Self.window)
        self.fleet.settings.maxReplicas = 5 + self.random.below(8)
        self.fleet.settings.bufferPods = self.random.below(3)
    }

    /// Lives for fifty minutes; what is decided is done.
    ///
    /// - Parameter check: sees each plan: the fleet after it, what was remembered before it, and the decision.
    mutating func live(_ check: (TestFleet, AutoscalerState, ScalingDecision) -> Void) {
        for _ in 0..<600 {
            self.happen()
            let before = self.fleet.state
            let decision = self.fleet.plan()
            check(self.fleet, before, decision)
            self.apply(decision)
        }
    }

    private mutating func happen() {
        self.move()
        self.fleet.pods.removeAll { $0.isTerminating && $0.connections < 10 }
        if self.random.below(60) == 0 { self.goal = self.random.below(70_000) }
        guard !self.fleet.pods.isEmpty, self.random.below(25) == 0 else { return self.replace() }
        let index = self.random.below(self.fleet.pods.count)
        switch self.random.below(7) {
        case 0: self.fleet.pods[index].reported = nil
        case 1: self.fleet.pods[index].reported = Int64(self.random.below(60))
        case 2: self.fleet.pods[index].drainRequested = true
        case 3: self.fleet.pods.remove(at: index)
        case 4: for pod in self.fleet.pods.indices { self.fleet.pods[pod].connections /= 2 }
        case 5: for pod in self.fleet.pods.indices { self.fleet.pods[pod].connections += self.random.below(2_000) }
        default: for pod in self.fleet.pods.indices { self.fleet.pods[pod].reported = nil }
        }
        self.replace()
    }

    /// What happens by itself: clients come and go, pods become ready, and speak again.
    private mutating func move() {
        let part = self.goal / max(1, self.fleet.pods.count)
        for index in self.fleet.pods.indices {
            var pod = self.fleet.pods[index]
            if !pod.isReady, pod.age >= 45 {
                pod.isReady = true
                pod.readyFor = 0
                pod.reported = 0
            }
            let change = pod.isReady ? (part - pod.connections) / 20 + self.random.below(41) - 20 : 0
            pod.connections = pod.isTerminating ? pod.connections * 3 / 4 : max(0, pod.connections + change)
            pod.utilization = [0.3 + 0.1 * self.random.share()]
            if pod.isReady, self.random.below(20) == 0 { pod.reported = 0 }
            self.fleet.pods[index] = pod
        }
    }

    /// The ReplicaSet's part.
    private mutating func replace() {
        let missing = self.fleet.replicas - self.fleet.pods.count { !$0.isTerminating }
        for _ in 0..<max(0, missing) {
            self.made += 1
            let pod = TestPod(name: "pod-\(self.made)", isReady: false, age: 0, readyFor: nil, reported: nil)
            self.fleet.pods.append(pod)
        }
    }

    private mutating func apply(_ decision: ScalingDecision) {
        for (name, cost) in decision.deletionCosts { self.fleet.change(name) { $0.deletionCost = cost } }
        let removed = self.fleet.replicas - decision.replicas
        self.fleet.replicas = decision.replicas
        let order = self.fleet.pods.filter { !$0.isTerminating }.sorted {
            $0.isReady == $1.isReady ? $0.deletionCost < $1.deletionCost : !$0.isReady
        }
        let going = order.prefix(max(0, removed)).map(\.name) + decision.podsToDelete
        for name in going { self.fleet.change(name) { $0.isTerminating = true } }
        self.replace()
    }
}
