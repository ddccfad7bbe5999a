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

    /// All pods that exist.
    let members: [FleetMember]
    /// Pods that were not told to go: those that `spec.replicas` counts.
    let staying: [FleetMember]
    /// Pods that new clients come to.
    let accepting: [FleetMember]
    /// Those of them that report.
    let reporting: [FleetMember]
    /// How many pods ought to report and do not.
    let missing: Int
    /// Connections as reported.
    let connections: Int
    /// What draining pods hold: it leaves them and comes back to the others, so it is as much demand as all the rest.
    let drainingConnections: Int
    /// What a pod of this fleet holds: what is wanted, or less where the pods that run hold less.
    let podCapacity: Double
    /// `spec.replicas`.
    let replicas: Int
    let settings: AutoscalerSettings
    /// Milliseconds since 1970.
    let now: Int64

    /// Puts a fleet together.
    ///
    /// - Parameters:
    ///   - observation: the fleet as it is seen.
    ///   - memory: of its pods, by name.
    ///   - settings: the Cell's.
    ///   - now: milliseconds since 1970.
    init(
        _ observation: FleetObservation,
        memory: [String: PodMemory],
        settings: AutoscalerSettings,
        now: Int64
    ) {
        // A container that was restarted may leave two reports under one name; the later one is true.
        let reports = Dictionary(observation.reports.map { ($0.pod, $0) }) { $0.reportedAt < $1.reportedAt ? $1 : $0 }
        self.members = observation.pods.map { pod in
            let memory = memory[pod.name] ?? PodMemory(of: pod, after: nil, isFirstPlan: true, at: now)
            return FleetMember(pod, report: reports[pod.name], memory: memory, settings: settings, now: now)
        }
        self.replicas = observation.replicas.clamped(to: 0...FleetMember.mostPods)
        self.settings = settings
        self.now = now
        self.staying = self.members.filter { !$0.pod.isTerminating }
        self.accepting = self.members.filter { $0.role == .accepting }
        self.reporting = self.accepting.filter { $0.reports }
        var (missing, connections, draining) = (0, 0, 0)
        for member in self.members {
            guard let held = member.connections else {
                missing += 1
                continue
            }
            connections += held
            if member.role == .draining { draining += held }
        }
        self.missing = missing
        self.connections = connections
        self.drainingConnections = draining
        let wanted = Double(settings.podCapacity)
        let capacity = Double(self.reporting.reduce(0) { $0 + $1.capacity })
        self.podCapacity = self.reporting.isEmpty ? wanted : min(wanted, capacity / Double(self.reporting.count))
    }
}

// What follows from it.
extension FleetView {
    /// Whether nothing is known of the fleet: none of the pods that ought to report does, or none is ready to.
    var isBlind: Bool {
        guard self.reporting.isEmpty else { return false }
        return self.accepting.isEmpty ? !self.staying.isEmpty : self.accepting.contains { $0.isMissing }
    }

    /// Whether a pod that was told to go is still at it.
    var isDraining: Bool { self.members.contains { $0.isLeaving } }

    /// Pods that drain by themselves and still take up a replica each.
    var drainingInPlace: Int { self.staying.count { $0.role == .draining } }

    /// Pods above what the load needs, so that as many may be lost at once.
    ///
    /// A zone's part is reckoned from how many pods and zones there are, not from the zone that has most: where new pods find
    /// room in one zone only, a fleet would grow for its own sake.
    var buffer: Int {
        let zones = Set(self.staying.compactMap(\.pod.place)).count
        guard self.settings.bufferZone, zones > 1 else { return self.settings.buffer }
        return max(self.settings.buffer, (self.staying.count + zones - 1) / zones)
    }

    /// Clients that want to be connected.
    func demand(_ assumption: Assumption) -> Double {
        let known = Double(self.connections)
        let silent = self.members.filter { $0.isMissing }
        switch assumption {
        case .full: return known + Double(silent.reduce(0) { $0 + $1.capacity })
        case .average:
            guard !self.reporting.isEmpty else { return known }
            let reported = self.reporting.reduce(0) { $0 + $1.connectionsAtMost }
            let average = Double(reported) / Double(self.reporting.count)
            return known + average * Double(silent.count { $0.role == .accepting })
        }
    }

    /// Busy loops, in pods: 2.5 says that two and a half pods would be busy all the time.
    func work(_ assumption: Assumption) -> Double {
        let measured = self.members.compactMap { $0.work }
        let known = measured.reduce(0, +)
        // Pods that just started are busy with that; they are left out of the look up, and taken for as busy as they
        // shall be in the look down.
        let unknown = self.accepting.filter { $0.work == nil }
        let silent = unknown.count { !$0.isNew }
        switch assumption {
        case .full: return known + Double(silent) + Double(unknown.count - silent) * self.settings.loopTarget
        case .average: return measured.isEmpty ? 0 : known + known / Double(measured.count) * Double(silent)
        }
    }

    /// For how many clients the fleet was made, the buffer left out, so many milliseconds ago.
    func provided(before age: Int64) -> Double {
        let pods = self.staying.count { self.now - $0.pod.createdAt >= age } - self.buffer
        return Double(max(1, pods)) * self.podCapacity * self.settings.connectionsTarget
    }

    /// What comes to one pod of each client a second before pods that are asked for now are ready, in clients.
    ///
    /// Pods that were asked for a moment ago are ready earlier and take their part from then on.
    func partBeforeReady(leadTime: Double) -> Double {
        let starting = self.staying.filter { $0.isStarting(at: self.now) }
        let serving = Double(max(1, self.accepting.count))
        let ages = starting.reduce(0.0) { $0 + Double(max(0, self.now - $1.pod.createdAt)) / 1_000 }
        let age = starting.isEmpty ? 0 : ages / Double(starting.count)
        let alone = max(0, leadTime - age)
        return alone / serving + (leadTime - alone) / (serving + Double(starting.count))
    }
}
