// How a cell's Deployment is, as a pure function of what the API server has of it.

package import KubeClient

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// Judges a Deployment by its status.
package enum EdgeRollout {
    /// How many pods' troubles are told.
    private static let most = 3

    /// The condition `EdgeReady`.
    ///
    /// - Parameters:
    ///   - deployment: The edges' Deployment.
    ///   - pods: Its pods, which say why one is not ready.
    ///   - now: The time.
    /// - Returns: The condition.
    package static func condition(of deployment: KubeObject, pods: [KubeObject], now: Date) -> Condition {
        let status = deployment.status
        let wanted = deployment.spec["replicas"].int ?? 1
        let (ready, updated) = (status["readyReplicas"].int ?? 0, status["updatedReplicas"].int ?? 0)
        let total = status["replicas"].int ?? 0
        let count = "\(ready) of \(wanted) \(wanted == 1 ? "edge is" : "edges are") ready"
        let isStuck = deployment.condition("Progressing")?["reason"].string == "ProgressDeadlineExceeded"
        let isWhole = Self.isObserved(deployment) && updated >= wanted && total <= updated && ready >= wanted
        if isWhole, !isStuck {
            // Nothing is missing, so nobody looks at what pods have to say. One that failed may lie there still; another is in
            // its place.
            return Condition("EdgeReady", .yes, "Available", count)
        }
        let troubles = Self.troubles(of: deployment, pods, now)
        func condition(_ isServing: Bool, _ reason: String, _ text: String) -> Condition {
            Condition("EdgeReady", isServing ? .yes : .no, reason, ([text] + troubles).joined(separator: "; "))
        }
        if isStuck { return condition(ready > 0, "RolloutStuck", "new edges do not become ready: \(count)") }
        if ready == 0, wanted > 0 { return condition(false, "NoPodsReady", count) }
        if !troubles.isEmpty { return condition(true, "Degraded", count) }
        return condition(true, "Progressing", "\(updated) of \(wanted) edges are up to date, \(ready) are ready")
    }

    /// What keeps pods from being ready, or from being made.
    private static func troubles(of deployment: KubeObject, _ pods: [KubeObject], _ now: Date) -> [String] {
        var troubles = pods.sorted { $0.name < $1.name }.compactMap { PodTrouble.sentence(of: $0, now: now) }
        let failure = deployment.condition("ReplicaFailure")
        if failure?["status"] == "True", let message = failure?["message"].string {
            troubles.insert("pods cannot be made: \(message)", at: 0)
        }
        guard troubles.count > Self.most else { return troubles }
        return troubles.prefix(Self.most) + ["and \(troubles.count - Self.most) more"]
    }

    /// Whether every pod is of the template that the Deployment has now, and none is missing.
    package static func isOver(_ deployment: KubeObject) -> Bool {
        let status = deployment.status
        let wanted = deployment.spec["replicas"].int ?? 1
        let counts = ["replicas", "updatedReplicas", "availableReplicas"].map { status[$0].int ?? 0 }
        return Self.isObserved(deployment) && counts.allSatisfy { $0 == wanted }
            && (status["unavailableReplicas"].int ?? 0) == 0
    }

    /// Whether the status is of what the Deployment says now.
    private static func isObserved(_ deployment: KubeObject) -> Bool {
        (deployment.status["observedGeneration"].int ?? 0) >= deployment.generation
    }
}

extension KubeObject {
    /// The ConfigMaps that a pod's specification mounts.
    static func configurations(in pod: JSON) -> [String] {
        (pod["volumes"].elements ?? []).compactMap { $0["configMap"]["name"].string }
    }
}
