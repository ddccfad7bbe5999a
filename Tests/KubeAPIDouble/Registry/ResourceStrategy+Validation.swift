// Values that a built-in kind refuses: what must not change, what must agree, what must be there.

import Foundation

extension ResourceStrategy {
    /// What is wrong with an object by the rules of its kind; of a new one there is no previous state.
    func problems(of object: DoubleJSON, previous: DoubleJSON?) -> [FieldProblem] {
        switch type.rules {
        case .configMap: immutableProblems(object, previous, fields: ["data", "binaryData"])
        case .secret: secretProblems(object, previous)
        case .deployment: deploymentProblems(object, previous)
        case .service: serviceProblems(object, previous)
        case .pod: podProblems(object, previous)
        case .lease: leaseProblems(object)
        case .event: eventProblems(object)
        case .customResource: scaleProblems(object)
        case .podDisruptionBudget, .networkPolicy, .namespace, .none: []
        case .customResourceDefinition: definitionProblems(object)
        }
    }

    private func immutableProblems(_ object: DoubleJSON, _ previous: DoubleJSON?, fields: [String]) -> [FieldProblem] {
        guard let previous, previous["immutable"] == true else { return [] }
        let detail = "field is immutable when `immutable` is set"
        let changed = fields.filter { object[$0] != previous[$0] }
        let isLoosened = object["immutable"] != true ? ["immutable"] : []
        return (isLoosened + changed).map { .forbidden($0, detail) }
    }

    private func secretProblems(_ object: DoubleJSON, _ previous: DoubleJSON?) -> [FieldProblem] {
        var problems = immutableProblems(object, previous, fields: ["data"])
        if let previous, let type = object["type"], type != previous["type"] {
            problems.append(.invalid("type", type, "field is immutable"))
        }
        if object["type"] == "kubernetes.io/tls" {
            for key in ["tls.crt", "tls.key"] where object[path: ["data", key]] == nil {
                problems.append(.required("data[\(key)]"))
            }
        }
        return problems
    }

    private func deploymentProblems(_ object: DoubleJSON, _ previous: DoubleJSON?) -> [FieldProblem] {
        var problems: [FieldProblem] = []
        guard let selector = object[at: "spec.selector"], !selector.isEmptyCollection else {
            return [.required("spec.selector")]
        }
        let labels = object[at: "spec.template.metadata.labels"] ?? .object([:])
        if !LabelRequirement.parse(selector: selector).allSatisfy({ $0.matches(labels.strings) }) {
            let detail = "`selector` does not match template `labels`"
            problems.append(.invalid("spec.template.metadata.labels", labels, detail))
        }
        if object[at: "spec.template.spec.containers"]?.array?.isEmpty ?? true {
            problems.append(.required("spec.template.spec.containers"))
        }
        if let replicas = object[at: "spec.replicas"]?.int, replicas < 0 {
            problems.append(.invalid("spec.replicas", .int(replicas), "must be greater than or equal to 0"))
        }
        if object[at: "spec.strategy.type"] == "Recreate", object[at: "spec.strategy.rollingUpdate"] != nil {
            let detail = "may not be specified when strategy `type` is 'Recreate'"
            problems.append(.forbidden("spec.strategy.rollingUpdate", detail))
        }
        problems += containerProblems(object[at: "spec.template.spec"], at: "spec.template.spec")
        if let previous, previous[at: "spec.selector"] != selector {
            problems.append(.invalid("spec.selector", selector, "field is immutable"))
        }
        return problems
    }

    private func containerProblems(_ spec: DoubleJSON?, at path: String) -> [FieldProblem] {
        var problems: [FieldProblem] = []
        let volumes = Set((spec?["volumes"]?.array ?? []).compactMap { $0["name"]?.string })
        for (index, container) in (spec?["containers"]?.array ?? []).enumerated() {
            let place = "\(path).containers[\(index)]"
            if container["name"]?.string?.isEmpty ?? true { problems.append(.required("\(place).name")) }
            if container["image"]?.string?.isEmpty ?? true { problems.append(.required("\(place).image")) }
            var ports: Set<String> = []
            for (portIndex, port) in (container["ports"]?.array ?? []).enumerated() {
                guard let name = port["name"]?.string, !ports.insert(name).inserted else { continue }
                problems.append(.duplicate("\(place).ports[\(portIndex)].name", .string(name)))
            }
            for (mountIndex, mount) in (container["volumeMounts"]?.array ?? []).enumerated() {
                guard let name = mount["name"]?.string, !volumes.contains(name) else { continue }
                problems.append(
                    FieldProblem(
                        reason: "FieldValueNotFound",
                        message: "Not found: \"\(name)\"",
                        field: "\(place).volumeMounts[\(mountIndex)].name"
                    )
                )
            }
        }
        return problems
    }

