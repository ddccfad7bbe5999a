// Changing: what a write may change on the way it came, and what the server keeps to itself.

extension APIServerState {
    /// How a proposed object came about.
    enum UpdateKind {
        /// The whole object was sent.
        case put
        /// A patch of the current object.
        case patch
        /// An apply, with who owns what after it.
        case apply(ManagedFields)
    }

    /// Replaces an object with a proposed one.
    ///
    /// - Parameters:
    ///   - target: the object, and the subresource that was written to.
    ///   - proposed: the whole object as the writer wants it.
    ///   - options: how the write is meant.
    ///   - kind: how the proposal came about.
    /// - Returns: the object as it is now, and what was dropped.
    /// - Throws: why it is refused.
    func update(
        _ target: WriteTarget,
        _ proposed: DoubleJSON,
        _ options: WriteOptions,
        _ kind: UpdateKind
    ) throws(KubeStatus) -> WriteResult {
        let type = target.type
        let current = try object(type, namespace: target.namespace, name: target.name)
        var object = proposed
        try checkIdentity(of: object, current, target, kind)
        try keepMetadata(of: &object, current, target)
        restrict(&object, to: target, current)
        try checkDecoding(object, target, kind)
        let unknown = admit(&object, type, version: target.version)
        switch kind {
        case .apply: break
        case .put: try refuse(unknown, target, options)
        case .patch: try refuse(unknown, target, options, patched: proposed)
        }
        object["apiVersion"] = .string(type.apiVersion(type.versions[0].name))
        object["kind"] = .string(type.kind)
        let strategy = ResourceStrategy(type: type, state: self, isNewEvent: target.isNewEvent)
        strategy.prepareForUpdate(&object, previous: current.object, subresource: target.subresource)
        countGeneration(&object, current, target)
        var problems = MetadataRules.problems(of: object, type: type)
        target.version.schema.validate(object, at: "", problems: &problems)
        problems += strategy.problems(of: object, previous: current.object)
        guard problems.isEmpty else { throw .invalid(type, target.name, problems) }

        var managed = current.managed
        switch kind {
        case .apply(let fields): managed = fields
        case .put, .patch:
            if isReset(proposed) { managed = ManagedFields() }
            let comparison = comparison(from: current.object, to: object, target)
            managed.noteUpdate(comparison, by: writer(target, options))
        }
        if object == current.object, managed.equalsIgnoringTime(current.managed) {
            return WriteResult(object: current, warnings: unknown)
        }
        return WriteResult(
            object: commitUpdate(object, managed, current, type, isDryRun: options.isDryRun),
            warnings: unknown
        )
    }

    private func checkDecoding(
        _ object: DoubleJSON,
        _ target: WriteTarget,
        _ kind: UpdateKind
    ) throws(KubeStatus) {
        let type = target.type
        guard let problem = DecodeRules.problem(of: object, type, schema: target.version.schema) else { return }
        if case .patch = kind {
            throw .invalid(kind: "", group: "", name: "", [.invalid("patch", .string(object.text), problem)])
        }
        throw .badRequest("\(type.kind) in version \"v1\" cannot be handled as a \(type.kind): \(problem)")
    }

    private func commitUpdate(
        _ object: DoubleJSON,
        _ managed: ManagedFields,
        _ current: StoredObject,
        _ type: ResourceType,
        isDryRun: Bool
    ) -> StoredObject {
        let isLast = current.isTerminating && isReleased(object, type)
        let revision = isDryRun || isLast ? current.revision : nextRevision()
        let stored = StoredObject(
            object: object,
            managed: managed,
            revision: revision,
            sequence: current.sequence
        )
        guard !isDryRun else { return stored }
        if isLast {
            remove(type, stored)
        } else {
            commit(.modified, type, stored, previous: current)
        }
        return stored
    }

    /// Whether nothing holds an object that is being deleted.
    private func isReleased(_ object: DoubleJSON, _ type: ResourceType) -> Bool {
        guard object[path: ["metadata", "finalizers"]]?.array?.isEmpty ?? true else { return false }
        if type.rules == .namespace { return false }
        return (object[path: ["metadata", "deletionGracePeriodSeconds"]]?.int ?? 0) == 0
    }

