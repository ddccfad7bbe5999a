// Creating: names, the server's own metadata, defaults, validation.

import Foundation

extension APIServerState {
    /// Creates an object.
    ///
    /// - Parameters:
    ///   - target: its name may be empty, then the object's own counts.
    ///   - body: the object as it was sent.
    ///   - options: how the write is meant.
    ///   - applied: who owns what, when the object comes of an apply.
    /// - Returns: the object as it is stored, and what was dropped.
    /// - Throws: why it is refused.
    func create(
        _ target: WriteTarget,
        _ body: DoubleJSON,
        _ options: WriteOptions,
        applied: ManagedFields? = nil
    ) throws(KubeStatus) -> WriteResult {
        let type = target.type
        var object = body
        try checkNamespace(of: &object, target)
        let sentRevision = object[path: ["metadata", "resourceVersion"]]?.string ?? ""
        if !sentRevision.isEmpty, applied == nil, !type.createsOnUpdate {
            throw KubeStatus(
                code: 500,
                reason: "",
                message: "resourceVersion should not be set on objects to be created"
            )
        }
        let name = nameOfNew(object)
        prepare(&object, type, name: name, namespace: target.namespace)
        try checkDecoding(object, target)
        let unknown = admit(&object, type, version: target.version)
        try refuse(unknown, target, options)
        let strategy = ResourceStrategy(type: type, state: self, isNewEvent: target.isNewEvent)
        strategy.prepareForCreate(&object, version: target.version)
        var problems = MetadataRules.problems(of: object, type: type)
        target.version.schema.validate(object, at: "", problems: &problems)
        problems += strategy.problems(of: object, previous: nil)
        guard problems.isEmpty else { throw .invalid(type, name, problems) }
        let key = ResourceStore.key(namespace: target.namespace, name: name)
        guard try store(type).objects[key] == nil else { throw .alreadyExists(type, name) }

        object["apiVersion"] = .string(type.apiVersion(type.versions[0].name))
        var managed = applied ?? ManagedFields()
        if applied == nil {
            let comparison = comparison(from: nil, to: object, target)
            managed.noteUpdate(comparison, by: writer(target, options))
        }
        sequence += 1
        let revision = options.isDryRun ? 0 : nextRevision()
        let stored = StoredObject(object: object, managed: managed, revision: revision, sequence: sequence)
        if !options.isDryRun { commit(.added, type, stored, previous: nil) }
        return WriteResult(object: stored, isCreated: true, warnings: unknown)
    }

    /// What cannot be decoded as its kind is refused.
    private func checkDecoding(_ object: DoubleJSON, _ target: WriteTarget) throws(KubeStatus) {
        let type = target.type
        guard let problem = DecodeRules.problem(of: object, type, schema: target.version.schema) else { return }
        throw .badRequest("\(type.kind) in version \"v1\" cannot be handled as a \(type.kind): \(problem)")
    }

    /// Unknown fields are an error where the writer asked for it; a refused patch shows the object that it made.
    func refuse(
        _ unknown: [String],
        _ target: WriteTarget,
        _ options: WriteOptions,
        patched: DoubleJSON? = nil
    ) throws(KubeStatus) {
        guard options.validation == .strict, !unknown.isEmpty else { return }
        let list = unknown.map { "unknown field \"\($0)\"" }.joined(separator: ", ")
        if let patched {
            let detail = "strict decoding error: \(list)"
            throw .invalid(kind: "", group: "", name: "", [.invalid("patch", .string(patched.text), detail)])
        }
        throw .badRequest(
            "\(target.type.kind) in version \"\(target.version.name)\" cannot be handled as a \(target.type.kind): "
                + "strict decoding error: \(list)"
        )
    }

    /// The namespace in the object and in the request agree, exist, and are not about to go.
    private func checkNamespace(of object: inout DoubleJSON, _ target: WriteTarget) throws(KubeStatus) {
        guard target.type.isNamespaced, let namespace = target.namespace else { return }
        let own = object[path: ["metadata", "namespace"]]?.string ?? ""
        guard own.isEmpty || own == namespace else {
            throw .badRequest("the namespace of the provided object does not match the namespace sent on the request")
        }
        guard let space = stores["namespaces"]?.objects[namespace] else {
            throw KubeStatus(
                code: 404,
                reason: "NotFound",
                message: "namespaces \"\(namespace)\" not found",
                details: ["name": .string(namespace), "kind": "namespaces"]
            )
        }
        guard space.isTerminating else { return }
        let name = object[path: ["metadata", "name"]]?.string ?? ""
        var details = KubeStatus.details(name: name, group: target.type.group, kind: target.type.plural)
        details["causes"] = [
            [
                "reason": "NamespaceTerminating", "message": .string("namespace \(namespace) is being terminated"),
                "field": "metadata.namespace",
            ]
        ]
        throw KubeStatus(
            code: 403,
            reason: "Forbidden",
            message: "\(target.type.name) \"\(name)\" is forbidden: unable to create new content in namespace "
                + "\(namespace) because it is being terminated",
            details: details
        )
    }

    private func nameOfNew(_ object: DoubleJSON) -> String {
        let name = object[path: ["metadata", "name"]]?.string ?? ""
        guard name.isEmpty, let prefix = object[path: ["metadata", "generateName"]]?.string, !prefix.isEmpty else {
            return name
        }
        return String(prefix.prefix(58)) + MetadataRules.randomSuffix()
    }

    /// What the server itself writes into a new object.
    private func prepare(_ object: inout DoubleJSON, _ type: ResourceType, name: String, namespace: String?) {
        object["kind"] = .string(type.kind)
        var metadata = object["metadata"]?.object ?? [:]
        metadata["name"] = .string(name)
        metadata["namespace"] = type.isNamespaced ? namespace.map(DoubleJSON.string) : nil
        metadata["uid"] = .string(UUID().uuidString.lowercased())
        metadata["creationTimestamp"] = .string(timestamp)
        metadata["generation"] = type.countsGeneration ? 1 : nil
        for key in ["resourceVersion", "deletionTimestamp", "deletionGracePeriodSeconds", "managedFields", "selfLink"] {
            metadata[key] = nil
        }
        MetadataRules.dropEmpty(&metadata)
        object["metadata"] = .object(metadata)
    }

    /// Who writes, now; the fields are still to come.
    func writer(_ target: WriteTarget, _ options: WriteOptions, _ operation: ManagedEntry.Operation = .update)
        -> ManagedEntry
    {
        ManagedEntry(
            manager: options.manager,
            operation: operation,
            apiVersion: target.apiVersion,
            subresource: target.subresource,
            // The real server, too, leaves the time out of what came through a Scale.
            time: target.subresource == "scale" ? "" : timestamp,
            fields: FieldSet()
        )
    }

    /// What differs, without what nobody owns.
    func comparison(from old: DoubleJSON?, to new: DoubleJSON, _ target: WriteTarget) -> TypedComparison {
        var comparison = TypedComparison(from: old, to: new, schema: target.version.schema)
        func owned(_ set: FieldSet) -> FieldSet {
            var owned = set.subtracting(ManagedFields.unowned)
            // The status is owned by those who write to the status.
            if target.version.hasStatus, target.subresource != "status" {
                owned = owned.subtractingRecursively(FieldSet(members: [.field("status")]))
            }
            return owned
        }
        comparison.added = owned(comparison.added)
        comparison.modified = owned(comparison.modified)
        comparison.removed = owned(comparison.removed)
        return comparison
    }
}
