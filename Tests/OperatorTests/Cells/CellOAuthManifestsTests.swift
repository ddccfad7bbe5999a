import KubeClient
import Operator
import Testing

/// What edges are told of issuers of tokens and of name servers.
struct CellOAuthManifestsTests {
    private func configuration(_ objects: [KubeResource: KubeObject]) throws -> JSON {
        try JSON(parsing: #require(objects[.configMaps]?.json["data"]["edge.yaml"].string).utf8)
    }

    private func egress(_ objects: [KubeResource: KubeObject]) throws -> [String] {
        let rules = try #require(objects[.networkPolicies]?.spec["egress"].elements)
        return rules.flatMap { $0["ports"].elements ?? [] }.map {
            "\($0["protocol"].string ?? "?") \($0["port"].int ?? 0)"
        }
    }

    @Test func `edges reach issuers where the cell says so, and are told no more than they need`() throws {
        let spec: JSON = ["edge": ["oauth": [:]]]
        let least = try CellSamples.objects(spec)
        #expect(try self.egress(least).contains("TCP 443"))
        // An edge of an earlier version takes no key that it does not know.
        #expect(try self.configuration(least)["oauth"] == .null && self.configuration(least)["dns"] == .null)
        let plain = try CellSamples.objects()
        #expect(try !self.egress(plain).contains("TCP 443"))
        let pod = try #require(least[.deployments]).spec["template"]["spec"]
        #expect(pod["volumes"].elements?.count == 2)
        let own = try CellSamples.objects(["edge": ["oauth": ["networks": ["10.20.0.0/16"]]]])
        #expect(try self.configuration(own)["oauth"] == ["networks": ["10.20.0.0/16"]])
    }

    @Test func `edges find the certificates of issuers where they are told`() throws {
        let reference: JSON = ["name": "issuers", "key": "ca.crt"]
        let objects = try CellSamples.objects(["edge": ["oauth": ["authoritiesSecretRef": reference]]])
        let pod = try #require(objects[.deployments]).spec["template"]["spec"]
        let volume = try #require(pod["volumes"].elements?.first { $0["secret"]["secretName"] == "issuers" })
        let mount = try #require(
            pod["containers"][0]["volumeMounts"].elements?.first { $0["name"] == volume["name"] }
        )
        let item = try #require(volume["secret"]["items"].elements?.first)
        #expect(item["key"] == "ca.crt" && volume["secret"]["optional"] == true && mount["readOnly"] == true)
        let path = try #require(mount["mountPath"].string) + "/" + #require(item["path"].string)
        #expect(try self.configuration(objects)["oauth"] == ["authorities": .string(path)])
    }

    @Test func `other certificates of issuers make other pods`() throws {
        func annotations(_ digest: String?) throws -> JSON {
            let manifests = try CellSamples.manifests(issuersDigest: digest)
            let deployment = try #require(manifests.all.first { $0.0 == .deployments }).1
            return deployment.spec["template"]["metadata"]["annotations"]
        }
        #expect(try annotations("a")["roost.chat/issuers"] == "a")
        #expect(try annotations(nil)["roost.chat/issuers"] == .null)
    }

    @Test func `edges ask the name servers that the cell names, and reach their ports`() throws {
        let servers: JSON = ["10.0.0.10", "10.0.0.11:8053", "[2001:db8::53]:53", "2001:db8::54"]
        let objects = try CellSamples.objects(["edge": ["dns": ["servers": servers]]])
        let told: JSON = ["10.0.0.10", "10.0.0.11:8053", "[2001:db8::53]:53", "[2001:db8::54]"]
        #expect(try self.configuration(objects)["dns"]["servers"] == told)
        let names = ["UDP 53", "UDP 5353", "UDP 8053", "TCP 53", "TCP 5353", "TCP 8053"]
        #expect(try self.egress(objects).prefix(6) == names[...])
        #expect(try self.egress(CellSamples.objects()).contains("UDP 8053") == false)
    }
}
