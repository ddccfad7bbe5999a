// Events have two shapes over one storage: core/v1, in which they are stored, and events.k8s.io/v1.

/// Turns events from one shape into the other.
enum EventConversion {
    /// What stands for the version `events.k8s.io/v1` of the kind in the core group.
    static let version = "events.k8s.io/v1"

    private static let names: [(core: String, events: String)] = [
        ("message", "note"), ("involvedObject", "regarding"), ("reportingComponent", "reportingController"),
        ("count", "deprecatedCount"), ("source", "deprecatedSource"), ("firstTimestamp", "deprecatedFirstTimestamp"),
        ("lastTimestamp", "deprecatedLastTimestamp"),
    ]

    /// The shape of `events.k8s.io/v1`.
    static func shown(_ event: DoubleJSON) -> DoubleJSON {
        renamed(event, names.map { ($0.core, $0.events) }, apiVersion: version)
    }

    /// The shape of core/v1.
    static func stored(_ event: DoubleJSON) -> DoubleJSON {
        renamed(event, names.map { ($0.events, $0.core) }, apiVersion: "v1")
    }

    private static func renamed(_ event: DoubleJSON, _ names: [(String, String)], apiVersion: String) -> DoubleJSON {
        var members = event.object ?? [:]
        for (old, new) in names {
            if let value = members.removeValue(forKey: old) { members[new] = value }
        }
        if members["apiVersion"] != nil { members["apiVersion"] = .string(apiVersion) }
        return .object(members)
    }
}
