// What a test sees and does behind the API's back.

extension KubeAPIDouble {
    /// All objects of a kind, by namespace and name.
    ///
    /// - Parameters:
    ///   - resource: `pods`, `deployments.apps`, `tenants.roost.chat`.
    ///   - namespace: only those in it; nil for all.
    /// - Returns: the objects in the kind's first version, with their managed fields.
    package func objects(_ resource: String, namespace: String? = nil) -> [DoubleJSON] {
        withState { state in
            guard let type = state.types[resource] else { return [] }
            return (state.stores[resource]?.ordered(namespace: namespace) ?? []).map {
                type.shown($0.shown, version: type.versions[0].name)
            }
        }
    }

    /// One object; nil when there is none.
    package func object(_ resource: String, namespace: String? = nil, name: String) -> DoubleJSON? {
        withState { state in
            guard let type = state.types[resource] else { return nil }
            let key = ResourceStore.key(namespace: type.isNamespaced ? namespace : nil, name: name)
            return state.stores[resource]?.objects[key].map { type.shown($0.shown, version: type.versions[0].name) }
        }
    }

    /// The newest revision.
    package var revision: Int { withState { $0.revision } }

    /// Creates or replaces an object as another manager would, by all rules but without HTTP.
    ///
    /// - Parameters:
    ///   - object: with `apiVersion`, `kind` and `metadata`. What is there already is replaced, save its status.
    ///   - manager: who writes.
    /// - Returns: the object as it is stored.
    /// - Throws: `KubeStatus` when it is refused.
    @discardableResult
    package func put(_ object: DoubleJSON, manager: String = "test") throws -> DoubleJSON {
        try write(object, manager: manager, subresource: "")
    }

    /// Writes an object's status as a controller would.
    ///
    /// - Parameters:
    ///   - object: with `apiVersion`, `kind`, `metadata` and `status`; the rest is left as it is.
    ///   - manager: who writes.
    /// - Returns: the object as it is stored.
    /// - Throws: `KubeStatus` when it is refused or not there.
    @discardableResult
    package func putStatus(_ object: DoubleJSON, manager: String = "test") throws -> DoubleJSON {
        try write(object, manager: manager, subresource: "status")
    }

    /// Changes an object as another manager would.
    ///
    /// - Parameters:
    ///   - resource: `pods`, `deployments.apps`, `tenants.roost.chat`.
    ///   - namespace: the object's; `default` where none is given.
    ///   - name: the object's.
    ///   - patch: a JSON merge patch.
    ///   - subresource: `status`, or empty.
    ///   - manager: who writes.
    /// - Returns: the object as it is stored.
    /// - Throws: `KubeStatus` when it is refused or not there.
    @discardableResult
    package func patch(
        _ resource: String,
        namespace: String? = nil,
        name: String,
        _ patch: DoubleJSON,
        subresource: String = "",
        manager: String = "test"
    ) throws -> DoubleJSON {
        try withState { state in
            let target = try Self.target(state, resource, namespace: namespace, name: name, subresource: subresource)
            let current = try state.object(target.type, namespace: target.namespace, name: name)
            let options = WriteOptions(manager: manager, isManagerGiven: true)
            let patched = Patches.merge(patch, into: current.object)
            let result = try state.update(target, patched, options, .patch)
            state.settle()
            return result.object.shown
        }
    }

    /// Deletes an object as somebody else would.
    ///
    /// - Parameters:
    ///   - resource: `pods`, `deployments.apps`, `tenants.roost.chat`.
    ///   - namespace: the object's; `default` where none is given.
    ///   - name: the object's.
    ///   - propagation: `Background`, `Foreground` or `Orphan`, as `kubectl delete --cascade` says it.
    /// - Throws: `KubeStatus` when it is not there.
    package func delete(
        _ resource: String,
        namespace: String? = nil,
        name: String,
        propagation: String? = nil
    ) throws {
        try withState { state in
            let target = try Self.target(state, resource, namespace: namespace, name: name, subresource: "")
            let options = DeletionOptions(propagation: propagation)
            _ = try state.delete(target.type, namespace: target.namespace, name: name, options)
            state.settle()
        }
    }

    /// Serves a group that the server lacked.
    package func serve(_ group: OptionalAPIGroup) {
        withState { state in
            for type in BuiltInResources.resources(of: group) { state.register(type) }
        }
    }

    // MARK: Requests

    /// Every request to a resource so far, in order, those that were refused among them.
    package var calls: [KubeAPICall] { withState { $0.calls } }

    /// How many requests met a match.
    package func count(verb: String? = nil, resource: String? = nil, name: String? = nil) -> Int {
        let match = KubeAPIMatch(verb: verb, resource: resource, name: name)
        return withState { state in state.calls.count { match.meets($0) } }
    }

    /// What was called, each once: `patch roost.chat/tenants/status`, `list pods`.
    ///
    /// RBAC has to allow just this.
    package var calledRules: Set<String> {
        withState { state in
            Set(
                state.calls.map { call in
                    let resource = call.subresource.isEmpty ? call.resource : "\(call.resource)/\(call.subresource)"
                    return "\(call.verb) \(call.group.isEmpty ? "" : "\(call.group)/")\(resource)"
                }
            )
        }
    }

    /// Forgets the requests so far.
    package func forgetCalls() { withState { $0.calls = [] } }

    /// How many watches are open: of one kind such as `tenants.roost.chat`, or of all.
    package func openWatches(_ resource: String? = nil) -> Int {
        withState { state in
            state.watchers.filter { resource == nil || $0.key == resource }.values.reduce(0) { $0 + $1.count }
        }
    }

    // MARK: The steps behind

    private func write(_ object: DoubleJSON, manager: String, subresource: String) throws -> DoubleJSON {
        try withState { state in
            let apiVersion = object["apiVersion"]?.string ?? ""
            let kind = object["kind"]?.string ?? ""
            let group = apiVersion.contains("/") ? String(apiVersion.prefix { $0 != "/" }) : ""
            guard let type = state.types.values.first(where: { $0.kind == kind && $0.group == group }) else {
                throw KubeStatus.noSuchResource
            }
            let name = object[at: "metadata.name"]?.string ?? ""
            let namespace = object[at: "metadata.namespace"]?.string ?? "default"
            let target = try Self.target(
                state,
                type.name,
                namespace: namespace,
                name: name,
                subresource: subresource,
                version: apiVersion.split(separator: "/").last.map(String.init)
            )
            let options = WriteOptions(manager: manager, isManagerGiven: true)
            let key = ResourceStore.key(namespace: target.namespace, name: name)
            guard let current = state.stores[type.name]?.objects[key] else {
                guard subresource.isEmpty else { throw KubeStatus.notFound(type, name) }
                let result = try state.create(target, object, options)
                state.settle()
                return result.object.shown
            }
            var proposed = object
            proposed[path: ["metadata", "resourceVersion"]] = .string(String(current.revision))
            let result = try state.update(target, proposed, options, .put)
            state.settle()
            return result.object.shown
        }
    }

    private static func target(
        _ state: APIServerState,
        _ resource: String,
        namespace: String?,
        name: String,
        subresource: String,
        version: String? = nil
    ) throws(KubeStatus) -> WriteTarget {
        guard let type = state.types[resource] else { throw .noSuchResource }
        return WriteTarget(
            type: type,
            version: version.flatMap(type.version) ?? type.versions[0],
            namespace: type.isNamespaced ? namespace ?? "default" : nil,
            name: name,
            subresource: subresource
        )
    }
}
