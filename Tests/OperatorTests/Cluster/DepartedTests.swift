import KubeClient
import Operator
import StateStore
import Synchronization
import Tenant
import TestSupport
import Testing

/// What those find who come to the old place of a tenant that has moved.
@Suite(.serialized)
struct DepartedTests {
    private func departed(_ cells: TwoCells) async throws -> ProjectedTenant? {
        try await cells.rig.projection().tenants[cells.acme].flatMap { $0.hosted.farewell == nil ? nil : $0 }
    }

    /// Gives a cell's Service an address, as a cloud does.
    private func balance(_ cell: String, _ address: String, _ rig: ClusterRig) async throws {
        try await rig.wait(for: .services, "roost-\(cell)", in: "roost") { $0 != nil }
        let status: JSON = ["loadBalancer": ["ingress": [["ip": .string(address)]]]]
        let service = KubeObject(.services, name: "roost-\(cell)", namespace: "roost", ["status": status])
        _ = try await rig.user.apply(.services, service, manager: "cloud", subresource: "status")
    }

    @Test func `they are told where it is for an hour, with its certificate, and then nobody knows it there`()
        async throws
    {
        try await TwoCells.with { cells in
            let rig = cells.rig
            let hours = Mutex<Int64>(0)
            try await rig.withOperator {
                let now = $0.now
                $0.now = { now() + hours.withLock { $0 } * 3_600_000 }
            } _: { _ in
                try await self.balance("default", "203.0.113.1", rig)
                try await self.balance("two", "203.0.113.7", rig)
                try await rig.apply(
                    ClusterRig.secret("acme-tls", in: "chat", TestCertificates.make(for: ["acme.example.com"]))
                )
                let tls: JSON = ["tls": ["secretRef": ["name": "acme-tls"]], "displayName": "Acme"]
                func acme(in cell: String) -> KubeObject {
                    let place: JSON = ["cellRef": ["name": .string(cell)]]
                    return ClusterRig.tenant("acme", hostnames: ["acme.example.com"], tls.merging(place))
                }
                try await rig.apply(acme(in: "default"), .tenants)
                try await rig.wait(for: .tenants, "acme", in: "chat", "its address") {
                    $0?.status["endpoints"]["addresses"] == ["203.0.113.1"]
                        && $0?.condition("Ready")?["reason"] == "Serving"
                }
                try await rig.apply(acme(in: "two"), .tenants)
                try await rig.wait(for: .tenants, "acme", in: "chat", "acme living in two") {
                    $0?.status["endpoints"]["addresses"] == ["203.0.113.7"]
                        && $0?.condition("Ready")?["reason"] == "Serving"
                }
                let gone = try #require(try await self.departed(cells))
                #expect(
                    gone.hosted.farewell
                        == "Acme has moved to 203.0.113.7: acme.example.com leads there soon, connect again in some minutes"
                )
                #expect(gone.hosted.state == .suspended && gone.hosted.hostnames == ["acme.example.com"])
                #expect(try await rig.projection().certificates["acme"] != nil)
                try await until("the event") {
                    try await rig.user.list(.events, in: "chat").items.contains {
                        $0.json["reason"] == "Moved" && $0.json["note"].string?.contains("203.0.113.7") == true
                    }
                }
                hours.withLock { $0 = 2 }
                try await until("nobody knowing it there") {
                    let left = try await rig.projection()
                    return left.tenants[cells.acme] == nil && left.certificates["acme"] == nil
                }
                #expect(try await rig.projection(cells.otherRedis.url).tenants[cells.acme]?.hosted.farewell == nil)
            }
        }
    }

    @Test func `a hostname that is another's by now is the other's, and who is deleted has moved nowhere`() async throws
    {
        try await TwoCells.with { cells in
            let rig = cells.rig
            try await rig.withOperator { _ in
                let names = ["a.chat.example.com", "b.chat.example.com"]
                try await rig.apply(ClusterRig.tenant("acme", hostnames: names), .tenants)
                try await rig.waitReady("acme")
                let moved: JSON = ["cellRef": ["name": "two"]]
                try await rig.apply(ClusterRig.tenant("acme", hostnames: names, moved), .tenants)
                try await rig.wait(for: .tenants, "acme", in: "chat") { $0?.status["cell"] == "two" }
                #expect(try await self.departed(cells)?.hosted.hostnames == names)
                try await rig.apply(ClusterRig.tenant("acme", hostnames: ["b.chat.example.com"], moved), .tenants)
                try await rig.apply(ClusterRig.tenant("globex", hostnames: ["a.chat.example.com"]), .tenants)
                try await rig.waitReady("globex")
                #expect(try await self.departed(cells)?.hosted.hostnames == ["b.chat.example.com"])
                try await cells.delete()
                try await until("nothing being told of it") { try await self.departed(cells) == nil }
            }
        }
    }

    @Test func `while its data is copied they are told to come back`() async throws {
        try await TwoCells.with { cells in
            let rig = cells.rig
            try await rig.withOperator { _ in
                try await cells.liveWithBob()
                for sequence in 1...30 { try await cells.say(UInt64(sequence), in: cells.first) }
                // What is told while it is off the air is seen in the log: the copy fails at its end.
                try await cells.refuseHistory(from: 30, in: cells.second)
                let told = Mutex<[String]>([])
                let watch = Task {
                    while !Task.isCancelled {
                        if let gone = try await self.departed(cells) {
                            told.withLock { $0.append(gone.hosted.farewell ?? "") }
                        }
                    }
                }
                try await rig.apply(TwoCells.acme(in: "two"), .tenants)
                try await until("its people being told") { told.withLock { !$0.isEmpty } }
                watch.cancel()
                _ = await watch.result
                #expect(
                    told.withLock {
                        $0.allSatisfy { $0 == "acme moves to another server, connect again in some minutes" }
                    }
                )
                _ = try await cells.waitStuck()
            }
        }
    }
}
