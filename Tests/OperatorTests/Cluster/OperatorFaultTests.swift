import FoundationEssentials
import KubeAPIDouble
import KubeClient
import Operator
import StateStore
import Tenant
import TestSupport
import Testing

/// What goes wrong between the operator and the API server, and between operators.
@Suite(.serialized)
struct OperatorFaultTests {
    @Test func `cut watches and an expired history lose no change`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell()
                try await rig.apply(ClusterRig.tenant("first"), .tenants)
                try await rig.waitReady("first")
                rig.server.cutWatches()
                try await rig.apply(ClusterRig.tenant("second"), .tenants)
                try await rig.waitReady("second")
                rig.server.expireHistory(closingWatches: true)
                try await rig.apply(ClusterRig.tenant("third"), .tenants)
                try await rig.user.delete(.tenants, "first", in: "chat")
                try await rig.waitReady("third")
                try await rig.wait(for: .tenants, "first", in: "chat", "the deletion") { $0 == nil }
                #expect(Set(try await rig.projection().tenants.keys.map(\.text)) == ["second", "third"])
            }
        }
    }

    @Test func `refusals and lost answers are tried again until it is done`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell()
                try await rig.wait(for: .cells, "default") { $0?.condition("StoresReady")?["status"] == "True" }
                let tenants = KubeAPIMatch(verb: "patch", resource: "tenants")
                let status = KubeAPIMatch(verb: "patch", resource: "tenants/status")
                _ = rig.server.fail(tenants, with: .conflict, times: 1)
                _ = rig.server.failAfterwards(tenants, with: .internalError, times: 1)
                _ = rig.server.fail(status, with: .internalError, times: 2)
                _ = rig.server.fail(status, with: .tooManyRequests(retryAfter: 1), times: 1)
                _ = rig.server.disconnect(status, times: 1)
                // Past the API, so that the faults meet the operator.
                try rig.server.put(DoubleJSON(parsing: ClusterRig.tenant("acme").json.data))
                try await rig.waitReady("acme")
                let object = try await rig.user.get(.tenants, "acme", in: "chat")
                #expect(object.finalizers == [OperatorNames.finalizer])
            }
        }
    }

    @Test func `an API server that is away is waited for`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { running in
                try await rig.applyCell()
                try await rig.apply(ClusterRig.tenant("acme"), .tenants)
                try await rig.waitReady("acme")
                await rig.server.refuseConnections()
                // The operator notices: its requests fail.
                try await rig.server.acceptConnections()
                try await rig.apply(ClusterRig.tenant("later"), .tenants)
                try await rig.waitReady("later")
                #expect(!running.task.isCancelled)
            }
        }
    }

    @Test func `one of two leads, and when it is gone the other does its work`() async throws {
        try await ClusterRig.with { rig in
            let first = try rig.startOperator("first", elects: true)
            try await rig.wait(for: .leases, "roost-operator", in: "roost") { $0?.spec["holderIdentity"] == "first" }
            let second = try rig.startOperator("second", elects: true)
            try await rig.applyCell()
            try await rig.apply(ClusterRig.tenant("acme"), .tenants)
            try await rig.waitReady("acme")
            // By its clock it does not while a renewal is late.
            try await until("the first leading") { first.service.election?.isLeader == true }
            #expect(second.service.election?.isLeader == false)
            // SIGTERM: the lease is given back, so that the other need not wait for it to lapse.
            await first.stop()
            try await rig.wait(for: .leases, "roost-operator", in: "roost", "the second leading") {
                $0?.spec["holderIdentity"] == "second"
            }
            try await rig.apply(ClusterRig.tenant("globex"), .tenants)
            try await rig.waitReady("globex")
            await second.stop()
        }
    }

    @Test func `a leader that is killed in the middle of its work leaves nothing half done`() async throws {
        try await ClusterRig.with { rig in
            // The first one reaches the server through a way that can be cut: as good as killed.
            let port = try #require(rig.server.baseURL.split(separator: ":").last.flatMap { Int($0) })
            let way = try await FaultProxy(to: port)
            let first = try rig.startOperator("first", elects: true, server: "http://127.0.0.1:\(way.port)")
            try await rig.wait(for: .leases, "roost-operator", in: "roost") { $0?.spec["holderIdentity"] == "first" }
            try await rig.applyCell()
            try await rig.apply(ClusterRig.tenant("zero"), .tenants)
            try await rig.waitReady("zero")
            let second = try rig.startOperator("second", elects: true)
            // It stops between the projection and the status of one of many.
            let gate = rig.server.hold(KubeAPIMatch(verb: "patch", resource: "tenants/status"))
            for number in 0..<20 { try await rig.apply(ClusterRig.tenant("t\(number)"), .tenants) }
            await gate.arrival(of: 1)
            way.set(.refuse)
            way.cut()
            gate.open()
            for number in 0..<20 { try await rig.waitReady("t\(number)") }
            let lease = try await rig.user.get(.leases, "roost-operator", in: "roost")
            #expect(lease.spec["holderIdentity"] == "second")
            #expect(first.service.election?.isLeader == false)
            #expect(try await rig.projection().tenants.count == 21)
            await first.stop()
            await second.stop()
            await way.end()
        }
    }
}
