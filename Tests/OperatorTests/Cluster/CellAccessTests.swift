import FoundationEssentials
import KubeAPIDouble
import KubeClient
import Operator
import StateStore
import Tenant
import TestSupport
import Testing

/// Who may use a cell, and which hostnames there.
@Suite(.serialized)
struct CellAccessTests {
    private static func message(_ object: KubeObject) -> String {
        object.condition("Admitted")?["message"].string ?? ""
    }

    @Test func `a cell is for the namespaces that it allows, and who lives there is not cut off`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell(["allowedNamespaces": ["names": ["other"]]])
                try await rig.apply(ClusterRig.tenant("acme"), .tenants)
                let refused = try await rig.waitReady("acme", reason: "CellNotAllowed")
                #expect(Self.message(refused).contains("namespace chat may not live in cell default"))
                #expect(try await rig.projection().tenants.isEmpty)
                try await rig.applyCell(["allowedNamespaces": ["names": ["chat"]]])
                try await rig.waitReady("acme")
                try await rig.applyCell(["allowedNamespaces": [:]])
                let kept = try await rig.waitReady("acme", reason: "CellNotAllowed")
                #expect(kept.status["hostnames"] == ["acme.chat.example.com"])
                #expect(try await rig.projection().tenants.count == 1)
                // It can go at any time.
                try await rig.user.delete(.tenants, "acme", in: "chat")
                try await rig.wait(for: .tenants, "acme", in: "chat") { $0 == nil }
            }
        }
    }

    @Test func `hostnames are had below the suffixes that are for a namespace, the longest one deciding`() async throws
    {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                let suffixes: JSON = [
                    ["suffix": "chat.example.com"],
                    ["suffix": "vip.chat.example.com", "allowedNamespaces": ["names": ["roost"]]],
                    ["suffix": "acme.org", "allowedNamespaces": ["selector": ["matchLabels": ["team": "acme"]]]],
                ]
                try await rig.applyCell(["hostnameSuffixes": suffixes])
                func asks(_ hostname: String, in namespace: String = "chat") async throws {
                    try await rig.apply(ClusterRig.tenant("acme", in: namespace, hostnames: [hostname]), .tenants)
                }
                try await asks("irc.acme.org")
                let refused = try await rig.waitReady("acme", reason: "HostnameNotAllowed")
                let words =
                    "irc.acme.org may not be had by namespace chat in cell default: choose names below chat.example.com"
                #expect(Self.message(refused).hasPrefix(words), "\(Self.message(refused))")
                try rig.server.patch("namespaces", name: "chat", ["metadata": ["labels": ["team": "acme"]]])
                // It has no certificate for that, which is another matter.
                try await rig.waitReady("acme", reason: "HostnameNotCovered")
                try await asks("acme.chat.example.com")
                try await rig.waitReady("acme")
                for denied in ["acme.vip.chat.example.com", "notchat.example.com", "example.com"] {
                    try await asks(denied)
                    let kept = try await rig.waitReady("acme", reason: "HostnameNotAllowed")
                    #expect(kept.status["hostnames"] == ["acme.chat.example.com"])
                }
            }
        }
    }

    /// Otherwise a team kept others from their own names by asking for them first.
    @Test func `who may not have a hostname does not hold it`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                let suffixes: JSON = [["suffix": "chat.example.com", "allowedNamespaces": ["names": ["chat"]]]]
                try await rig.applyCell(["hostnameSuffixes": suffixes])
                let wanted = ["www.chat.example.com"]
                try await rig.apply(ClusterRig.tenant("squatter", in: "roost", hostnames: wanted), .tenants)
                try await rig.waitReady("squatter", reason: "HostnameNotAllowed", in: "roost")
                try await rig.apply(ClusterRig.tenant("acme", hostnames: wanted), .tenants)
                try await rig.waitReady("acme")
                #expect(try await rig.projection().tenants.count == 1)
            }
        }
    }
}
