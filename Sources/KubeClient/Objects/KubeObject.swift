// An object of any kind: the metadata that all have with names, everything else as JSON.

/// An object as the API server has it.
///
/// Read leniently: what is absent is empty, what is unknown stays in ``json``.
package struct KubeObject: Sendable, Hashable {
    /// All of it.
    package var json: JSON

    /// Takes an object.
    package init(_ json: JSON) { self.json = json }

    /// Begins an object of a kind.
    package init(_ resource: KubeResource, name: String, namespace: String? = nil, _ fields: JSON = [:]) {
        var json = fields
        json["apiVersion"] = .string(resource.apiVersion)
        json["kind"] = .string(resource.kind)
        var metadata = json["metadata"]
        metadata["name"] = .string(name)
        metadata["namespace"] = resource.isNamespaced ? JSON(namespace) : .null
        json["metadata"] = metadata
        self.json = json
    }

    package var metadata: JSON { self.json["metadata"] }
    package var spec: JSON { self.json["spec"] }
    package var status: JSON { self.json["status"] }
    package var kind: String { self.json["kind"].string ?? "" }
    package var apiVersion: String { self.json["apiVersion"].string ?? "" }
    package var name: String { self.metadata["name"].string ?? "" }
    /// Empty for kinds of the whole cluster.
    package var namespace: String { self.metadata["namespace"].string ?? "" }
    package var uid: String { self.metadata["uid"].string ?? "" }
    package var resourceVersion: String { self.metadata["resourceVersion"].string ?? "" }
    package var generation: Int { self.metadata["generation"].int ?? 0 }
    package var labels: [String: String] { self.metadata["labels"].strings }
    package var annotations: [String: String] { self.metadata["annotations"].strings }
    package var finalizers: [String] { (self.metadata["finalizers"].elements ?? []).compactMap(\.string) }
    /// RFC 3339; sorts by time as text.
    package var creationTimestamp: String { self.metadata["creationTimestamp"].string ?? "" }
    /// When somebody asked to delete it; it stays until its finalizers are gone.
    package var deletionTimestamp: String? { self.metadata["deletionTimestamp"].string }

    /// Name and namespace.
    package var key: ObjectKey { ObjectKey(namespace: self.namespace, name: self.name) }

    /// A condition of the status, by its type.
    package func condition(_ type: String) -> JSON? {
        self.status["conditions"].elements?.first { $0["type"].string == type }
    }

    /// Points at this object, as events and owner references do.
    package var reference: JSON {
        [
            "apiVersion": .string(self.apiVersion), "kind": .string(self.kind), "name": .string(self.name),
            "namespace": self.namespace.isEmpty ? .null : .string(self.namespace), "uid": .string(self.uid),
        ]
    }
}

/// Name and namespace of an object.
package struct ObjectKey: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Empty for kinds of the whole cluster.
    package let namespace: String
    package let name: String

    package init(namespace: String = "", name: String) {
        self.namespace = namespace
        self.name = name
    }

    package var description: String { self.namespace.isEmpty ? self.name : "\(self.namespace)/\(self.name)" }

    package static func < (left: ObjectKey, right: ObjectKey) -> Bool {
        (left.namespace, left.name) < (right.namespace, right.name)
    }
}

/// A list as it was at one revision.
package struct KubeList: Sendable {
    package let items: [KubeObject]
    /// Where a watch goes on.
    package let resourceVersion: String
}

extension KubeObject {
    /// The object as people wrote it, without who owns which of its fields.
    var withoutManagedFields: KubeObject {
        var object = self
        var metadata = object.metadata
        metadata["managedFields"] = .null
        object.json["metadata"] = metadata
        return object
    }
}
