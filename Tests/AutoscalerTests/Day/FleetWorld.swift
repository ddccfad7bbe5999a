// A fleet without a cluster: pods, the clients on them, a ReplicaSet and a load balancer, in steps of five seconds.

import Operator

/// How new connections find a pod.
enum Balancer: CaseIterable {
    /// Any ready pod: what kube-proxy and a network load balancer do.
    case random
    /// The emptier of two: a proxy with "least request".
    case twoChoices
    /// The emptiest.
    case leastLoaded
}

/// A simulated pod.
struct WorldPod {
    let name: String
    let createdAt: Int
    var readyAt: Int
    var connections = 0
    /// When it is gone at the latest, once it was told to go.
    var goneAt: Int?
    var drainRequested = false
    var deletionCost: Int32 = 0
    var silentUntil = 0
    var report: PodReport?
    var secondsOverLimit = 0

    func isReady(at second: Int) -> Bool { second >= self.readyAt && self.goneAt == nil }
}

/// The fleet and those who use it; times are seconds since midnight.
struct FleetWorld {
    static let step = 5
    static let meanStay = 4.0 * 3_600
    static let drain = 300
    /// So that the plan sees times of today.
    static let midnight: Int64 = 1_750_000_000_000

    let balancer: Balancer
    let settings: AutoscalerSettings
    /// How long a pod takes to be ready.
    let readyAfter: Int
    var random: DayRandom
    var second = 0
    var pods: [WorldPod] = []
    var replicas = 0
    /// Nobody's reports arrive until then.
    var blindUntil = 0
    private var made = 0
    private var mood = 1.0
    /// Clients on their way back, by when they are.
    private var returning: [Int: Int] = [:]
    /// Who came in a burst and leaves in the next minutes: how many at each step, and until when.
    private var passing: (count: Int, until: Int) = (0, 0)

    init(settings: AutoscalerSettings, readyAfter: Int, balancer: Balancer, seed: UInt64, replicas: Int) {
        self.settings = settings
        self.readyAfter = readyAfter
        self.balancer = balancer
        self.random = DayRandom(seed: seed)
        self.replicas = replicas
        self.reconcile()
        let clients = Int(DayLoad.clients(at: 0))
        for index in self.pods.indices {
            self.pods[index].readyAt = 0
            self.pods[index].connections = clients / self.pods.count
        }
    }

    var connections: Int { self.pods.reduce(0) { $0 + $1.connections } }

    func time(_ second: Int) -> Int64 { Self.midnight + Int64(second) * 1_000 }

    /// What the operator sees: pods as they are, reports as of the step before.
    var observation: FleetObservation {
        FleetObservation(
            replicas: self.replicas,
            pods: self.pods.map { pod in
                EdgePod(
                    name: pod.name,
                    isReady: pod.isReady(at: self.second),
                    isTerminating: pod.goneAt != nil,
                    createdAt: self.time(pod.createdAt),
                    readySince: pod.isReady(at: self.second) ? self.time(pod.readyAt) : nil,
                    drainRequested: pod.drainRequested,
                    deletionCost: pod.deletionCost
                )
            },
            reports: self.pods.compactMap(\.report)
        )
    }
}

// One step.
extension FleetWorld {
    mutating func advance() {
        self.report()
        self.second += Self.step
        self.disconnect()
        self.pods.removeAll { $0.goneAt.map { $0 <= self.second } ?? false }
        self.connect()
        for index in self.pods.indices {
            let isOver = Double(self.pods[index].connections) > 0.9 * Double(self.settings.connectionsPerPod)
            self.pods[index].secondsOverLimit = isOver ? self.pods[index].secondsOverLimit + Self.step : 0
        }
    }

    private mutating func report() {
        self.mood = 0.95 * self.mood + 0.05 + 0.03 * self.random.normal()
        let chatter = DayLoad.chatter(at: self.second) * self.mood
        for index in self.pods.indices {
            let pod = self.pods[index]
            guard self.second >= pod.readyAt, self.second >= pod.silentUntil, self.second >= self.blindUntil
            else { continue }
            let isWarm = self.second - pod.readyAt >= 60
            let share = Double(pod.connections) / Double(self.settings.connectionsPerPod)
            let busy = isWarm ? share * chatter * (1 + 0.15 * self.random.normal()) : 0.95
            self.pods[index].report = PodReport(
                pod: pod.name,
                connections: pod.connections,
                capacity: self.settings.connectionsPerPod,
                utilization: [min(1, max(0, busy))],
                isDraining: pod.goneAt != nil,
                reportedAt: self.time(self.second)
            )
        }
    }

    /// Clients a second who come of their own will; below zero where more than usual leave.
    private var arrivals: Double {
        let (before, after) = (DayLoad.clients(at: self.second - Self.step), DayLoad.clients(at: self.second))
        return (after - before) / Double(Self.step) + before / Self.meanStay
    }

    private mutating func disconnect() {
        let passing = self.second < self.passing.until ? Double(self.passing.count) : 0
        let excess =
            max(0, -self.arrivals) / DayLoad.clients(at: self.second)
            + passing / Double(Self.step * max(1, self.connections))
        let hazard = (1 / Self.meanStay + excess) * Double(Self.step)
        for index in self.pods.indices {
            let held = self.pods[index].connections
            var left = held - min(held, self.random.poisson(Double(held) * hazard))
            if let goneAt = self.pods[index].goneAt {
                // The edge spreads the closes over its grace period; nobody waits long to come back.
                let steps = max(1, (goneAt - self.second) / Self.step)
                let closed = self.second >= goneAt ? left : left / steps
                left -= closed
                self.comeBack(closed, within: 10)
            }
            self.pods[index].connections = left
        }
    }

