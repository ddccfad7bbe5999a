// Kubernetes says what a pod is, not since when; this remembers it.

/// What is remembered of a pod from one plan to the next.
struct PodMemory: Hashable, Sendable {
    /// When it was last seen to become ready, in milliseconds since 1970.
    private(set) var readySince: Int64?
    /// When it was first seen to be told to go, in milliseconds since 1970.
    private(set) var terminatingSince: Int64?
    /// How long it took to become ready, in milliseconds, where that is known.
    private(set) var startTook: Int64?
    private var isReady = false

    /// What is remembered after a look at the pod.
    ///
    /// - Parameters:
    ///   - pod: as it is now.
    ///   - memory: of the look before; nil for a pod that was not there.
    ///   - isFirstPlan: whether nothing at all is remembered: then the pod may be ready for long.
    ///   - now: milliseconds since 1970.
    init(of pod: EdgePod, after memory: PodMemory?, isFirstPlan: Bool, at now: Int64) {
        if let memory { self = memory }
        if pod.isReady, !self.isReady {
            let isFirst = self.readySince == nil
            self.readySince = pod.readySince ?? (isFirstPlan ? min(now, pod.createdAt) : now)
            // A pod that became ready again says nothing of how long pods take.
            let took = (self.readySince ?? now) - pod.createdAt
            if isFirst, pod.readySince != nil || !isFirstPlan, took <= Autoscaler.longestStart {
                self.startTook = max(0, took)
            }
        }
        if pod.isTerminating { self.terminatingSince = self.terminatingSince ?? now }
        self.isReady = pod.isReady
    }
}
