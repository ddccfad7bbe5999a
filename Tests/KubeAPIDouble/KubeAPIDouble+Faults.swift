// What a test breaks, and the controllers that it switches on.

extension KubeAPIDouble {
    /// A fault that is armed.
    package struct Fault: Sendable {
        fileprivate let id: Int
    }

    /// Refuses requests.
    ///
    /// - Parameters:
    ///   - match: which.
    ///   - status: the answer: ``KubeStatus/conflict``, ``KubeStatus/tooManyRequests(retryAfter:)``, …
    ///   - times: how many; nil for all until the fault is disarmed.
    /// - Returns: what it is disarmed by.
    @discardableResult
    package func fail(_ match: KubeAPIMatch, with status: KubeStatus, times: Int? = 1) -> Fault {
        arm(match, .refuse(status), times)
    }

    /// Carries requests out and answers as if they had failed: the answer got lost.
    @discardableResult
    package func failAfterwards(_ match: KubeAPIMatch, with status: KubeStatus, times: Int? = 1) -> Fault {
        arm(match, .refuseAfterwards(status), times)
    }

    /// Breaks the connections of requests instead of answering.
    @discardableResult
    package func disconnect(_ match: KubeAPIMatch, times: Int? = 1) -> Fault {
        arm(match, .disconnect, times)
    }

    /// Delays requests.
    @discardableResult
    package func delay(_ match: KubeAPIMatch, by duration: Duration, times: Int? = 1) -> Fault {
        arm(match, .delay(duration), times)
    }

    /// Holds requests at a gate until the test opens it.
    package func hold(_ match: KubeAPIMatch, times: Int? = 1) -> KubeAPIGate {
        let gate = KubeAPIGate()
        _ = arm(match, .hold(gate), times)
        return gate
    }

    /// Disarms a fault.
    package func disarm(_ fault: Fault) {
        withState { $0.faults.removeAll { $0.id == fault.id } }
    }

    /// Disarms all faults.
    package func disarmAll() { withState { $0.faults = [] } }

    private func arm(_ match: KubeAPIMatch, _ effect: FaultEffect, _ times: Int?) -> Fault {
        withState { Fault(id: $0.arm(match, effect, times: times)) }
    }

    /// Answers 403 to all that a test does not allow; nil allows everything.
    package func authorize(_ isAllowed: (@Sendable (KubeAPICall) -> Bool)?) {
        withState { $0.authorizer = isAllowed }
    }

    // MARK: Watches and history

    /// Ends open watches.
    ///
    /// - Parameters:
    ///   - resource: `tenants.roost.chat`; nil for all.
    ///   - abruptly: whether the connections break, rather than end as a timeout ends them.
    package func cutWatches(_ resource: String? = nil, abruptly: Bool = true) {
        withState { state in
            for (name, watchers) in state.watchers where resource == nil || resource == name {
                for watcher in watchers.values { abruptly ? watcher.cut() : watcher.finish() }
                state.watchers[name] = [:]
            }
        }
    }

    /// Forgets history up to now, as a compaction does: a watch from before gets 410, and so does a list that goes on
    /// from before.
    ///
    /// - Parameter closingWatches: whether open watches are told 410 too.
    package func expireHistory(closingWatches: Bool = false) {
        withState { state in
            // A change of its own, so that every revision known so far is too old.
            let revision = state.nextRevision()
            for store in state.stores.values { store.compact(through: revision) }
            guard closingWatches else { return }
            for watcher in state.watchers.values.flatMap(\.values) {
                watcher.fail(APIServerState.tooOld(revision - 1, oldest: revision))
            }
            state.watchers = [:]
        }
    }

    /// Sends a bookmark to every watch that wants them.
    package func sendBookmarks() {
        withState { state in
            for watcher in state.watchers.values.flatMap(\.values) { watcher.sendBookmark(revision: state.revision) }
        }
    }

    // MARK: Controllers

    /// Makes pods for Deployments from now on, and keeps their status true.
    package func runDeploymentController(_ mode: DeploymentControllerMode = .readyAtOnce) {
        withState { state in
            state.deploymentController = mode
            state.dirtyDeployments.formUnion((state.stores["deployments.apps"]?.objects ?? [:]).keys)
            state.settle()
        }
    }

    /// Looks at all Deployments again: time has passed, and what was ready may be available.
    package func checkDeployments() {
        withState { state in
            state.dirtyDeployments.formUnion((state.stores["deployments.apps"]?.objects ?? [:]).keys)
            state.settle()
        }
    }

    /// Makes a pod ready, or not ready.
    package func setReady(_ isReady: Bool = true, pod name: String, namespace: String) {
        withState { $0.setReady(isReady, podKey: ResourceStore.key(namespace: namespace, name: name)) }
    }

    /// Makes every pod ready, those too that the controller makes in answer.
    package func makeAllPodsReady() {
        withState { state in
            let before = state.deploymentController
            if before != nil { state.deploymentController = .readyAtOnce }
            for key in (state.stores["pods"]?.objects ?? [:]).keys.sorted() {
                state.setReady(true, podKey: key)
            }
            state.settle()
            state.deploymentController = before
        }
    }

    /// What happens to pods on nodes that are deleted.
    package func terminatePods(_ termination: PodTermination) {
        withState { $0.podTermination = termination }
    }

    /// Ends a pod that is being deleted: its processes are gone.
    package func finishTermination(pod name: String, namespace: String) {
        withState { state in
            guard let type = state.types["pods"],
                let pod = state.stores["pods"]?.objects[ResourceStore.key(namespace: namespace, name: name)],
                pod.isTerminating
            else { return }
            state.remove(type, pod)
            state.settle()
        }
    }

    /// Whether what is owned by what is gone is deleted; it is from the start.
    package func collectGarbage(_ isOn: Bool) {
        withState { $0.collectsGarbage = isOn }
    }
}
