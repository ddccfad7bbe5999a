// When a rollout may take old pods away: not before new ones stand for all that go, so that nobody who is moved is led to a pod that
// goes next.
//
// A Deployment's controller takes an old pod away for each new one that is available, which it is once it has been ready for
// `minReadySeconds`. So those are many while a rollout waits, and none once it may go on: then all old pods go together. To be told to
// go is the one state in which Kubernetes leads nobody new to a pod and lets it serve on. What was decided stands in the Deployment;
// while no operator runs, a rollout waits for as long as those seconds are, and goes on by itself.

import KubeClient
import Numbers
import Tenant

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Judges whether a rollout has to wait.
struct RolloutHold {
    /// On the pods' template: a digest of it, which tells new pods from old ones.
    static let annotation = "roost.chat/template"
    /// For how long new pods that are ready wait for those that are not, in seconds: where there is no room for all of them,
    /// a rollout goes on with those there are.
    private static let patience: Int64 = 600

    /// The digest of the pods that are wanted.
    let template: String
    /// How many more pods there may be, in percent of those that are wanted.
    let surge: Int
    /// For how long a new pod must have been ready.
    let proving: Duration
    /// Milliseconds since 1970.
    let now: Int64

    /// How long ready pods do not count for while a rollout waits, in seconds.
    ///
    /// - Parameters:
    ///   - surge: How many more pods there may be, in percent.
    ///   - farewell: How long a pod needs to go, in seconds.
    /// - Returns: Longer than that where the next pods go only when those before are gone.
    static func seconds(surge: Int, farewell: Int) -> Int64 {
        surge >= 100 ? Self.patience : max(Self.patience, Int64(clamping: farewell))
    }

    /// Whether old pods stay for now.
    ///
    /// - Parameters:
    ///   - deployment: The Deployment as it is before it is applied; nil if there is none.
    ///   - pods: Its pods.
    /// - Returns: Whether they do.
    func holds(_ deployment: KubeObject?, _ pods: [KubeObject]) -> Bool {
        guard let deployment else { return false }
        let living = pods.filter { $0.deletionTimestamp == nil && !$0.hasPodEnded }
        let new = living.filter { $0.annotations[Self.annotation] == self.template }
        let running = deployment.spec["template"]["metadata"]["annotations"][Self.annotation].string
        guard running != self.template || new.count < living.count else { return false }
        let wanted = max(0, deployment.spec["replicas"].int ?? 1)
        guard new.allSatisfy(self.isProven) else { return true }
        if new.count >= wanted { return false }
        // With less room than for all, those of one step go when those of the step before are gone.
        let most = wanted.plus(wanted.times(self.surge).plus(99) / 100)
        return self.surge >= 100 || living.count < most || new.isEmpty || pods.contains(where: self.isLeaving)
    }

    private func isProven(_ pod: KubeObject) -> Bool {
        guard pod.isPodReady, let since = pod.readySince else { return false }
        return self.now.minus(since) >= Int64(saturating: self.proving / .milliseconds(1))
    }

    /// Whether it is still at it: past that time its node is gone.
    private func isLeaving(_ pod: KubeObject) -> Bool {
        guard let end = KubeTime.milliseconds(pod.deletionTimestamp) else { return false }
        return !pod.hasPodEnded && self.now < end
    }
}

extension KubeObject {
    /// Since when a pod is ready, in milliseconds since 1970.
    var readySince: Int64? { KubeTime.milliseconds(self.condition("Ready")?["lastTransitionTime"].string) }
}

extension KubeTime {
    /// A time in milliseconds since 1970.
    static func milliseconds(_ time: String?) -> Int64? {
        time.flatMap(Self.parse).map { Int64(saturating: $0.timeIntervalSince1970 * 1000) }
    }
}
