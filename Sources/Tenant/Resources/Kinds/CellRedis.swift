/// One of a cell's Redis instances: an element of `Cell.spec.redis`.
package struct CellRedis: Hashable, Sendable {
    /// The key of a Secret that holds its URL.
    package var secret = SecretKeyReference()
    /// Whether no tenant is to live there any more: who does is moved to the others.
    package var drain = false

    /// What it is called, in statuses and by the edges: its Secret's name and key.
    package var name: String { "\(self.secret.name)/\(self.secret.key)" }
}

extension CellRedis: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting(
            "urlSecretRef",
            \.secret,
            .object,
            required: "write urlSecretRef: {name: …, key: url}",
            "The key of a Secret in the operator's namespace that holds the URL, redis:// or rediss://."
        ),
        Setting(
            "drain",
            \.drain,
            .flag,
            "Whether no tenant is to live there any more: those that do are moved to the other instances, one after another."
        ),
    ]
}
