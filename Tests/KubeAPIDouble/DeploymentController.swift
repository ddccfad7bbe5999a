// The part of kube-controller-manager and of the kubelets that an operator's tests lean on: pods for Deployments, their
// readiness, their replacement one by one, and a true status. It works at once and in one piece: a write that concerns
// a Deployment returns when there is nothing left to do for it.

import Foundation

/// When the pods that the controller makes become ready.
package enum DeploymentControllerMode: Sendable {
    /// As soon as they are made.
    case readyAtOnce
    /// When the test says so.
    case readyOnCall
}

extension APIServerState {
    /// Notes a Deployment that may have something to do.
    func noteForController(_ type: ResourceType, _ object: StoredObject) {
        guard deploymentController != nil else { return }
        if type.rules == .deployment { dirtyDeployments.insert(object.key) }
        guard type.rules == .pod, let space = object.namespace else { return }
        for owner in object.metadata["ownerReferences"]?.array ?? [] where owner["kind"] == "Deployment" {
            dirtyDeployments.insert(ResourceStore.key(namespace: space, name: owner["name"]?.string ?? ""))
        }
    }

    /// Does all that there is to do for Deployments.
    func settle() {
        guard deploymentController != nil, !isSettling else { return }
        isSettling = true
        defer { isSettling = false }
        // A bound, so that a mistake here ends a test rather than hangs it.
        for _ in 0..<100_000 {
            guard let key = dirtyDeployments.popFirst() else { return }
            if let deployment = stores["deployments.apps"]?.objects[key], !deployment.isTerminating {
                if DeploymentWork(state: self, deployment: deployment).takeStep() { dirtyDeployments.insert(key) }
            }
        }
    }

    /// Makes a pod that the controller made ready, or not ready.
    func setReady(_ isReady: Bool, podKey: String) {
        guard let type = types["pods"], let pod = stores["pods"]?.objects[podKey] else { return }
        var object = pod.object
        object["status"] = DeploymentWork.status(of: pod, isReady: isReady, timestamp: timestamp)
        replace(pod, with: object, type)
        settle()
    }
}

/// One look at one Deployment.
private struct DeploymentWork {
    let state: APIServerState
    let deployment: StoredObject
    let hash: String
    let pods: [StoredObject]
    /// What pods of each template are to be ready for, in seconds, until they are available: what the Deployment said when that
    /// template was its newest, as its ReplicaSet keeps it.
    private let minReadySeconds: [String: Int]

    init(state: APIServerState, deployment: StoredObject) {
        self.state = state
        self.deployment = deployment
        hash = Self.hash(of: deployment.object[at: "spec.template"] ?? .null)
        let seconds = deployment.object[at: "spec.minReadySeconds"]?.int ?? 0
        state.minReadySeconds[deployment.uid, default: [:]][hash] = seconds
        minReadySeconds = state.minReadySeconds[deployment.uid] ?? [:]
        pods = (state.dependents[deployment.uid] ?? []).filter { $0.type == "pods" }
            .compactMap { state.stores["pods"]?.objects[$0.key] }
            .sorted { $0.sequence < $1.sequence }
    }

    private var wanted: Int { deployment.object[at: "spec.replicas"]?.int ?? 1 }
    /// As a ReplicaSet counts: neither what is told to go nor what has ended by itself, which stays until somebody deletes it.
    private var living: [StoredObject] { pods.filter { !$0.isTerminating && !Self.hasEnded($0) } }
    private var current: [StoredObject] { living.filter { $0.labels["pod-template-hash"] == hash } }
    private var outdated: [StoredObject] { living.filter { $0.labels["pod-template-hash"] != hash } }

    /// Does the next thing.
    ///
    /// - Returns: whether there may be more to do.
    func takeStep() -> Bool {
        let isRecreate = deployment.object[at: "spec.strategy.type"] == "Recreate"
        let surge = isRecreate ? 0 : amount("maxSurge", roundsUp: true)
        let unavailable = isRecreate ? wanted : amount("maxUnavailable", roundsUp: false)
        let isPaused = deployment.object[at: "spec.paused"] == true
        if !isPaused || outdated.isEmpty {
            let least = surge == 0 && unavailable == 0 ? 1 : unavailable
            if roll(surge: surge, unavailable: least, isRecreate: isRecreate) { return true }
        }
        writeStatus()
        return false
    }