    private func checkIdentity(
        of object: DoubleJSON,
        _ current: StoredObject,
        _ target: WriteTarget,
        _ kind: UpdateKind
    ) throws(KubeStatus) {
        let type = target.type
        let metadata = object["metadata"] ?? .object([:])
        let name = metadata["name"]?.string ?? ""
        guard name == target.name || name.isEmpty else {
            throw .badRequest(
                "the name of the object (\(name)) does not match the name on the URL (\(target.name))"
            )
        }
        let namespace = metadata["namespace"]?.string ?? ""
        guard namespace.isEmpty || !type.isNamespaced || namespace == target.namespace else {
            throw .badRequest("the namespace of the provided object does not match the namespace sent on the request")
        }
        let revision = metadata["resourceVersion"]?.string ?? ""
        if revision.isEmpty {
            if case .put = kind, !type.allowsUnconditionalUpdate {
                throw .invalid(
                    kind: type.plural,
                    group: type.group,
                    name: target.name,
                    [.invalid("metadata.resourceVersion", 0, "must be specified for an update")]
                )
            }
        } else if revision != String(current.revision) {
            throw .conflict(type, target.name)
        }
        let uid = metadata["uid"]?.string ?? ""
        guard uid.isEmpty || uid == current.uid else {
            if case .put = kind {
                throw .conflict(
                    type,
                    target.name,
                    "Precondition failed: UID in precondition: \(uid), UID in object meta: \(current.uid)"
                )
            }
            throw .invalid(type, target.name, [.invalid("metadata.uid", .string(uid), "field is immutable")])
        }
    }

    /// The server's own metadata stay as they are, whatever the writer sent.
    private func keepMetadata(
        of object: inout DoubleJSON,
        _ current: StoredObject,
        _ target: WriteTarget
    ) throws(KubeStatus) {
        var metadata = object["metadata"]?.object ?? [:]
        let kept = current.metadata
        if let sent = metadata["deletionTimestamp"], !sent.isNull, sent != kept["deletionTimestamp"] {
            throw .invalid(
                target.type,
                target.name,
                [.invalid("metadata.deletionTimestamp", sent, "field is immutable")]
            )
        }
        for key in [
            "name", "namespace", "uid", "creationTimestamp", "generation", "deletionTimestamp",
            "deletionGracePeriodSeconds", "resourceVersion",
        ] {
            metadata[key] = kept[key]
        }
        metadata["managedFields"] = nil
        metadata["selfLink"] = nil
        MetadataRules.dropEmpty(&metadata)
        if current.isTerminating {
            let finalizers = (metadata["finalizers"]?.array ?? []).compactMap(\.string)
            let added = finalizers.filter { !current.finalizers.contains($0) }
            guard added.isEmpty else {
                let list = added.sorted().map { "\"\($0)\"" }.joined(separator: ", ")
                let detail =
                    "no new finalizers can be added if the object is being deleted, found new finalizers "
                    + "[]string{\(list)}"
                throw .invalid(target.type, target.name, [.forbidden("metadata.finalizers", detail)])
            }
        }
        object["metadata"] = .object(metadata)
    }

    /// A write to the object leaves its status alone, a write to the status all else.
    private func restrict(_ object: inout DoubleJSON, to target: WriteTarget, _ current: StoredObject) {
        guard target.version.hasStatus else { return }
        if target.subresource == "status" {
            let status = object["status"]
            let labels = target.type.isCustom ? nil : object["metadata"]
            object = current.object
            if let labels { object["metadata"] = labels }
            object["status"] = status
        } else {
            object["status"] = current.object["status"]
        }
    }

    private func countGeneration(_ object: inout DoubleJSON, _ current: StoredObject, _ target: WriteTarget) {
        guard target.type.countsGeneration, target.subresource != "status" else { return }
        func counted(_ value: DoubleJSON) -> [String: DoubleJSON] {
            var members = value.object ?? [:]
            members["metadata"] = nil
            members["apiVersion"] = nil
            if target.version.hasStatus { members["status"] = nil }
            return members
        }
        guard counted(object) != counted(current.object) else { return }
        let generation = current.metadata["generation"]?.int ?? 0
        object[path: ["metadata", "generation"]] = .int(generation + 1)
    }

    /// Whether the writer asks to forget all managers: with a list that is there and says nothing.
    private func isReset(_ proposed: DoubleJSON) -> Bool {
        guard let fields = proposed[path: ["metadata", "managedFields"]]?.array else { return false }
        return fields.isEmpty || fields == [[:]]
    }
}
