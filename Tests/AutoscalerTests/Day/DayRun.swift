// The day from midnight to midnight: what happens when, and what the operator does about it.

import Operator

/// One simulated day.
struct DayRun {
    /// A Cell's defaults, but room for a flash crowd at the day's peak.
    static let settings = AutoscalerSettings(maxReplicas: 80)

    private enum Event {
        case kill, crash, outage, blind, silence(Int), restart, drain, burst
    }

    private var world: FleetWorld
    private var state = AutoscalerState()
    private var report: DayReport
    private var wasRaise: Bool?
    private let events: [Int: Event]
    /// The operator plans again from then on.
    private var awayUntil = 0

    init(
        seed: UInt64,
        balancer: Balancer,
        settings: AutoscalerSettings = Self.settings,
        readyAfter: Int = 45,
        hasBursts: Bool = false
    ) {
        // Enough for the first hour's load, so that the day does not begin with an emergency.
        let pods = Int(DayLoad.clients(at: 0) / (0.7 * Double(settings.connectionsPerPod))) + 2
        self.world = FleetWorld(
            settings: settings,
            readyAfter: readyAfter,
            balancer: balancer,
            seed: seed,
            replicas: pods
        )
        self.report = DayReport(balancer: balancer)
        self.events = Self.events(seed: seed, hasBursts: hasBursts)
    }

    mutating func run() -> DayReport {
        while self.world.second < 86_400 {
            self.world.advance()
            if let event = self.events[self.world.second] { self.happen(event) }
            if self.world.second >= self.awayUntil { self.operate() }
            self.report.measure(self.world)
        }
        return self.report
    }

    /// What happens when: within half an hour from the time that is said, by the seed.
    private static func events(seed: UInt64, hasBursts: Bool) -> [Int: Event] {
        var random = DayRandom(seed: seed ^ 0xDA7)
        var events: [Int: Event] = [:]
        let day: [(hour: Double, Event)] = [
            (4, .kill), (7, .restart), (8, .blind), (9.5, .kill), (11, .drain), (12.75, .restart), (14, .crash),
            (15, .outage), (18, .kill), (22.5, .outage), (23, .blind),
        ]
        for (hour, event) in day { events[(Int(hour * 720) + random.below(360)) * FleetWorld.step] = event }
        for hour in stride(from: 0.5, to: 24, by: 2) {
            let time = (Int(hour * 720) + random.below(360)) * FleetWorld.step
            events[time] = .silence(120 + random.below(600))
        }
        for hour in hasBursts ? 0..<24 : 0..<0 {
            events[(hour * 720 + random.below(720)) * FleetWorld.step] = .burst
        }
        // In the midst of the crowd, or a minute before: an operator that knows nothing of how it grew.
        let restart = random.below((DayLoad.flashRise + 60) / FleetWorld.step) * FleetWorld.step
        events[DayLoad.flash - 60 + restart] = .restart
        return events
    }

    private mutating func happen(_ event: Event) {
        switch event {
        case .kill: self.world.killFullest()
        case .crash: self.world.crashFullest()
        case .outage: self.world.dropThreeInTen()
        case .blind: self.world.blindUntil = self.world.second + 120
        case .silence(let seconds): self.world.silenceOne(for: seconds)
        case .drain: self.world.requestDrain()
        case .burst: self.world.burst()
        case .restart:
            self.state = AutoscalerState()
            self.awayUntil = self.world.second + 15
        }
    }

    private mutating func operate() {
        let observation = self.world.observation
        let now = self.world.time(self.world.second)
        let plan = Autoscaler.plan(observation, under: self.world.settings, from: self.state, at: now)
        let decision = plan.decision
        self.state = plan.state
        self.report.reasons.insert(decision.reason)
        self.report.costsWritten += decision.deletionCosts.count
        self.note(decision.replicas - observation.replicas)
        self.world.apply(decision)
    }

    private mutating func note(_ change: Int) {
        guard change != 0 else { return }
        let isRaise = change > 0
        if let wasRaise = self.wasRaise, wasRaise != isRaise { self.report.turns += 1 }
        self.wasRaise = isRaise
        if isRaise { self.report.raises += 1 } else { self.report.cuts += 1 }
        self.report.podsCut += max(0, -change)
        if !isRaise, self.world.pods.contains(where: { $0.goneAt != nil }) { self.report.cutsWhileDraining += 1 }
    }
}
