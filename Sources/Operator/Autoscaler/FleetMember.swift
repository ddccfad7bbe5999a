// A pod as the plan sees it: Kubernetes' view of it, its last report and what is remembered, made into one.

/// A pod of the fleet with what is known and what must be assumed of it.
struct FleetMember {
    /// What a pod does for clients.
    enum Role {
        /// Was not ready yet, or is so no more; new connections do not reach it.
        case unready
        /// New connections reach it.
        case accepting
        /// It hands over what it has; all of that comes back to the others.
        case draining
    }

    /// More than any fleet has; keeps sums far from overflow, whatever is reported.
    static let mostPods = 100_000
    static let mostConnections = 100_000_000

    let pod: EdgePod
    let role: Role
    /// Clients connected to it, where that is known.
    let connections: Int?
    /// What it can hold.
    let capacity: Int
    /// Busy loops, in pods of the size that is wanted; nil where it is not known.
    let work: Double?
    /// Whether it just became ready: nothing is known, and nothing is there yet.
    let isNew: Bool
    /// Whether a report from it counts.
    let reports: Bool
    /// Whether it was told to go and may still be at it.
    let isLeaving: Bool

    var name: String { self.pod.name }

    /// Whether it ought to report and does not.
    var isMissing: Bool { self.connections == nil }

    /// Whether it is to be ready soon; a pod that takes too long never will be.
    func isStarting(at now: Int64) -> Bool {
        !self.pod.isReady && !self.pod.isTerminating && now - self.pod.createdAt < Autoscaler.longestStart
    }

    /// What it holds when the worst is assumed: full where it is not known.
    var connectionsAtMost: Int { self.connections ?? self.capacity }
}

extension FleetMember {
    /// Puts a pod together.
    ///
    /// - Parameters:
    ///   - pod: what Kubernetes says.
    ///   - report: what it last said itself, however long ago.
    ///   - memory: since when it is ready, or going.
    ///   - settings: the Cell's.
    ///   - now: milliseconds since 1970.
    init(_ pod: EdgePod, report: PodReport?, memory: PodMemory, settings: AutoscalerSettings, now: Int64) {
        // A pod that serves nobody new and is silent, too, is down: counting what it last had would count clients
        // twice that are already back elsewhere.
        let isReachable = pod.isReady && !pod.isTerminating
        let longest = isReachable ? Autoscaler.staleAfter : Autoscaler.silentAfter
        // A report of the future is as odd as one of long ago: some clock is wrong, and it might never get old.
        let current = report.flatMap { (now - $0.reportedAt.clamped(to: 0 ... .max)).magnitude <= longest ? $0 : nil }

        self.pod = pod
        self.reports = current != nil
        self.isLeaving = pod.isTerminating && now - (memory.terminatingSince ?? now) <= settings.longestDrain
        self.role =
            if pod.isTerminating || current?.isDraining == true {
                .draining
            } else {
                pod.isReady ? .accepting : .unready
            }
        self.isNew = now - (memory.readySince ?? now) < Autoscaler.warmUp
        let reported = current?.capacity ?? 0
        self.capacity = reported > 0 ? min(reported, Self.mostConnections) : settings.podCapacity
        self.connections =
            if let current {
                current.connections.clamped(to: 0...Self.mostConnections)
            } else if pod.isTerminating || self.isNew || memory.readySince == nil {
                0
            } else {
                nil
            }
        let busy = (current?.utilization ?? []).filter { !$0.isNaN }.map { $0.clamped(to: 0...1) }
        // The busiest loop is what its clients feel; all loops are counted with it, since a fleet whose number of
        // shards changes must not be taken for busier or idler than it is.
        self.work =
            self.isNew ? nil : busy.max().map { $0 * Double(busy.count) / Double(max(1, settings.shards)) }
    }
}
