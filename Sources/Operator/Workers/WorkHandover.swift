// Who does a cell's work while it goes from edges to workers, or back: somebody always does. In between both do, which does no harm.

package import KubeClient

/// How far a cell's work has been handed over to workers.
package enum WorkHandover: Hashable, Sendable {
    /// Edges do it.
    case edges
    /// Edges are told that workers do it, and some may not know yet.
    case told
    /// Workers alone do it.
    case workers

    /// On the edges' template: that workers do it.
    static let annotation = "roost.chat/work"

    /// Whether edges are to leave the work to workers.
    var isTold: Bool { self != .edges }

    /// How far it is.
    ///
    /// - Parameters:
    ///   - isWanted: Whether the Cell has workers.
    ///   - edges: The edges' Deployment; nil if there is none yet.
    ///   - workers: The workers' Deployment; nil if there is none yet.
    /// - Returns: What edges are told next.
    package static func state(isWanted: Bool, edges: KubeObject?, workers: KubeObject?) -> WorkHandover {
        guard isWanted else { return .edges }
        // Where nobody does it yet, nobody has to go on.
        guard let edges else { return .told }
        if self.isTold(edges) { return EdgeRollout.isOver(edges) ? .workers : .told }
        // Whoever would take it over has to be there; once it is told it stays so, whatever becomes of them.
        return (workers?.status["readyReplicas"].int ?? 0) > 0 ? .told : .edges
    }

    /// Whether workers that the Cell has no more may go.
    ///
    /// - Parameter edges: The edges' Deployment; nil if there is none.
    /// - Returns: Whether every edge does the work.
    package static func isTakenBack(by edges: KubeObject?) -> Bool {
        guard let edges else { return true }
        return !self.isTold(edges) && EdgeRollout.isOver(edges)
    }

    private static func isTold(_ edges: KubeObject) -> Bool {
        edges.spec["template"]["metadata"]["annotations"][Self.annotation].string == Self.value
    }

    /// What the annotation says.
    static let value = "Worker"
}
