// The nodes of a cluster, for a test: a real edge runs behind each pod that the double's Deployment controller makes, and the cell's
// Service leads to those that are ready. It is what kubelets and kube-proxy do, no better: endpoints are as of the last look.

import FoundationEssentials
import KubeAPIDouble
import NIOCore
import NIOPosix
import Synchronization
import TestClients
import TestSupport

/// Runs pods, and knows where the Service leads.
final class FleetNodes: Sendable {
    private struct State {
        var edges: [String: EdgeProcess] = [:]
        var ending: Set<String> = []
        /// The ports that new connections are led to.
        var endpoints: [Int] = []
        var problems: [String] = []
    }

    private let rig: ClusterRig
    private let database: String
    private let state = Mutex(State())

    init(_ rig: ClusterRig, database: String) {
        self.rig = rig
        self.database = database
        rig.server.runDeploymentController(.readyOnCall)
        rig.server.terminatePods(.held)
    }

    /// What went wrong, and what the edges said that are there.
    var problems: String {
        self.state.withLock { state in
            (state.problems + state.edges.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.output)" })
                .joined(separator: "\n")
        }
    }

    /// Where a new connection is led: anywhere of what is ready, at random.
    ///
    /// - Returns: A port, of nobody if nothing is ready.
    func port() -> Int { self.state.withLock { $0.endpoints.randomElement() ?? 1 } }

    /// Does its work until it is cancelled, and ends the edges that are left.
    func run() async {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        await withTaskGroup { group in
            while !Task.isCancelled {
                self.look { work in group.addTask { await work() } }
                try? await loop.scheduleTask(in: .milliseconds(100)) {}.futureResult.get()
            }
        }
        for edge in self.state.withLock({ $0.edges.values }) { await edge.kill() }
    }

    private func look(_ begin: (@escaping @Sendable () async -> Void) -> Void) {
        self.rig.server.checkDeployments()
        let pods = self.rig.server.objects("pods", namespace: "roost")
        for pod in pods {
            guard let name = pod[at: "metadata.name"]?.string else { continue }
            if pod.isTerminating, self.state.withLock({ $0.ending.insert(name).inserted }) {
                begin { await self.end(pod, name) }
            } else if self.state.withLock({ $0.edges[name] == nil && !$0.ending.contains(name) }) {
                do {
                    let edge = try self.start(pod, name)
                    self.state.withLock { $0.edges[name] = edge }
                    begin { await self.probe(edge, name) }
                } catch { self.state.withLock { $0.problems.append("\(name): \(error)") } }
            }
        }
        let service = self.rig.server.object("services", namespace: "roost", name: "roost-default")
        let selector = service?[at: "spec.selector"]?.strings ?? [:]
        let serving = pods.filter { pod in
            let labels = pod[at: "metadata.labels"]?.strings ?? [:]
            return pod.isReady && selector.allSatisfy { labels[$0.key] == $0.value }
        }
        // Who goes gets new connections only where nobody else does (KEP-1669).
        let ready = serving.filter { !$0.isTerminating }
        let names = (ready.isEmpty ? serving : ready).compactMap { $0[at: "metadata.name"]?.string }
        self.state.withLock { state in
            state.endpoints = names.compactMap { state.edges[$0]?.ircs.port }
        }
    }

    /// Starts an edge with the configuration and the keys that its pod mounts.
    private func start(_ pod: DoubleJSON, _ name: String) throws -> EdgeProcess {
        let map = (pod[at: "spec.volumes"]?.array ?? []).compactMap { $0[at: "configMap.name"]?.string }.first ?? ""
        let configuration = self.rig.server.object("configmaps", namespace: "roost", name: map)
        let keys = self.rig.server.object("secrets", namespace: "roost", name: "roost-default-keys")
        let sealing = keys?[at: "data.sealing"]?.string.flatMap { Data(base64Encoded: $0) } ?? Data()
        return try EdgeProcess(
            redis: self.variables(of: pod)["ROOST_REDIS_URL"] ?? "",
            database: self.database,
            key: Array(sealing),
            name: name,
            configuration: configuration?[path: ["data", "edge.yaml"]]?.string
        )
    }

    /// What a pod's container finds in its environment: values of Secrets, and values that name variables before them.
    private func variables(of pod: DoubleJSON) -> [String: String] {
        var found: [String: String] = [:]
        for entry in pod[at: "spec.containers"]?[0]?[at: "env"]?.array ?? [] {
            guard let name = entry["name"]?.string else { continue }
            if let reference = entry[at: "valueFrom.secretKeyRef"], let secret = reference["name"]?.string,
                let key = reference["key"]?.string
            {
                let data = self.rig.server.object("secrets", namespace: "roost", name: secret)?[path: ["data", key]]
                let value = data?.string.flatMap { Data(base64Encoded: $0) } ?? Data()
                found[name] = String(decoding: value, as: UTF8.self)
            } else if let value = entry["value"]?.string {
                found[name] = found.reduce(value) { $0.replacing("$(\($1.key))", with: $1.value) }
            }
        }
        return found
    }

    /// Makes a pod ready once its edge says that it is.
    private func probe(_ edge: EdgeProcess, _ name: String) async {
        do {
            try await until("\(name) being ready") {
                if self.state.withLock({ $0.ending.contains(name) }) { return true }
                return await edge.get("/readyz").contains("200 OK")
            }
        } catch { self.state.withLock { $0.problems.append("\(name): \(error)") } }
        guard self.state.withLock({ !$0.ending.contains(name) }) else { return }
        self.rig.server.setReady(pod: name, namespace: "roost")
    }

    /// Lets a pod go as a kubelet does: what is done before the end, the signal, the wait.
    private func end(_ pod: DoubleJSON, _ name: String) async {
        let container = pod[at: "spec.containers"]?[0]
        let seconds = container?[at: "lifecycle.preStop.sleep.seconds"]?.int ?? 0
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        try? await loop.scheduleTask(in: .seconds(Int64(seconds))) {}.futureResult.get()
        if let edge = self.state.withLock({ $0.edges[name] }) {
            edge.terminate()
            self.rig.server.setReady(false, pod: name, namespace: "roost")
            do { _ = try await edge.status() } catch {
                self.state.withLock { $0.problems.append("\(name): \(error)") }
                await edge.kill()
            }
        }
        self.rig.server.finishTermination(pod: name, namespace: "roost")
        self.state.withLock { state in state.edges[name] = nil }
    }
}

extension DoubleJSON {
    fileprivate var isTerminating: Bool { self[at: "metadata.deletionTimestamp"]?.string != nil }

    fileprivate var isReady: Bool {
        (self[at: "status.conditions"]?.array ?? []).contains { $0["type"] == "Ready" && $0["status"] == "True" }
    }
}
