// What everything of a cell's workers is called.

extension OperatorNames {
    /// The name that every worker's labels have.
    static let workerName = "roost-worker"

    /// The Deployment, ServiceAccount, budget, policy and monitor of a cell's workers.
    package static func worker(_ cell: String) -> String { "roost-\(cell)-worker" }

    /// What their Deployment selects its pods by.
    package static func workerSelector(_ cell: String) -> [String: String] {
        ["app.kubernetes.io/name": Self.workerName, "app.kubernetes.io/instance": cell]
    }

    /// What everything of them carries.
    package static func workerLabels(_ cell: String) -> [String: String] {
        Self.labels(cell).merging(Self.workerSelector(cell)) { $1 }
            .merging(["app.kubernetes.io/component": "worker"]) { $1 }
    }
}
