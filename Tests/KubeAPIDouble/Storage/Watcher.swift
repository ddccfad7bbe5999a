// One open watch: which changes it wants, and how they are worded for it.

/// What a watch's connection is told.
enum WatchChunk: Sendable {
    /// A line of JSON.
    case event([UInt8])
    /// The connection breaks off here.
    case cut
}

/// An open watch.
final class Watcher: Sendable {
    let id: Int
    let type: ResourceType
    let version: String
    let filter: ObjectFilter
    let wantsBookmarks: Bool
    private let continuation: AsyncStream<WatchChunk>.Continuation

    init(
        id: Int,
        type: ResourceType,
        version: String,
        filter: ObjectFilter,
        wantsBookmarks: Bool,
        continuation: AsyncStream<WatchChunk>.Continuation
    ) {
        self.id = id
        self.type = type
        self.version = version
        self.filter = filter
        self.wantsBookmarks = wantsBookmarks
        self.continuation = continuation
    }

    /// Tells of a change, if the watch wants to know: an object that comes to match was added, one that no longer
    /// matches was deleted.
    func tell(_ change: Change) {
        let before = change.previous.map(filter.matches) ?? false
        let after = change.kind != .deleted && filter.matches(change.object)
        switch (before, after) {
        case (false, true): send(.added, change.object)
        case (true, true): send(.modified, change.object)
        case (true, false):
            let last = change.kind == .deleted ? change.object : change.previous?.at(revision: change.revision)
            if let last { send(.deleted, last) }
        case (false, false): break
        }
    }

    /// Sends an event of an object.
    func send(_ kind: ChangeKind, _ object: StoredObject) {
        var line: [UInt8] = []
        line.reserveCapacity(object.body.count + 128)
        line.append(contentsOf: "{\"type\":\"\(kind.rawValue)\",\"object\":".utf8)
        line.append(contentsOf: object.bytes(type, version: version))
        line.append(contentsOf: "}\n".utf8)
        continuation.yield(.event(line))
    }

    /// Tells how far the watch has seen everything, and whether the initial events that were asked for end here.
    func sendBookmark(revision: Int, isInitialEnd: Bool = false) {
        guard wantsBookmarks else { return }
        var metadata: DoubleJSON = ["resourceVersion": .string(String(revision))]
        if isInitialEnd { metadata["annotations"] = ["k8s.io/initial-events-end": "true"] }
        send(raw: [
            "type": "BOOKMARK",
            "object": [
                "apiVersion": .string(type.apiVersion(version)), "kind": .string(type.kind), "metadata": metadata,
            ],
        ])
    }

    /// Sends an error and ends the watch.
    func fail(_ status: KubeStatus) {
        send(raw: ["type": "ERROR", "object": status.json])
        finish()
    }

    /// Ends the watch as a timeout does.
    func finish() { continuation.finish() }

    /// Breaks the connection.
    func cut() {
        continuation.yield(.cut)
        continuation.finish()
    }

    private func send(raw value: DoubleJSON) { continuation.yield(.event(value.bytes + [0x0A])) }
}
