// How a cell's Deployment is, as a pure function of what the API server has of it.

package import KubeClient

/// Judges a Deployment by its status.
package enum EdgeRollout {
    /// The condition `EdgeReady`.
    package static func condition(of deployment: KubeObject, cell: String) -> Condition {
        let status = deployment.status
        let wanted = deployment.spec["replicas"].int ?? 1
        let (ready, updated) = (status["readyReplicas"].int ?? 0, status["updatedReplicas"].int ?? 0)
        let total = status["replicas"].int ?? 0
        if deployment.condition("Progressing")?["reason"].string == "ProgressDeadlineExceeded" {
            let text = "new edges do not become ready: see kubectl describe pods -l \(OperatorNames.cellLabel)=\(cell)"
            return Condition("EdgeReady", ready > 0 ? .yes : .no, "RolloutStuck", text)
        }
        if ready == 0, wanted > 0 {
            return Condition("EdgeReady", .no, "NoPodsReady", "none of \(wanted) edges is ready")
        }
        if !Self.isObserved(deployment) || updated < wanted || total > updated {
            let text = "\(updated) of \(wanted) edges are up to date, \(ready) are ready"
            return Condition("EdgeReady", .yes, "Progressing", text)
        }
        return Condition("EdgeReady", .yes, "Available", "\(ready) of \(wanted) edges are ready")
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
