// How a cell's workers are, as a pure function of what the API server has of them and the live stores of their work.

package import KubeClient
import Tenant

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// Judges the workers of a cell.
package enum WorkerRollout {
    /// So much waits that somebody should look: a fifth of what a feed holds.
    package static let behind = 20_000

    /// How many pods' troubles are told.
    private static let most = 3

    /// The condition `WorkerReady` of a Cell that has workers.
    ///
    /// - Parameters:
    ///   - deployment: The workers' Deployment; nil if there is none yet.
    ///   - pods: Its pods, which say why one is not ready.
    ///   - waiting: How much of the feeds history has not acknowledged; nil if nobody knows.
    ///   - handover: Who does the work.
    ///   - now: The time.
    /// - Returns: The condition.
    package static func condition(
        of deployment: KubeObject?,
        pods: [KubeObject],
        waiting: Int?,
        _ handover: WorkHandover,
        now: Date
    ) -> Condition {
        let feed = waiting.map { "; \($0) \($0 == 1 ? "item waits" : "items wait") in the feed" } ?? ""
        let others =
            switch handover {
            case .workers: ""
            case .told: "; edges that are being replaced may do the work too"
            case .edges: "; edges do the work until a worker is ready"
            }
        guard let deployment else {
            return Condition(
                "WorkerReady",
                .no,
                "NoWorkersReady",
                "there are no workers yet: they are made when the stores answer" + feed
            )
        }
        let status = deployment.status
        let wanted = deployment.spec["replicas"].int ?? 1
        let (ready, updated) = (status["readyReplicas"].int ?? 0, status["updatedReplicas"].int ?? 0)
        let count = "\(ready) of \(wanted) \(wanted == 1 ? "worker is" : "workers are") ready"
        let troubles = pods.sorted { $0.name < $1.name }.compactMap { PodTrouble.sentence(of: $0, now: now) }
        let text = ([count + feed + others] + troubles.prefix(Self.most)).joined(separator: "; ")
        if deployment.condition("Progressing")?["reason"].string == "ProgressDeadlineExceeded" {
            return Condition(
                "WorkerReady",
                ready > 0 ? .yes : .no,
                "RolloutStuck",
                "new workers do not become ready: \(text)"
            )
        }
        if ready == 0 { return Condition("WorkerReady", .no, "NoWorkersReady", text) }
        if let waiting, waiting >= Self.behind {
            return Condition("WorkerReady", .yes, "Behind", "history is behind: \(text)")
        }
        let isWhole =
            (status["observedGeneration"].int ?? 0) >= deployment.generation && ready >= wanted
            && updated >= wanted && handover == .workers
        return Condition("WorkerReady", .yes, isWhole ? "Available" : "Progressing", text)
    }
}
