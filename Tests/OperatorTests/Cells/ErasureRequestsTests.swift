import KubeClient
import Operator
import StateStore
import Tenant
import Testing

/// What a Cell's annotation asks to have erased, and what is listed of what is kept.
struct ErasureRequestsTests {
    @Test(arguments: [
        ("chat/acme@uid-1", ["acme"], "chat/acme@uid-1"),
        ("  chat/acme@uid-1\n other/globex@2 ", ["acme", "globex"], "chat/acme@uid-1 other/globex@2"),
        ("chat/acme@1 chat/acme@1", ["acme"], "chat/acme@1"),
        ("", [], nil), ("acme@1 chat/acme chat/UPPER@1 chat/acme@ /acme@", [], nil),
    ])
    func `requests are read, and what is none is passed over`(text: String, names: [String], again: String?) {
        let requests = ErasureRequests(text)
        #expect(requests.entries.map(\.tenant.text) == names)
        #expect(requests.text == again)
        #expect(requests.without(Set(requests.entries)).text == nil)
    }

    @Test func `those whose time comes first are listed, and it is said how many are not`() throws {
        let notes = try (0...RetainedList.most).map { index in
            StoredTenant(
                tenant: try #require(TenantID("t\(index)")),
                namespace: "chat",
                uid: "uid-\(index)",
                state: .retained,
                eraseAt: 1_800_000_000_000 - Int64(index) * 1000,
                updatedAt: 1
            )
        }
        let list = RetainedList.object(notes, in: "default", owner: ["kind": "Cell"], namespace: "roost")
        #expect(list.name == "roost-default-retained" && list.namespace == "roost")
        #expect(list.json["data"].fields?.count == RetainedList.most)
        #expect(list.json["data"]["chat.t0"] == .null)
        #expect(list.json["data"]["chat.t1"] == "2027-01-15T07:59:59Z uid-1")
        #expect(list.annotations["roost.chat/left-out"] == "1")
        #expect(list.labels["roost.chat/cell"] == "default" && list.labels["roost.chat/retained"] == "true")
        // A ConfigMap holds a mebibyte, with the longest names there are.
        let longest = String(repeating: "x", count: 63)
        let entry = "\(longest).\(longest)".utf8.count + 60 + 10
        #expect(RetainedList.most * entry < 1 << 20)
    }
}
