/// Names another object in the same namespace (or in the cluster, where its kind has none).
package struct ObjectReference: Hashable, Sendable {
    /// The object's name.
    package var name = ""
}

extension ObjectReference: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting("name", \.name, .objectName, required: "name the object that is meant", "Its name.")
    ]
}

/// Names one key of a `Secret` in the same namespace.
package struct SecretKeyReference: Hashable, Sendable {
    /// The secret's name.
    package var name = ""
    /// The key in its `data`.
    package var key = ""
}

extension SecretKeyReference: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting("name", \.name, .objectName, required: "name the Secret", "The Secret's name."),
        Setting("key", \.key, .text, required: "name the key in the Secret", "The key in its data."),
    ]
}