    private func podProblems(_ object: DoubleJSON, _ previous: DoubleJSON?) -> [FieldProblem] {
        guard let previous else {
            if object[at: "spec.containers"]?.array?.isEmpty ?? true { return [.required("spec.containers")] }
            return containerProblems(object["spec"], at: "spec")
        }
        func fixed(_ value: DoubleJSON) -> DoubleJSON? {
            guard var spec = value["spec"] else { return nil }
            for list in ["containers", "initContainers"] {
                guard var containers = spec[list]?.array else { continue }
                for index in containers.indices { containers[index]["image"] = nil }
                spec[list] = .array(containers)
            }
            for key in ["activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "nodeName"] {
                spec[key] = nil
            }
            return spec
        }
        guard fixed(object) != fixed(previous) else { return [] }
        return [
            .forbidden(
                "spec",
                "pod updates may not change fields other than `spec.containers[*].image`,"
                    + "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions "
                    + "to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was "
                    + "previously negative)"
            )
        ]
    }

    private func serviceProblems(_ object: DoubleJSON, _ previous: DoubleJSON?) -> [FieldProblem] {
        var problems: [FieldProblem] = []
        let ports = object[at: "spec.ports"]?.array ?? []
        if ports.isEmpty, object[at: "spec.clusterIP"] != "None", object[at: "spec.type"] != "ExternalName" {
            problems.append(.required("spec.ports"))
        }
        for (index, port) in ports.enumerated() where ports.count > 1 && (port["name"]?.string ?? "").isEmpty {
            problems.append(.required("spec.ports[\(index)].name"))
        }
        for (index, port) in ports.enumerated() where !(1...65_535).contains(port["port"]?.int ?? 0) {
            problems.append(
                .invalid("spec.ports[\(index)].port", port["port"] ?? 0, "must be between 1 and 65535, inclusive")
            )
        }
        if let previous, let old = previous[at: "spec.clusterIP"], old != object[at: "spec.clusterIP"],
            object[at: "spec.type"] != "ExternalName", previous[at: "spec.type"] != "ExternalName"
        {
            problems.append(.invalid("spec.clusterIPs[0]", [old], "may not change once set"))
        }
        return problems
    }

    private func leaseProblems(_ object: DoubleJSON) -> [FieldProblem] {
        var problems: [FieldProblem] = []
        if let seconds = object[at: "spec.leaseDurationSeconds"]?.int, seconds <= 0 {
            problems.append(.invalid("spec.leaseDurationSeconds", .int(seconds), "must be greater than 0"))
        }
        if let count = object[at: "spec.leaseTransitions"]?.int, count < 0 {
            problems.append(.invalid("spec.leaseTransitions", .int(count), "must be greater than or equal to 0"))
        }
        return problems
    }

    /// The rules of events written through `events.k8s.io/v1`.
    private func eventProblems(_ object: DoubleJSON) -> [FieldProblem] {
        guard isNewEvent else { return [] }
        var problems: [FieldProblem] = []
        let namespace = object[at: "metadata.namespace"]?.string ?? ""
        let about = object[at: "involvedObject.namespace"]?.string ?? ""
        // What has no namespace of its own is written of in `default`.
        if about != namespace, !(about.isEmpty && namespace == "default") {
            problems.append(.invalid("involvedObject.namespace", .string(about), "does not match event.namespace"))
        }
        let type = object["type"]?.string ?? ""
        let typeProblem =
            ["Normal", "Warning"].contains(type)
            ? [] : [FieldProblem.invalid("type", .string(type), "has invalid value: \(type)")]
        guard object["eventTime"]?.string != nil else { return problems + [.required("eventTime")] + typeProblem }
        for key in ["reportingInstance", "action", "reason"] where (object[key]?.string ?? "").isEmpty {
            problems.append(.required(key))
        }
        let reporter = object["reportingComponent"]?.string ?? ""
        if reporter.isEmpty { problems.append(.required("reportingController")) }
        if !reporter.isEmpty, !MetadataRules.isQualified(reporter) {
            problems.append(.invalid("reportingController", .string(reporter), "must be a qualified name"))
        }
        problems += typeProblem
        for (key, limit) in [("reason", 128), ("action", 128), ("reportingInstance", 128), ("message", 1_024)]
        where (object[key]?.string ?? "").utf8.count > limit {
            let field = key == "message" ? "message" : key
            problems.append(.invalid(field, object[key] ?? "", "can have at most \(limit) characters"))
        }
        return problems
    }

    private func scaleProblems(_ object: DoubleJSON) -> [FieldProblem] {
        guard let scale = type.versions.first?.scale, let replicas = object[path: scale.specReplicas]?.int,
            replicas < 0
        else { return [] }
        let field = "." + scale.specReplicas.joined(separator: ".")
        return [.invalid(field, .int(replicas), "should be a non-negative integer")]
    }

    private func definitionProblems(_ object: DoubleJSON) -> [FieldProblem] {
        let plural = object[at: "spec.names.plural"]?.string ?? ""
        let group = object[at: "spec.group"]?.string ?? ""
        let name = object[at: "metadata.name"]?.string ?? ""
        var problems: [FieldProblem] = []
        if name != "\(plural).\(group)" {
            problems.append(.invalid("metadata.name", .string(name), "must be spec.names.plural+\".\"+spec.group"))
        }
        for (index, version) in (object[at: "spec.versions"]?.array ?? []).enumerated()
        where version[at: "schema.openAPIV3Schema"] == nil {
            problems.append(.required("spec.versions[\(index)].schema.openAPIV3Schema", "schemas are required"))
        }
        return problems
    }
}
