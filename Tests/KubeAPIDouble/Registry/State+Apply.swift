// Server-side apply: lay over, take out, ask who owns.
// https://kubernetes.io/docs/reference/using-api/server-side-apply/

extension APIServerState {
    /// Applies a configuration; creates the object where there is none.
    ///
    /// - Throws: 409 with the fields and their managers where others own what would change; 500 where the
    ///   configuration is not of its type, as the real server does.
    func apply(_ target: WriteTarget, _ body: DoubleJSON, _ options: WriteOptions) throws(KubeStatus) -> WriteResult {
        let type = target.type
        guard options.isManagerGiven else {
            throw .invalid(
                kind: "PatchOptions",
                group: "meta.k8s.io",
                name: "",
                [.required("fieldManager", "is required for apply patch")]
            )
        }
        let configuration = try checked(body, target)
        let key = ResourceStore.key(namespace: target.namespace, name: target.name)
        let current = try store(type).objects[key]
        if target.subresource == "status", current == nil { throw .notFound(type, target.name) }
        let uid = body[path: ["metadata", "uid"]]?.string ?? ""
        if current == nil, !uid.isEmpty {
            throw .conflict(
                type,
                target.name,
                "uid mismatch: the provided object specified uid \(uid), and no existing object was found"
            )
        }

        let schema = target.version.schema
        let own = configuration.owned(target)
        let fields = schema.fieldSet(of: own).subtracting(ManagedFields.unowned)
        let applier = writer(target, options, .apply)
        var managed = current?.managed ?? ManagedFields()
        var merged = schema.merge(current?.object, with: own)
        if let last = managed.entry(like: applier)?.fields {
            let others = managed.entries.filter { !$0.isSameManager(as: applier) }
            let owned = others.reduce(fields) { $0.union($1.fields) }
            schema.removeDropped(from: &merged, last: last, owned: owned)
        }
        let comparison = comparison(from: current?.object, to: merged, target)
        let conflicts = managed.conflicts(with: comparison.written, of: applier)
        if !conflicts.isEmpty, !options.isForced { throw Self.conflict(conflicts) }
        managed.noteApply(comparison, by: applier, fields: fields)

        guard current != nil else {
            merged[path: ["metadata", "name"]] = .string(target.name)
            return try create(target, merged, options, applied: managed)
        }
        // What the writer says of the object's identity is checked as it was sent.
        for key in ["uid", "resourceVersion"] {
            if let sent = body[path: ["metadata", key]] { merged[path: ["metadata", key]] = sent }
        }
        return try update(target, merged, options, .apply(managed))
    }

    /// The configuration, when it is one of this kind and of declared fields only.
    private func checked(_ body: DoubleJSON, _ target: WriteTarget) throws(KubeStatus) -> DoubleJSON {
        let metadata = body["metadata"] ?? .object([:])
        let apiVersion = body["apiVersion"]?.string ?? ""
        let kind = body["kind"]?.string ?? ""
        guard kind == target.type.kind, apiVersion == target.apiVersion else {
            throw .badRequest("invalid object type: \(apiVersion), Kind=\(kind)")
        }
        if let fields = metadata["managedFields"], !fields.isNull {
            throw .badRequest("metadata.managedFields must be nil")
        }
        let name = metadata["name"]?.string ?? ""
        guard name.isEmpty || name == target.name else {
            throw .badRequest("the name of the object (\(name)) does not match the name on the URL (\(target.name))")
        }
        let namespace = metadata["namespace"]?.string ?? ""
        guard namespace.isEmpty || namespace == target.namespace else {
            throw .badRequest("the namespace of the provided object does not match the namespace sent on the request")
        }
        do {
            try target.version.schema.checkTyped(body, at: "")
        } catch {
            let group = target.type.group
            let version = "\(group)/\(target.version.name)"
            throw KubeStatus(
                code: 500,
                reason: "",
                message: "failed to create typed patch object (\(namespace)/\(name); \(version), Kind=\(kind)): "
                    + error.message
            )
        }
        return body
    }

    private static func conflict(_ conflicts: [(entry: ManagedEntry, fields: FieldSet)]) -> KubeStatus {
        let sorted = conflicts.sorted { $0.entry.shown < $1.entry.shown }
        var causes: [DoubleJSON] = []
        var parts: [String] = []
        for (entry, fields) in sorted {
            parts.append("conflicts with \(entry.shown):")
            for path in fields.paths {
                parts.append("- \(path)")
                causes.append([
                    "reason": "FieldManagerConflict", "message": .string("conflict with \(entry.shown)"),
                    "field": .string(path),
                ])
            }
        }
        var message = "Apply failed with \(causes.count) conflicts: \(parts.joined(separator: "\n"))"
        if causes.count == 1, let first = sorted.first {
            message = "Apply failed with 1 conflict: conflict with \(first.entry.shown): \(first.fields.paths[0])"
        }
        return KubeStatus(
            code: 409,
            reason: "Conflict",
            message: message,
            details: ["causes": .array(causes)]
        )
    }
}

extension DoubleJSON {
    /// The part of a configuration that its endpoint may own: the status there, all but the status elsewhere.
    fileprivate func owned(_ target: WriteTarget) -> DoubleJSON {
        var own = self
        if target.subresource == "status" {
            own = ["apiVersion": self["apiVersion"] ?? .null, "kind": self["kind"] ?? .null]
            own["status"] = self["status"]
        } else if target.version.hasStatus {
            own["status"] = nil
        }
        guard var metadata = own["metadata"]?.object else { return own }
        for key in ["uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "deletionTimestamp"] {
            metadata[key] = nil
        }
        own["metadata"] = .object(metadata)
        return own
    }
}