    private func roll(surge: Int, unavailable: Int, isRecreate: Bool) -> Bool {
        if current.count > wanted {
            delete(Self.leastWanted(current))
            return true
        }
        if living.count > wanted + surge, let pod = outdated.isEmpty ? nil : Self.leastWanted(outdated) {
            delete(pod)
            return true
        }
        if isRecreate, let pod = outdated.first {
            delete(pod)
            return true
        }
        if current.count < wanted, living.count < wanted + surge || outdated.isEmpty {
            create()
            return true
        }
        // New ones that are not available yet stand for nobody.
        let least = max(0, wanted - unavailable)
        guard !outdated.isEmpty, living.count - least > current.count(where: { !isAvailable($0) }) else { return false }
        // One that serves nobody goes first; one that serves goes when enough others do.
        if let pod = outdated.first(where: { !isAvailable($0) }) {
            delete(pod)
            return true
        }
        guard living.count(where: isAvailable) > least else { return false }
        delete(Self.leastWanted(outdated))
        return true
    }

    /// Whether a pod has been ready for as long as is asked for.
    private func isAvailable(_ pod: StoredObject) -> Bool {
        guard let ready = Self.readyCondition(of: pod), ready["status"] == "True" else { return false }
        let least = minReadySeconds[pod.labels["pod-template-hash"] ?? ""] ?? 0
        guard least > 0 else { return true }
        guard let since = ready["lastTransitionTime"]?.string.flatMap({ try? Date($0, strategy: .iso8601) }) else {
            return false
        }
        return since.addingTimeInterval(Double(least)) <= state.now()
    }

    private func amount(_ name: String, roundsUp: Bool) -> Int {
        switch deployment.object[path: ["spec", "strategy", "rollingUpdate", name]] {
        case .int(let number): return number
        case .string(let text):
            guard text.hasSuffix("%"), let percent = Int(text.dropLast()) else { return Int(text) ?? 0 }
            return (percent * wanted + (roundsUp ? 99 : 0)) / 100
        default: return 0
        }
    }

