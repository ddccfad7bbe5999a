// What one kind does beyond what all do: fields that the server fills in, and values that it refuses.

import Foundation

/// The rules of a kind's own.
struct ResourceStrategy {
    let type: ResourceType
    let state: APIServerState
    /// Whether an event came through `events.k8s.io/v1`, which asks for more than the core group.
    var isNewEvent = false

    /// Fills in what the server writes into a new object.
    func prepareForCreate(_ object: inout DoubleJSON, version: ResourceVersionInfo) {
        switch type.rules {
        case .customResource:
            if version.hasStatus { object["status"] = nil }
        case .namespace:
            let name = object[at: "metadata.name"] ?? ""
            object[path: ["metadata", "labels", "kubernetes.io/metadata.name"]] = name
            object["spec"] = ["finalizers": ["kubernetes"]]
            object["status"] = ["phase": "Active"]
        case .pod:
            object["status"] = ["phase": "Pending", "qosClass": "BestEffort"]
            PodDefaults.tolerate(&object)
            PodDefaults.request(&object)
            if object[at: "spec.preemptionPolicy"] == nil {
                object[at: "spec.preemptionPolicy"] = "PreemptLowerPriority"
            }
            if object[at: "spec.priority"] == nil { object[at: "spec.priority"] = 0 }
            if object[at: "spec.enableServiceLinks"] == nil { object[at: "spec.enableServiceLinks"] = true }
        case .deployment: object["status"] = .object([:])
        case .podDisruptionBudget:
            object["status"] = [
                "disruptionsAllowed": 0, "currentHealthy": 0, "desiredHealthy": 0, "expectedPods": 0,
            ]
        case .service: object["status"] = ["loadBalancer": [:]]
        case .customResourceDefinition:
            object["status"] = establishedStatus(object)
        default: break
        }
        complete(&object, previous: nil)
    }

    /// Fills in what the server writes into a changed object.
    func prepareForUpdate(_ object: inout DoubleJSON, previous: DoubleJSON, subresource: String) {
        if type.rules == .customResourceDefinition, subresource.isEmpty { object["status"] = establishedStatus(object) }
        if type.rules == .namespace { object["spec"] = previous["spec"] }
        complete(&object, previous: previous)
    }

    private func complete(_ object: inout DoubleJSON, previous: DoubleJSON?) {
        switch type.rules {
        case .secret:
            for (key, value) in object["stringData"]?.strings ?? [:] {
                object[path: ["data", key]] = .string(Data(value.utf8).base64EncodedString())
            }
            object["stringData"] = nil
        case .deployment:
            completeStrategy(&object)
            if var spec = object[at: "spec.template.spec"] {
                PodDefaults.complete(&spec)
                object[at: "spec.template.spec"] = spec
            }
        case .pod:
            if var spec = object["spec"] {
                PodDefaults.complete(&spec)
                object["spec"] = spec
            }
        case .service: completeService(&object, previous: previous)
        case .networkPolicy:
            if object[at: "spec.policyTypes"] == nil {
                let hasEgress = object[at: "spec.egress"] != nil
                object[at: "spec.policyTypes"] = hasEgress ? ["Ingress", "Egress"] : ["Ingress"]
            }
        case .customResourceDefinition: completeDefinition(&object)
        case .event:
            // These are there even when they say nothing.
            for key in ["firstTimestamp", "lastTimestamp", "eventTime"] where object[key] == nil { object[key] = .null }
            if object["source"] == nil { object["source"] = .object([:]) }
        default: break
        }
    }

    private func completeStrategy(_ object: inout DoubleJSON) {
        var strategy = object[at: "spec.strategy"] ?? .object([:])
        if strategy["type"] == nil { strategy["type"] = "RollingUpdate" }
        if strategy["type"] == "RollingUpdate" {
            var rolling = strategy["rollingUpdate"] ?? .object([:])
            if rolling["maxSurge"] == nil { rolling["maxSurge"] = "25%" }
            if rolling["maxUnavailable"] == nil { rolling["maxUnavailable"] = "25%" }
            strategy["rollingUpdate"] = rolling
        }
        object[at: "spec.strategy"] = strategy
    }

    private func completeService(_ object: inout DoubleJSON, previous: DoubleJSON?) {
        guard var spec = object["spec"] else { return }
        let kind = spec["type"]?.string ?? "ClusterIP"
        let isOutside = kind == "LoadBalancer" || kind == "NodePort"
        let old = previous?["spec"]
        if spec["clusterIP"] == nil, kind != "ExternalName" {
            spec["clusterIP"] =
                old?["clusterIP"] ?? .string(Self.address(for: object[at: "metadata.uid"]?.string ?? ""))
        }
        if let address = spec["clusterIP"] { spec["clusterIPs"] = [address] }
        let defaults: [(String, DoubleJSON)] = [
            ("internalTrafficPolicy", "Cluster"), ("ipFamilies", ["IPv4"]), ("ipFamilyPolicy", "SingleStack"),
        ]
        for (key, value) in defaults where spec[key] == nil && kind != "ExternalName" { spec[key] = value }
        if isOutside, spec["externalTrafficPolicy"] == nil { spec["externalTrafficPolicy"] = "Cluster" }
        if kind == "LoadBalancer", spec["allocateLoadBalancerNodePorts"] == nil {
            spec["allocateLoadBalancerNodePorts"] = true
        }
        var ports = spec["ports"]?.array ?? []
        for index in ports.indices {
            if ports[index]["targetPort"] == nil { ports[index]["targetPort"] = ports[index]["port"] }
            if isOutside, ports[index]["nodePort"] == nil {
                let before = old?["ports"]?.array?.first { $0["port"] == ports[index]["port"] }
                state.sequence += 1
                ports[index]["nodePort"] = before?["nodePort"] ?? .int(30_000 + state.sequence % 2_768)
            }
        }
        if !ports.isEmpty { spec["ports"] = .array(ports) }
        object["spec"] = spec
    }

    /// An address that a uid always gives.
    private static func address(for uid: String) -> String {
        var sum: UInt32 = 7
        for byte in uid.utf8 { sum = sum &* 31 &+ UInt32(byte) }
        return "10.96.\(sum >> 8 & 0xFF).\(sum & 0xFF)"
    }

    private func completeDefinition(_ object: inout DoubleJSON) {
        let kind = object[at: "spec.names.kind"]?.string ?? ""
        if object[at: "spec.names.singular"] == nil {
            object[at: "spec.names.singular"] = .string(kind.lowercased())
        }
        if object[at: "spec.names.listKind"] == nil { object[at: "spec.names.listKind"] = .string(kind + "List") }
        if object[at: "spec.conversion"] == nil { object[at: "spec.conversion"] = ["strategy": "None"] }
    }

    private func establishedStatus(_ object: DoubleJSON) -> DoubleJSON {
        let versions = object[at: "spec.versions"]?.array ?? []
        func condition(_ type: DoubleJSON, _ reason: DoubleJSON, _ message: DoubleJSON) -> DoubleJSON {
            [
                "type": type, "status": "True", "reason": reason, "message": message,
                "lastTransitionTime": object[at: "metadata.creationTimestamp"] ?? "",
            ]
        }
        return [
            "acceptedNames": object[at: "spec.names"] ?? [:],
            "storedVersions": .array(versions.filter { $0["storage"] == true }.compactMap { $0["name"] }),
            "conditions": [
                condition("NamesAccepted", "NoConflicts", "no conflicts found"),
                condition("Established", "InitialNamesAccepted", "the initial names have been accepted"),
            ],
        ]
    }
}
