// From a request to an answer: one row for each verb.

import HTTPTypes

extension APIServerState {
    /// Carries a request out.
    ///
    /// - Throws: why it is refused.
    func answer(_ request: APIRequest) throws(KubeStatus) -> APIAnswer {
        let (type, version) = try resource(request.path)
        let path = request.path
        if !path.subresource.isEmpty { return try answerSubresource(request, type, version) }
        switch request.verb {
        case "get":
            let object = try object(type, namespace: path.namespace, name: path.name)
            return .json(code: 200, object.bytes(type, version: version.name))
        case "list": return try list(request, type, version)
        case "watch": return try watch(request, type, version)
        case "create":
            guard path.name.isEmpty || type.isCustom else { throw .methodNotAllowed }
            return try write(request, type, version)
        case "update", "patch":
            guard !path.name.isEmpty else {
                throw type.isCustom ? .badRequest("name must be provided") : .methodNotAllowed
            }
            return try write(request, type, version)
        case "delete": return try delete(request, type, version)
        case "deletecollection": return try deleteCollection(request, type, version)
        default: throw .methodNotAllowed
        }
    }

    private func resource(_ path: APIPath) throws(KubeStatus) -> (ResourceType, ResourceVersionInfo) {
        let isEvents = path.group == "events.k8s.io" && path.resource == "events" && path.version == "v1"
        let name = path.group.isEmpty || isEvents ? path.resource : "\(path.resource).\(path.group)"
        guard let type = types[name],
            let version = type.version(isEvents ? EventConversion.version : path.version)
        else { throw .noSuchResource }
        guard type.isNamespaced || path.namespace == nil else { throw .noSuchResource }
        if type.isNamespaced, path.namespace == nil, !path.name.isEmpty { throw .noSuchResource }
        return (type, version)
    }

    private func target(
        _ request: APIRequest,
        _ type: ResourceType,
        _ version: ResourceVersionInfo
    ) throws(KubeStatus) -> WriteTarget {
        let path = request.path
        if type.isNamespaced, path.namespace == nil { throw .methodNotAllowed }
        return WriteTarget(
            type: type,
            version: version,
            namespace: path.namespace,
            name: path.name,
            subresource: path.subresource
        )
    }

    // MARK: Writes

    private func write(
        _ request: APIRequest,
        _ type: ResourceType,
        _ version: ResourceVersionInfo
    ) throws(KubeStatus) -> APIAnswer {
        let target = try target(request, type, version)
        let options = try request.writeOptions()
        let result: WriteResult
        switch request.verb {
        case "create":
            let body = try decoded(request, type, version)
            result = try create(target, body, options)
        case "update":
            let body = try decoded(request, type, version)
            result = try replaceOrCreate(target, body, options)
        default: result = try patch(request, target, options)
        }
        return .object(result, type, version: version.name)
    }

    private func replaceOrCreate(
        _ target: WriteTarget,
        _ body: DoubleJSON,
        _ options: WriteOptions
    ) throws(KubeStatus) -> WriteResult {
        let key = ResourceStore.key(namespace: target.namespace, name: target.name)
        if target.type.createsOnUpdate, try store(target.type).objects[key] == nil {
            return try create(target, body, options)
        }
        return try update(target, body, options, .put)
    }

    /// The body of a create or an update, when it is one of this kind.
    private func decoded(
        _ request: APIRequest,
        _ type: ResourceType,
        _ version: ResourceVersionInfo
    ) throws(KubeStatus) -> DoubleJSON {
        let isYAML = request.contentType == "application/yaml"
        guard isYAML || ["application/json", ""].contains(request.contentType) else {
            throw .unsupportedMediaType([
                "application/json", "application/yaml", "application/vnd.kubernetes.protobuf",
            ])
        }
        let body = try request.json(allowsYAML: isYAML, kind: type.kind)
        let apiVersion = body["apiVersion"]?.string ?? ""
        let kind = body["kind"]?.string ?? ""
        let expected = type.apiVersion(version.name)
        if type.isCustom, kind.isEmpty {
            throw .badRequest(
                "the object provided is unrecognized (must be of type \(type.kind)): Object 'Kind' is missing in "
                    + "'\(body.text)' (\(body.text.prefix(40)))"
            )
        }
        guard apiVersion.isEmpty || apiVersion == expected else {
            throw .badRequest(
                "the API version in the data (\(apiVersion)) does not match the expected API version (\(expected))"
            )
        }
        guard kind.isEmpty || kind == type.kind else {
            let name = body[at: "metadata.name"]?.string ?? ""
            guard type.isCustom else {
                throw .badRequest(
                    "\(kind) in version \"\(version.name)\" cannot be handled as a \(type.kind): no kind "
                        + "\"\(kind)\" is registered for version \"\(expected)\""
                )
            }
            throw .invalid(
                kind: kind,
                group: type.group,
                name: name,
                [.invalid("kind", .string(kind), "must be \(type.kind)")]
            )
        }
        return version.name == EventConversion.version ? EventConversion.stored(body) : body
    }

    private func patch(
        _ request: APIRequest,
        _ target: WriteTarget,
        _ options: WriteOptions
    ) throws(KubeStatus) -> WriteResult {
        let isEvent = target.version.name == EventConversion.version
        switch request.contentType {
        case "application/apply-patch+yaml":
            let body = try request.json(allowsYAML: true, kind: target.type.kind)
            return try apply(target, isEvent ? EventConversion.stored(body) : body, options)
        case "application/merge-patch+json", "application/json-patch+json":
            let patch = try request.json(allowsYAML: false, kind: target.type.kind)
            let current = try object(target.type, namespace: target.namespace, name: target.name)
            let shown = target.type.shown(current.shown, version: target.version.name)
            var patched: DoubleJSON
            if request.contentType.hasPrefix("application/merge") {
                patched = Patches.merge(patch, into: shown)
            } else {
                patched = try Patches.apply(patch, to: shown)
            }
            if isEvent { patched = EventConversion.stored(patched) }
            return try update(target, patched, options, .patch)
        default:
            let strategic = target.type.isCustom ? [] : ["application/strategic-merge-patch+json"]
            throw .unsupportedMediaType(
                ["application/json-patch+json", "application/merge-patch+json"] + strategic
                    + ["application/apply-patch+yaml"]
            )
        }
    }

