// What the server says that it serves.
// https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api

extension APIServerState {
    /// Answers a path that names no resource; nil when there is nothing there.
    func discover(_ path: String) -> APIAnswer? {
        let parts = path.split(separator: "/").map(String.init)
        switch parts.first {
        case "version":
            return .json([
                "major": "1", "minor": "36", "gitVersion": "v1.36.0", "gitCommit": "double", "gitTreeState": "clean",
                "buildDate": "1970-01-01T00:00:00Z", "goVersion": "none", "compiler": "none", "platform": "test/double",
            ])
        case "healthz", "livez", "readyz": return .text(code: 200, "ok")
        case "api" where parts.count == 1:
            return .json(["kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []])
        case "api" where parts.count == 2: return resourceList(group: "", version: parts[1])
        case "apis" where parts.count == 1:
            return .json(["kind": "APIGroupList", "apiVersion": "v1", "groups": .array(groupNames.map(group))])
        case "apis" where parts.count == 2:
            guard groupNames.contains(parts[1]) else { return nil }
            var json = group(parts[1])
            json["kind"] = "APIGroup"
            json["apiVersion"] = "v1"
            return .json(json)
        case "apis" where parts.count == 3: return resourceList(group: parts[1], version: parts[2])
        default: return nil
        }
    }

    private var groupNames: [String] {
        (Set(types.values.map(\.group)).subtracting([""]).union(["events.k8s.io"])).sorted()
    }

    private func group(_ name: String) -> DoubleJSON {
        var versions: [String] = name == "events.k8s.io" ? ["v1"] : []
        for type in types.values where type.group == name { versions += type.versions.map(\.name) }
        // Later and steadier versions first: v1 before v1beta1 before v1alpha1.
        let ordered = Set(versions).sorted { Self.rank(of: $0) > Self.rank(of: $1) }
        let list = ordered.map { version -> DoubleJSON in
            ["groupVersion": .string("\(name)/\(version)"), "version": .string(version)]
        }
        return ["name": .string(name), "versions": .array(list), "preferredVersion": list.first ?? .null]
    }

    private static func rank(of version: String) -> String {
        let level = version.contains("alpha") ? "1" : version.contains("beta") ? "2" : "3"
        return level + version
    }

    private func resourceList(group: String, version: String) -> APIAnswer? {
        let apiVersion = group.isEmpty ? version : "\(group)/\(version)"
        var resources: [DoubleJSON] = []
        let isEvents = group == "events.k8s.io"
        for (_, type) in types.sorted(by: { $0.key < $1.key }) {
            guard isEvents ? type.rules == .event : type.group == group,
                let info = type.version(isEvents ? EventConversion.version : version)
            else { continue }
            resources += entries(type, info)
        }
        guard !resources.isEmpty, !isEvents || version == "v1" else { return nil }
        return .json([
            "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": .string(apiVersion),
            "resources": .array(resources),
        ])
    }

    private func entries(_ type: ResourceType, _ version: ResourceVersionInfo) -> [DoubleJSON] {
        func entry(_ name: String, _ kind: String, _ verbs: [String]) -> DoubleJSON {
            [
                "name": .string(name), "singularName": "", "namespaced": .bool(type.isNamespaced),
                "kind": .string(kind), "verbs": .array(verbs.map(DoubleJSON.string)),
            ]
        }
        var main = entry(
            type.plural,
            type.kind,
            ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
        )
        main["singularName"] = .string(type.singular)
        if !type.shortNames.isEmpty { main["shortNames"] = .array(type.shortNames.map(DoubleJSON.string)) }
        if !type.categories.isEmpty { main["categories"] = .array(type.categories.map(DoubleJSON.string)) }
        var entries = [main]
        if version.hasStatus { entries.append(entry("\(type.plural)/status", type.kind, ["get", "patch", "update"])) }
        if version.scale != nil {
            var scale = entry("\(type.plural)/scale", "Scale", ["get", "patch", "update"])
            scale["group"] = "autoscaling"
            scale["version"] = "v1"
            entries.append(scale)
        }
        return entries
    }
}