    private mutating func connect() {
        let back = self.returning.removeValue(forKey: self.second) ?? 0
        let new = self.random.poisson(max(0, self.arrivals) * Double(Self.step))
        let ready = self.pods.indices.filter { self.pods[$0].isReady(at: self.second) }
        guard !ready.isEmpty else { return self.comeBack(back + new, within: 30) }
        for _ in 0..<(back + new) {
            let index = self.choose(ready)
            self.pods[index].connections += 1
        }
    }

    private mutating func choose(_ ready: [Int]) -> Int {
        let first = ready[self.random.below(ready.count)]
        switch self.balancer {
        case .random: return first
        case .twoChoices:
            let second = ready[self.random.below(ready.count)]
            return self.pods[first].connections <= self.pods[second].connections ? first : second
        case .leastLoaded:
            var best = first
            for index in ready where self.pods[index].connections < self.pods[best].connections { best = index }
            return best
        }
    }

    /// Sends clients away for a while: evenly over so many seconds.
    private mutating func comeBack(_ count: Int, within seconds: Int) {
        guard count > 0 else { return }
        let steps = max(1, seconds / Self.step)
        for step in 1...steps {
            let part = count * step / steps - count * (step - 1) / steps
            self.returning[self.second + step * Self.step, default: 0] += part
        }
    }
}

// What happens to it.
extension FleetWorld {
    /// The ReplicaSet: as many pods as are wanted; those that go go in Kubernetes' order.
    mutating func reconcile() {
        let staying = self.pods.indices.filter { self.pods[$0].goneAt == nil }
        for _ in 0..<max(0, self.replicas - staying.count) {
            self.made += 1
            let name = "edge-\(self.made)"
            self.pods.append(WorldPod(name: name, createdAt: self.second, readyAt: self.second + self.readyAfter))
        }
        guard staying.count > self.replicas else { return }
        let second = self.second
        let order = staying.sorted { [pods] first, other in
            let ready = (pods[first].isReady(at: second), pods[other].isReady(at: second))
            if ready.0 != ready.1 { return !ready.0 }
            if pods[first].deletionCost != pods[other].deletionCost {
                return pods[first].deletionCost < pods[other].deletionCost
            }
            return pods[first].readyAt > pods[other].readyAt
        }
        for index in order.prefix(max(0, staying.count - self.replicas)) { self.remove(index) }
    }

    /// What the operator does with a decision.
    mutating func apply(_ decision: ScalingDecision) {
        for index in self.pods.indices {
            guard let cost = decision.deletionCosts[self.pods[index].name] else { continue }
            self.pods[index].deletionCost = cost
        }
        self.replicas = decision.replicas
        self.reconcile()
        for name in decision.podsToDelete {
            guard let index = self.pods.firstIndex(where: { $0.name == name }) else { continue }
            self.remove(index)
            self.reconcile()
        }
    }

    private mutating func remove(_ index: Int) {
        let isUp = self.second >= self.pods[index].readyAt
        self.pods[index].goneAt = self.second + (isUp ? Self.drain : 0)
    }

    /// The fullest ready pod dies; its clients notice and are back within a minute.
    mutating func killFullest() {
        let ready = self.pods.indices.filter { self.pods[$0].isReady(at: self.second) }
        guard let index = ready.max(by: { self.pods[$0].connections < self.pods[$1].connections }) else { return }
        self.comeBack(self.pods[index].connections, within: 60)
        self.pods.remove(at: index)
        self.reconcile()
    }

    /// The fullest ready pod's container dies and starts again in its place.
    mutating func crashFullest() {
        let ready = self.pods.indices.filter { self.pods[$0].isReady(at: self.second) }
        guard let index = ready.max(by: { self.pods[$0].connections < self.pods[$1].connections }) else { return }
        self.comeBack(self.pods[index].connections, within: 60)
        self.pods[index].connections = 0
        self.pods[index].readyAt = self.second + self.readyAfter
    }

    /// A network fails: three in ten clients are gone, and back within a minute.
    mutating func dropThreeInTen() {
        for index in self.pods.indices {
            let gone = self.pods[index].connections * 3 / 10
            self.pods[index].connections -= gone
            self.comeBack(gone, within: 60)
        }
    }

    /// A tenth more within ten seconds, who are gone within ten minutes.
    mutating func burst() {
        let count = self.connections / 10
        self.comeBack(count, within: 10)
        self.passing = (count / 120, self.second + 610)
    }

    mutating func requestDrain() {
        let ready = self.pods.indices.filter { self.pods[$0].isReady(at: self.second) }
        guard !ready.isEmpty else { return }
        self.pods[ready[self.random.below(ready.count)]].drainRequested = true
    }

    /// One pod's reports do not arrive for a while.
    mutating func silenceOne(for seconds: Int) {
        guard !self.pods.isEmpty else { return }
        self.pods[self.random.below(self.pods.count)].silentUntil = self.second + seconds
    }
}
