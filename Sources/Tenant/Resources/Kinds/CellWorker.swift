// The processes that do a cell's work, so that its edges need not: history, pushes, mail, what is too old.

/// The workers of a cell.
package struct CellWorker: Hashable, Sendable {
    /// The fewest pods.
    package var minReplicas = 2
    /// Annotations of the ServiceAccount, by which a provider gives pods an identity.
    package var serviceAccountAnnotations: [String: String] = [:]
    /// What is said about ``maxReplicas``.
    package var askedMaximum: Int?
    /// Kubernetes' requests by resource name, as quantities.
    package var requests: [String: String] = [:]
    /// Kubernetes' limits by resource name, as quantities.
    package var limits: [String: String] = [:]

    /// The most pods, by default 8, or ``minReplicas`` if that is more.
    package var maxReplicas: Int { self.askedMaximum ?? max(8, self.minReplicas) }
}

extension CellWorker: SettingsObject {
    /// A Cell that says nothing of workers has none.
    static var isOpen: Bool { true }

    static let settings: [Setting<Self>] = [
        Setting("minReplicas", \.minReplicas, .integer(1...100), "The fewest pods."),
        Setting(
            "maxReplicas",
            \.askedMaximum,
            .integer(1...100),
            "The most pods, which there are while history is behind; by default 8, or minReplicas if that is more."
        ),
        Setting(
            "serviceAccountAnnotations",
            \.serviceAccountAnnotations,
            .texts,
            "Annotations of the workers' ServiceAccount, by which a provider gives pods an identity, such as for archives."
        ),
        Setting.group(
            "resources",
            isOpen: true,
            "What a pod's container requests and is limited to.",
            [
                Setting(
                    "requests",
                    \.requests,
                    .quantities,
                    "What it requests, by resource. What is neither here nor in limits is 250m of cpu and 256Mi of memory."
                ),
                Setting("limits", \.limits, .quantities, "What it is limited to, by resource."),
            ]
        ),
    ]

    static let rules = [
        Schema.Rule(
            "!has(self.maxReplicas) || self.maxReplicas >= self.minReplicas",
            "maxReplicas is less than minReplicas"
        )
    ]

    static func check(_ value: Self, _ fields: ObjectFields) {
        guard value.maxReplicas < value.minReplicas else { return }
        let text = "\(value.maxReplicas) is less than minReplicas, \(value.minReplicas): raise it"
        fields["maxReplicas"].report(.badValue, text)
    }
}