    private func create() {
        guard let type = state.types["pods"], let space = deployment.namespace else { return }
        let template = deployment.object[at: "spec.template"] ?? .object([:])
        var metadata = template["metadata"] ?? .object([:])
        metadata["generateName"] = .string("\(deployment.name)-\(hash)-")
        metadata["name"] = nil
        metadata[path: ["labels", "pod-template-hash"]] = .string(hash)
        metadata["ownerReferences"] = [
            [
                "apiVersion": "apps/v1", "kind": "Deployment", "name": .string(deployment.name),
                "uid": .string(deployment.uid), "controller": true, "blockOwnerDeletion": true,
            ]
        ]
        var spec = template["spec"] ?? .object([:])
        spec["nodeName"] = .string("node-\(state.sequence % 3)")
        let target = WriteTarget(type: type, version: type.versions[0], namespace: space, name: "")
        let pod: DoubleJSON = ["apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec]
        let options = WriteOptions(manager: "kube-controller-manager", isManagerGiven: true)
        guard let made = try? state.create(target, pod, options) else { return }
        if state.deploymentController == .readyAtOnce { state.setReady(true, podKey: made.object.key) }
    }

    private func delete(_ pod: StoredObject) {
        guard let type = state.types["pods"] else { return }
        _ = try? state.delete(type, namespace: pod.namespace, name: pod.name, DeletionOptions())
    }

    /// Not ready before ready, then the lower deletion cost, then the younger.
    /// https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/#scaling-a-replicaset
    private static func leastWanted(_ pods: [StoredObject]) -> StoredObject {
        pods.reduce(pods[0]) { least, pod in
            let old = (isReady(least) ? 1 : 0, deletionCost(of: least), -least.sequence)
            let new = (isReady(pod) ? 1 : 0, deletionCost(of: pod), -pod.sequence)
            return new < old ? pod : least
        }
    }

    private static func deletionCost(of pod: StoredObject) -> Int {
        let annotation = pod.metadata[path: ["annotations", "controller.kubernetes.io/pod-deletion-cost"]]
        return annotation?.string.flatMap(Int.init) ?? 0
    }

    private static func hasEnded(_ pod: StoredObject) -> Bool {
        ["Failed", "Succeeded"].contains(pod.object[at: "status.phase"]?.string)
    }

    private static func readyCondition(of pod: StoredObject) -> DoubleJSON? {
        pod.object[at: "status.conditions"]?.array?.first { $0["type"] == "Ready" }
    }

    static func isReady(_ pod: StoredObject) -> Bool { readyCondition(of: pod)?["status"] == "True" }

    /// Ten characters that a template always gives, as in the names of ReplicaSets.
    private static func hash(of template: DoubleJSON) -> String {
        var sum: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in template.bytes { sum = (sum ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let characters = Array("bcdfghjklmnpqrstvwxz2456789")
        return String((0..<10).map { characters[Int((sum >> (UInt64($0) * 6)) % 27)] })
    }

    /// A running pod's status.
    static func status(of pod: StoredObject, isReady: Bool, timestamp: String) -> DoubleJSON {
        let truth: DoubleJSON = isReady ? "True" : "False"
        func condition(_ type: DoubleJSON, _ status: DoubleJSON) -> DoubleJSON {
            ["type": type, "status": status, "lastTransitionTime": .string(timestamp)]
        }
        let address = DoubleJSON.string("10.244.\(pod.sequence / 250 % 250).\(pod.sequence % 250 + 1)")
        let containers = (pod.object[at: "spec.containers"]?.array ?? []).map { container -> DoubleJSON in
            [
                "name": container["name"] ?? "", "image": container["image"] ?? "", "imageID": "", "restartCount": 0,
                "ready": .bool(isReady), "started": true, "state": ["running": ["startedAt": .string(timestamp)]],
                "lastState": [:],
            ]
        }
        return [
            "phase": "Running", "qosClass": pod.object[at: "status.qosClass"] ?? "BestEffort",
            "podIP": address, "podIPs": [["ip": address]], "hostIP": "10.0.0.1", "startTime": .string(timestamp),
            "conditions": [
                condition("PodScheduled", "True"), condition("Initialized", "True"),
                condition("ContainersReady", truth), condition("Ready", truth),
            ],
            "containerStatuses": .array(containers),
        ]
    }

    private func writeStatus() {
        guard let type = state.types["deployments.apps"] else { return }
        let ready = living.filter(Self.isReady).count
        let availableCount = living.count(where: isAvailable)
        let isDone = current.count == wanted && outdated.isEmpty && availableCount >= wanted
        let least = wanted - amount("maxUnavailable", roundsUp: false)
        var status: DoubleJSON = .object([:])
        status["observedGeneration"] = deployment.metadata["generation"]
        let counts = [
            ("replicas", living.count), ("updatedReplicas", current.count), ("readyReplicas", ready),
            ("availableReplicas", availableCount),
            ("unavailableReplicas", max(0, max(wanted, living.count) - availableCount)),
            ("terminatingReplicas", pods.count(where: \.isTerminating)),
        ]
        for (name, count) in counts where count > 0 { status[name] = .int(count) }
        let name = deployment.name
        let available =
            availableCount >= least
            ? condition("Available", true, "MinimumReplicasAvailable", "Deployment has minimum availability.")
            : condition(
                "Available",
                false,
                "MinimumReplicasUnavailable",
                "Deployment does not have minimum availability."
            )
        let progressing =
            isDone
            ? condition(
                "Progressing",
                true,
                "NewReplicaSetAvailable",
                "ReplicaSet \"\(name)-\(hash)\" has successfully progressed."
            )
            : condition("Progressing", true, "ReplicaSetUpdated", "ReplicaSet \"\(name)-\(hash)\" is progressing.")
        status["conditions"] = [available, progressing]
        guard status != deployment.object["status"] else { return }
        var object = deployment.object
        object["status"] = status
        state.replace(deployment, with: object, type)
    }

    /// A condition that keeps its times while it says the same.
    private func condition(_ type: String, _ isTrue: Bool, _ reason: String, _ message: String) -> DoubleJSON {
        let before = deployment.object[at: "status.conditions"]?.array?.first { $0["type"]?.string == type }
        let truth: DoubleJSON = isTrue ? "True" : "False"
        let isSame = before?["status"] == truth
        let isUnchanged = isSame && before?["reason"]?.string == reason
        let now = DoubleJSON.string(state.timestamp)
        return [
            "type": .string(type), "status": truth, "reason": .string(reason), "message": .string(message),
            "lastTransitionTime": isSame ? before?["lastTransitionTime"] ?? now : now,
            "lastUpdateTime": isUnchanged ? before?["lastUpdateTime"] ?? now : now,
        ]
    }
}
