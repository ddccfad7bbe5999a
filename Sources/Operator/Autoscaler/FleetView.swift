// The fleet as the plan sees it: its pods by what they do, and what is assumed of those that are silent.

/// All pods of a fleet with the sums that the plan needs.
struct FleetView {
    /// How pods are counted that ought to report and do not.
    ///
    /// As a HorizontalPodAutoscaler does it: nothing that is merely assumed may change the fleet.
    enum Assumption {
        /// They are like the others: what is looked at to add pods.
        case average
        /// They are full: what is looked at to take pods away.
        case full
    }

    /// By name.
    let members: [FleetMember]
    let accepting: [FleetMember]
    private let settings: AutoscalerSettings

    init(
        _ observation: FleetObservation,
        memory: [String: PodMemory],
        settings: AutoscalerSettings,
        now: Int64
    ) {
        // A container that was restarted may leave two reports under one name; the later one is true.
        let reports = Dictionary(observation.reports.map { ($0.pod, $0) }) { $0.reportedAt < $1.reportedAt ? $1 : $0 }
        self.members = observation.pods
            .sorted { $0.name < $1.name }
            .map { pod in
                let memory = memory[pod.name] ?? PodMemory(of: pod, after: nil, isFirstPlan: true, at: now)
                return FleetMember(pod, report: reports[pod.name], memory: memory, settings: settings, now: now)
            }
        self.accepting = self.members.filter { $0.role == .accepting }
        self.settings = settings
    }

    /// Pods that were not told to go: those that `spec.replicas` counts.
    var staying: [FleetMember] { self.members.filter { !$0.pod.isTerminating } }

    /// Whether pods ought to report and none does.
    var isBlind: Bool { self.accepting.contains(where: \.isMissing) && !self.accepting.contains(where: \.reports) }

    var missing: Int { self.members.count(where: \.isMissing) }

    /// Whether a pod that was told to go is still at it.
    var isDraining: Bool { self.members.contains(where: \.isLeaving) }

    /// Pods that drain by themselves and still take up a replica each.
    var drainingInPlace: Int { self.staying.count { $0.role == .draining } }

    /// For how many clients the fleet was made, the buffer left out, so many milliseconds ago.
    func provided(before age: Int64, at now: Int64) -> Double {
        let pods = self.staying.count { now - $0.pod.createdAt >= age } - self.settings.buffer
        return Double(max(1, pods)) * self.podCapacity * self.settings.connectionsTarget
    }

    /// What comes to one pod of each client a second before pods that are asked for now are ready, in clients.
    ///
    /// Those that were asked for a moment ago are ready earlier and take their part from then on.
    func partBeforeReady(at now: Int64) -> Double {
        let starting = self.staying.filter { !$0.pod.isReady && now - $0.pod.createdAt < Autoscaler.longestStart }
        let serving = Double(max(1, self.accepting.count))
        let ages = starting.map { Double(max(0, now - $0.pod.createdAt)) / 1_000 }
        let age = starting.isEmpty ? 0 : ages.reduce(0, +) / Double(starting.count)
        let alone = max(0, Autoscaler.leadTime - age)
        return alone / serving + (Autoscaler.leadTime - alone) / (serving + Double(starting.count))
    }

    /// Connections as reported.
    var connections: Int { self.members.reduce(0) { $0 + ($1.connections ?? 0) } }

    /// What draining pods hold: it leaves them and comes back to the others, so it is as much demand as all the rest.
    var drainingConnections: Int {
        self.members.reduce(0) { $0 + ($1.role == .draining ? $1.connections ?? 0 : 0) }
    }

    /// Clients that want to be connected.
    func demand(_ assumption: Assumption) -> Double {
        let silent = self.members.filter(\.isMissing)
        let known = Double(self.connections)
        switch assumption {
        case .full: return known + Double(silent.reduce(0) { $0 + $1.capacity })
        case .average:
            let reporting = self.accepting.filter(\.reports)
            guard !reporting.isEmpty else { return known }
            let average = Double(reporting.reduce(0) { $0 + ($1.connections ?? 0) }) / Double(reporting.count)
            return known + average * Double(silent.count { $0.role == .accepting })
        }
    }

    /// Busy loops, in pods: 2.5 says that two and a half pods would be busy all the time.
    func work(_ assumption: Assumption) -> Double {
        let measured = self.members.compactMap(\.work)
        let known = measured.reduce(0, +)
        // Pods that just started are busy with that; they are left out of the look up, and taken for as busy as they
        // shall be in the look down.
        let unknown = self.accepting.filter { $0.work == nil }
        let silent = unknown.count { !$0.isNew }
        switch assumption {
        case .full: return known + Double(silent) + Double(unknown.count - silent) * self.settings.loopTarget
        case .average:
            return measured.isEmpty ? 0 : known + known / Double(measured.count) * Double(silent)
        }
    }

    /// What a pod of this fleet holds: what is wanted, or less where the pods that run hold less.
    var podCapacity: Double {
        let reporting = self.accepting.filter(\.reports)
        guard !reporting.isEmpty else { return Double(self.settings.podCapacity) }
        let average = Double(reporting.reduce(0) { $0 + $1.capacity }) / Double(reporting.count)
        return min(average, Double(self.settings.podCapacity))
    }
}