    // MARK: Subresources

    private func answerSubresource(
        _ request: APIRequest,
        _ type: ResourceType,
        _ version: ResourceVersionInfo
    ) throws(KubeStatus) -> APIAnswer {
        let path = request.path
        switch path.subresource {
        case "status" where version.hasStatus:
            switch request.verb {
            case "get":
                let object = try object(type, namespace: path.namespace, name: path.name)
                return .json(code: 200, object.bytes(type, version: version.name))
            case "update", "patch": return try write(request, type, version)
            default: throw .methodNotAllowed
            }
        case "scale":
            guard let scale = version.scale else { throw .notFound(type, path.name) }
            return try answerScale(request, try target(request, type, version), scale)
        default:
            // The real server looks for the object before it looks at the subresource's name.
            throw type.isCustom ? .notFound(type, path.name) : .noSuchResource
        }
    }

    private func answerScale(
        _ request: APIRequest,
        _ target: WriteTarget,
        _ paths: ScalePaths
    ) throws(KubeStatus) -> APIAnswer {
        let current = try object(target.type, namespace: target.namespace, name: target.name)
        if request.verb == "get" { return .json(scale(current, paths)) }
        var wanted: DoubleJSON
        switch (request.verb, request.contentType) {
        case ("update", _): wanted = try request.json(allowsYAML: false, kind: "Scale")
        case ("patch", "application/merge-patch+json"):
            wanted = Patches.merge(try request.json(allowsYAML: false, kind: "Scale"), into: scale(current, paths))
        case ("patch", "application/json-patch+json"):
            wanted = try Patches.apply(
                try request.json(allowsYAML: false, kind: "Scale"),
                to: scale(current, paths)
            )
        case ("patch", "application/apply-patch+yaml"):
            wanted = Patches.merge(try request.json(allowsYAML: true, kind: "Scale"), into: scale(current, paths))
        default: throw .methodNotAllowed
        }
        let revision = wanted[at: "metadata.resourceVersion"]?.string ?? ""
        guard revision.isEmpty || revision == String(current.revision) else {
            throw .conflict(target.type, target.name)
        }
        var proposed = current.object
        proposed[path: paths.specReplicas] = wanted[at: "spec.replicas"] ?? 0
        let result = try update(target, proposed, try request.writeOptions(), .patch)
        return .json(scale(result.object, paths))
    }

    /// The Scale of an object (autoscaling/v1).
    private func scale(_ object: StoredObject, _ paths: ScalePaths) -> DoubleJSON {
        var metadata: [String: DoubleJSON] = [:]
        for key in ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"] {
            metadata[key] = object.metadata[key]
        }
        var status: DoubleJSON = ["replicas": object.object[path: paths.statusReplicas] ?? 0]
        if let path = paths.selector {
            if let selector = object.object[path: path]?.string, !selector.isEmpty {
                status["selector"] = .string(selector)
            }
        } else if let labels = object.object[at: "spec.selector.matchLabels"]?.strings {
            let parts = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            status["selector"] = .string(parts.joined(separator: ","))
        }
        return [
            "kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": .object(metadata),
            "spec": ["replicas": object.object[path: paths.specReplicas] ?? 0], "status": status,
        ]
    }

    // MARK: Deletions

    private func deletionOptions(_ request: APIRequest) throws(KubeStatus) -> DeletionOptions {
        var options = DeletionOptions()
        var body = DoubleJSON.object([:])
        if !request.body.isEmpty { body = try request.json(allowsYAML: true, kind: "DeleteOptions") }
        options.uid = body[at: "preconditions.uid"]?.string
        options.resourceVersion = body[at: "preconditions.resourceVersion"]?.string
        options.gracePeriod = body["gracePeriodSeconds"]?.int ?? request.query["gracePeriodSeconds"].flatMap(Int.init)
        options.propagation = body["propagationPolicy"]?.string ?? request.query["propagationPolicy"]
        options.isDryRun = request.query["dryRun"] == "All" || body["dryRun"]?.array?.isEmpty == false
        return options
    }

    private func delete(
        _ request: APIRequest,
        _ type: ResourceType,
        _ version: ResourceVersionInfo
    ) throws(KubeStatus) -> APIAnswer {
        let path = request.path
        let options = try deletionOptions(request)
        let result = try delete(type, namespace: path.namespace, name: path.name, options)
        if !result.isGone || type.returnsDeleted {
            return .json(code: 200, result.object.bytes(type, version: version.name))
        }
        var details = KubeStatus.details(name: path.name, group: type.group, kind: type.plural)
        details["uid"] = .string(result.object.uid)
        return .json([
            "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "details": details,
        ])
    }

    private func deleteCollection(
        _ request: APIRequest,
        _ type: ResourceType,
        _ version: ResourceVersionInfo
    ) throws(KubeStatus) -> APIAnswer {
        let options = try deletionOptions(request)
        let filter = try filter(request, type)
        let objects = try store(type).ordered(namespace: filter.namespace).filter(filter.matches)
        for object in objects { _ = try? delete(type, namespace: object.namespace, name: object.name, options) }
        return .json(
            code: 200,
            listBytes(objects, type, version, metadata: ["resourceVersion": .string("\(revision)")])
        )
    }
}
