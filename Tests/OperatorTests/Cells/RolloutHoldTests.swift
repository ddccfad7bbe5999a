// When old edges may go for new ones, as the Deployment says it to Kubernetes.

import FoundationEssentials
import KubeClient
import Operator
import Testing

@Suite struct RolloutHoldTests {
    /// A pod of two templates.
    private struct Pod {
        var isNew = true
        /// For how many seconds it is ready; nil if it is not.
        var ready: Int64? = 60
        var isGoing = false
        /// Whether its node is gone, and the time that it had to go is over.
        var isLost = false
    }

    private static let old = Pod(isNew: false)
    private static let new = Pod()
    private static let going = Pod(isNew: false, isGoing: true)

    private func holds(_ pods: [Pod], of wanted: Int, surge: Int64 = 100, applied: Bool = true) throws -> Bool {
        let spec: JSON = ["edge": ["rollout": ["maxSurge": .integer(surge)]]]
        let first = try #require(CellSamples.objects(spec)[.deployments])
        let template = first.spec["template"]["metadata"]["annotations"]["roost.chat/template"]
        var running = first
        running.json["spec"]["replicas"] = .integer(Int64(wanted))
        if !applied { running.json["spec"]["template"]["metadata"]["annotations"]["roost.chat/template"] = "before" }
        let objects = pods.enumerated().map { index, pod in
            var object = KubeObject(.pods, name: "edge-\(index)", namespace: "roost")
            object.json["metadata"]["annotations"] = ["roost.chat/template": pod.isNew ? template : "before"]
            if pod.isGoing { object.json["metadata"]["deletionTimestamp"] = "2026-01-01T00:02:00Z" }
            if pod.isLost { object.json["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:59Z" }
            let time = KubeTime.text(Date(timeIntervalSince1970: Double(CellSamples.now / 1000 - (pod.ready ?? 0))))
            object.json["status"]["conditions"] = [
                ["type": "Ready", "status": pod.ready == nil ? "False" : "True", "lastTransitionTime": .string(time)]
            ]
            return object
        }
        let next = try #require(CellSamples.objects(spec, running: running, pods: objects)[.deployments])
        let seconds = try #require(next.spec["minReadySeconds"].int)
        // Kubernetes refuses it else.
        #expect(try #require(next.spec["progressDeadlineSeconds"].int) > seconds)
        #expect(next.spec["strategy"]["rollingUpdate"] == ["maxUnavailable": 0, "maxSurge": .string("\(surge)%")])
        return seconds > 0
    }

    @Test func `old edges go together, once new ones stand for all of them`() throws {
        let old = [Self.old, Self.old, Self.old]
        #expect(try self.holds(old, of: 3, applied: false))
        #expect(try self.holds(old, of: 3))
        #expect(try self.holds(old + [Self.new, Self.new], of: 3))
        #expect(try self.holds(old + [Self.new, Self.new, Pod(ready: nil)], of: 3))
        #expect(try self.holds(old + [Self.new, Self.new, Pod(ready: 9)], of: 3))
        #expect(try !self.holds(old + [Self.new, Self.new, Pod(ready: 10)], of: 3))
    }

    @Test func `nothing waits where nothing is replaced`() throws {
        #expect(try !self.holds([], of: 2))
        #expect(try !self.holds([Self.new, Pod(ready: nil)], of: 2))
        #expect(try !self.holds([Self.new, Self.new, Self.going, Self.going], of: 2))
        let first = try #require(CellSamples.objects()[.deployments])
        #expect(first.spec["minReadySeconds"] == 0)
    }

    @Test func `old edges that are wanted again stay, and the others go at once`() throws {
        #expect(try !self.holds([Self.new, Self.new, Self.old, Pod(isNew: false, ready: nil)], of: 2, applied: false))
    }

    @Test func `with less room as many old edges go as there is room for, one step after the other`() throws {
        let old = [Self.old, Self.old, Self.old]
        #expect(try self.holds(old + [Self.old], of: 4, surge: 50))
        #expect(try self.holds(old + [Self.old, Self.new], of: 4, surge: 50))
        #expect(try self.holds(old + [Self.old, Self.new, Pod(ready: nil)], of: 4, surge: 50))
        #expect(try !self.holds(old + [Self.old, Self.new, Self.new], of: 4, surge: 50))
        #expect(try self.holds(old + [Self.new, Self.new, Self.new, Self.going], of: 4, surge: 50))
        let lost = Pod(isNew: false, isLost: true)
        #expect(try !self.holds(old + [Self.new, Self.new, Self.new, lost], of: 4, surge: 50))
        // Rounded up, as Kubernetes does.
        #expect(try !self.holds(old + [Self.new], of: 3, surge: 1))
        #expect(try self.holds(old + [Self.new], of: 3, surge: 34))
    }
}
