// An object at one revision. It never changes; a write makes another.

/// An object as it is stored.
final class StoredObject: Sendable {
    /// The object without `metadata.managedFields`.
    let object: DoubleJSON
    let managed: ManagedFields
    let revision: Int
    /// Counts creations, so that of two objects of one second the younger is known.
    let sequence: Int
    /// The members but `apiVersion` and `kind`, as JSON text: what responses and events are made of.
    let body: [UInt8]

    init(object: DoubleJSON, managed: ManagedFields, revision: Int, sequence: Int) {
        var object = object
        object[path: ["metadata", "resourceVersion"]] = .string(String(revision))
        self.object = object
        self.managed = managed
        self.revision = revision
        self.sequence = sequence
        var shown = object
        if let fields = managed.json { shown[path: ["metadata", "managedFields"]] = fields }
        var members = shown.object ?? [:]
        members["apiVersion"] = nil
        members["kind"] = nil
        var body: [UInt8] = []
        body.reserveCapacity(1_024)
        DoubleJSON.write(members: members, into: &body)
        self.body = body
    }

    /// The same object at another revision: what a deletion's event shows.
    func at(revision: Int) -> StoredObject {
        StoredObject(object: object, managed: managed, revision: revision, sequence: sequence)
    }

    /// The object as JSON text in a version.
    func bytes(_ type: ResourceType, version: String) -> [UInt8] {
        if version == EventConversion.version { return type.shown(shown, version: version).bytes }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(body.count + 96)
        bytes.append(contentsOf: "{\"apiVersion\":\"\(type.apiVersion(version))\",\"kind\":\"\(type.kind)\",".utf8)
        bytes.append(contentsOf: body)
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    /// The object as a list shows it: the built-in kinds leave their version and kind to the list.
    func itemBytes(_ type: ResourceType, version: String) -> [UInt8] {
        if type.isCustom || version == EventConversion.version { return bytes(type, version: version) }
        return [UInt8(ascii: "{")] + body + [UInt8(ascii: "}")]
    }

    /// The whole object with `metadata.managedFields`.
    var shown: DoubleJSON {
        var shown = object
        if let fields = managed.json { shown[path: ["metadata", "managedFields"]] = fields }
        return shown
    }

    var metadata: DoubleJSON { object["metadata"] ?? .object([:]) }
    var name: String { metadata["name"]?.string ?? "" }
    var namespace: String? { metadata["namespace"]?.string }
    var uid: String { metadata["uid"]?.string ?? "" }
    var labels: [String: String] { metadata["labels"]?.strings ?? [:] }
    var finalizers: [String] { (metadata["finalizers"]?.array ?? []).compactMap(\.string) }
    var isTerminating: Bool { metadata["deletionTimestamp"]?.string != nil }
    var ownerUIDs: [String] { (metadata["ownerReferences"]?.array ?? []).compactMap { $0["uid"]?.string } }
    /// Where the object stands in its store.
    var key: String { ResourceStore.key(namespace: namespace, name: name) }
}
