/// What the condition of a Cell's workers says.
extension ConditionCatalog {
    /// Reasons of `WorkerReady`, which only a Cell with `spec.worker` has.
    static let workers: [ConditionRow] = [
        .init("WorkerReady", "Available", .well, "workers run; the message has how much of the feed waits for them"),
        .init("WorkerReady", "Progressing", .notice, "workers are on their way, or are being replaced", do: "wait"),
        .init(
            "WorkerReady",
            "Leaving",
            .notice,
            "`spec.worker` is not set any more: workers go once all edges do the work again",
            do: "wait"
        ),
        .init(
            "WorkerReady",
            "Behind",
            .complaint,
            """
            history is behind by a fifth of what the feed holds or more; past the end what is to be kept is refused, and \
            the message has how much waits
            """,
            do: "look at PostgreSQL and the workers' log; raise `spec.worker.maxReplicas`"
        ),
        .init(
            "WorkerReady",
            "NoWorkersReady",
            .complaint,
            """
            no worker is ready: where edges leave the work to them history stays in the feed, which refuses what is to be \
            kept once it is full; pushes and mail wait
            """,
            do:
                "`kubectl -n roost describe pods -l app.kubernetes.io/name=roost-worker`; often the image or the resources"
        ),
        .init(
            "WorkerReady",
            "RolloutStuck",
            .complaint,
            "new workers do not become ready; old ones go on",
            do: "the same; then correct `spec.worker` or `spec.edge.image`"
        ),
        .init(
            "WorkerReady",
            "ApplyRejected",
            .complaint,
            "the API server refuses something that the workers consist of, or their number; what runs stays as it was",
            do: "the message has the server's words; correct `spec.worker`, or what refuses"
        ),
    ]
}
