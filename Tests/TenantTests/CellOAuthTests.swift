// Whom a cell's edges ask about what does not come from clients.

import Tenant
import Testing

@Suite struct `Issuers and name servers of a cell` {
    private func load(_ edge: String) async throws -> (edge: CellEdge?, mistakes: [String]) {
        let text = """
            apiVersion: roost.chat/v1alpha1
            kind: Cell
            metadata: {name: a}
            spec: {edge: {\(edge)}}
            """
        let (resources, _, errors) = try await TenantTests.load(text)
        let mistakes = errors.filter { $0.severity == .error }.map { "\($0.field ?? ""): \($0.message)" }
        return (resources.cells["a"]?.spec.edge, mistakes)
    }

    @Test func `what a cell says of issuers is read, and nothing of it has to be said`() async throws {
        let (edge, mistakes) = try await self.load(
            "oauth: {networks: [10.20.0.0/16, 2001:db8::/32], authoritiesSecretRef: {name: issuers, key: ca.crt}}"
        )
        let oauth = try #require(edge?.oauth)
        #expect(mistakes == [] && oauth.networks == ["10.20.0.0/16", "2001:db8::/32"])
        #expect(oauth.authoritiesSecretRef?.name == "issuers" && oauth.authoritiesSecretRef?.key == "ca.crt")
        let least = try await self.load("oauth: {}")
        #expect(least.mistakes == [] && least.edge?.oauth?.networks == [])
        #expect(least.edge?.oauth?.authoritiesSecretRef == nil)
        #expect(try await self.load("").edge?.oauth == nil)
    }

    @Test(arguments: [
        ("networks: [10.20.0.0]", "is no network"), ("networks: [10.20.0.0/33]", "is no network"),
        ("networks: [id.example.com]", "is no network"), ("authoritiesSecretRef: {name: issuers}", "name the key"),
        ("authorities: /etc/issuers.pem", "is no field"),
    ])
    func `what edges could not use is refused where it stands`(oauth: String, words: String) async throws {
        let mistakes = try await self.load("oauth: {\(oauth)}").mistakes
        #expect(mistakes.count == 1 && mistakes[0].hasPrefix("spec.edge.oauth."), "\(mistakes)")
        #expect(mistakes.first?.contains(words) == true, "\(mistakes)")
    }

    @Test(
        arguments: [
            ("10.0.0.10", "10.0.0.10", nil), ("127.0.0.1:5353", "127.0.0.1:5353", 5353),
            ("2001:DB8::1", "[2001:db8::1]", nil), ("[2001:db8::1]", "[2001:db8::1]", nil),
            ("[2001:db8::1]:65535", "[2001:db8::1]:65535", 65_535), ("10.0.0.1:1", "10.0.0.1:1", 1),
        ] as [(String, String, Int?)]
    )
    func `a name server is an address, with a port or without`(text: String, meant: String, port: Int?) async throws {
        let (edge, mistakes) = try await self.load("dns: {servers: [\"\(text)\"]}")
        #expect(mistakes == [])
        #expect(edge?.nameServers.map(\.text) == [meant] && edge?.nameServers.map(\.port) == [port])
    }

    @Test(arguments: [
        "", "ns.example", "10.0.0", "10.0.0.256", "10.0.0.1:", "10.0.0.1:0", "10.0.0.1:053", "10.0.0.1:65536",
        "10.0.0.1:+1", "[10.0.0.1]:53", "[::1", "[::1]53", "[::1]:", "::1]:53", "10.0.0.1,10.0.0.2", "fe80::1%eth0",
    ])
    func `anything else is none, and the server is named`(text: String) async throws {
        let mistakes = try await self.load("dns: {servers: [10.0.0.1, \"\(text)\"]}").mistakes
        #expect(mistakes.count == 1 && mistakes[0].hasPrefix("spec.edge.dns.servers[1]: "), "\(mistakes)")
        #expect(mistakes.first?.contains("is no name server: write an address such as 10.0.0.10") == true)
    }

    @Test(arguments: [
        ("dns: {servers: [#]}", "10.0.0.1", 8), ("oauth: {networks: [#]}", "10.0.0.0/8", 100),
    ])
    func `lists have a bound`(edge: String, element: String, most: Int) async throws {
        for (count, fits) in [(most, true), (most + 1, false)] {
            let list = Array(repeating: element, count: count).joined(separator: ", ")
            let mistakes = try await self.load(edge.replacing("#", with: list)).mistakes
            #expect(mistakes.isEmpty == fits, "\(mistakes)")
            if !fits { #expect(mistakes.first?.contains("write at most \(most)") == true) }
        }
    }
}
