import Foundation
import KubeClient
import Operator
import Tenant
import Testing

/// What who does a cell's work is told of archives, and what it has of their secrets.
struct ArchiveManifestsTests {
    private static func archive(_ place: JSON) -> JSON {
        ["archive": place.merging(["keysSecretRef": ["name": "keys-of-archives"]])]
    }

    /// A place, and what is told of it.
    struct Place: Sendable, CustomTestStringConvertible {
        let place: JSON
        let url: String
        var hasCredentials = false
        var ports: Set<Int64> = []

        var testDescription: String { self.url }
    }

    static let places: [Place] = [
        Place(
            place: ["s3": ["bucket": "chat", "credentialsSecretRef": ["name": "access"]]],
            url: "s3://chat?region=us-east-1",
            hasCredentials: true,
            ports: [443]
        ),
        Place(
            place: [
                "s3": [
                    "endpoint": "https://minio.example:9000", "region": "eu-1", "bucket": "chat", "prefix": "a/b",
                    "pathStyle": true, "credentialsSecretRef": ["name": "access"], "storageClass": "STANDARD_IA",
                    "encryption": "aws:kms:alias/chat",
                ]
            ],
            url: "s3://chat/a/b?region=eu-1&endpoint=https%3A%2F%2Fminio.example%3A9000&style=path"
                + "&storageClass=STANDARD_IA&encryption=kms%3Aalias%2Fchat",
            hasCredentials: true,
            ports: [9000]
        ),
        Place(
            place: ["s3": ["endpoint": "http://minio", "bucket": "chat", "credentialsSecretRef": ["name": "access"]]],
            url: "s3://chat?region=us-east-1&endpoint=http%3A%2F%2Fminio",
            hasCredentials: true,
            ports: [80]
        ),
        Place(
            place: ["s3": ["bucket": "chat", "encryption": "AES256"]],
            url: "s3://chat?region=us-east-1&encryption=store",
            ports: [80, 443]
        ),
        Place(place: ["gcs": ["bucket": "chat", "prefix": "eu"]], url: "gs://chat/eu", ports: [80, 443, 988]),
        Place(
            place: ["gcs": ["bucket": "chat", "credentialsSecretRef": ["name": "access"]]],
            url: "gs://chat",
            hasCredentials: true,
            ports: [443]
        ),
        Place(
            place: ["folder": ["persistentVolumeClaim": "claim", "path": "chat"]],
            url: "folder:/var/lib/roost/archive/chat"
        ),
    ]

    private static func workers(
        _ spec: JSON,
        archiveDigest: String? = "abcdef"
    ) throws -> [KubeResource: KubeObject] {
        let parsed = Parsed<CellResource>(cell: ClusterRig.cell("default", spec.merging(["worker": [:]])))
        let spec = try #require(parsed.resource, "\(parsed.problems)").spec
        let manifests = WorkerManifests(
            .init(
                cell: "default",
                spec: spec,
                worker: try #require(spec.worker),
                namespace: "roost",
                image: "example/roost:1",
                storesDigest: "0123456789",
                storePorts: [6379],
                archiveDigest: archiveDigest
            )
        )
        return Dictionary(uniqueKeysWithValues: manifests.all)
    }

    private static func edges(
        _ spec: JSON,
        _ work: WorkHandover,
        archiveDigest: String? = "abcdef"
    ) throws -> [KubeResource: KubeObject] {
        let manifests = try CellSamples.manifests(spec, ports: [6379], archiveDigest: archiveDigest, work: work)
        return Dictionary(uniqueKeysWithValues: manifests.all)
    }

    private static func told(_ objects: [KubeResource: KubeObject]) throws -> JSON {
        let data = try #require(objects[.configMaps]?.json["data"].fields)
        return try JSON(parsing: #require(data.values.first?.string).utf8)["archive"]
    }

    private static func egress(_ objects: [KubeResource: KubeObject]) throws -> Set<Int64> {
        let rules = try #require(objects[.networkPolicies]).spec["egress"].elements ?? []
        return Set(rules.flatMap { $0["ports"].elements ?? [] }.compactMap { $0["port"].int.map { Int64($0) } })
    }

    @Test(arguments: places)
    func `workers, or edges without them, are told where archives go, and reach it`(place: Place) throws {
        let spec = Self.archive(place.place)
        for objects in [try Self.workers(spec), try Self.edges(spec, .edges)] {
            let told = try Self.told(objects)
            #expect(told["url"].string == place.url)
            #expect(told["keys"] == "/etc/roost/archive/keys")
            #expect(told["credentials"] == (place.hasCredentials ? "/etc/roost/archive/credentials" : .null))
            #expect(try Self.egress(objects) == place.ports.union([53, 5353, 6379]))
            let template = try #require(objects[.deployments]).spec["template"]
            #expect(template["metadata"]["annotations"]["roost.chat/archive"] == "abcdef")
            let pod = template["spec"]
            let secrets = Set((pod["volumes"].elements ?? []).compactMap { $0["secret"]["secretName"].string })
            #expect(secrets.contains("keys-of-archives") && secrets.contains("access") == place.hasCredentials)
            for mount in pod["containers"][0]["volumeMounts"].elements ?? []
            where mount["name"].string?.hasPrefix("archive-") == true {
                #expect(mount["readOnly"] == true)
            }
            // Secrets are files, and nothing that a child or a dump of the environment has.
            let environment = pod["containers"][0]["env"].text
            #expect(!environment.contains("access") && !environment.contains("keys-of-archives"))
        }
    }

    @Test func `a store of one's own is proved by certificates of a Secret`() throws {
        let place: JSON = [
            "endpoint": "https://minio", "bucket": "chat", "authoritiesSecretRef": ["name": "own-ca", "key": "ca.crt"],
        ]
        let objects = try Self.workers(Self.archive(["s3": place]))
        let pod = try #require(objects[.deployments]).spec["template"]["spec"]
        let volume = try #require(pod["volumes"].elements?.first { $0["secret"]["secretName"] == "own-ca" })
        #expect(volume["secret"]["items"] == [["key": "ca.crt", "path": "authorities.pem"]])
        let mounts = try #require(pod["containers"][0]["volumeMounts"].elements)
        let mount = try #require(mounts.first { $0["name"] == volume["name"] })
        let folder = try #require(mount["mountPath"].string)
        #expect(mount["readOnly"] == true)
        #expect(try Self.told(objects)["authorities"] == .string("\(folder)/authorities.pem"))
        // Who needs none has none.
        let plain = try Self.workers(Self.archive(["s3": ["bucket": "chat"]]))
        #expect(try Self.told(plain)["authorities"] == .null)
    }

    @Test func `a folder is that of a claim`() throws {
        let objects = try Self.workers(Self.archive(["folder": ["persistentVolumeClaim": "claim"]]))
        let pod = try #require(objects[.deployments]).spec["template"]["spec"]
        let volume = try #require(pod["volumes"].elements?.first { $0["name"] == "archive" })
        #expect(volume["persistentVolumeClaim"] == ["claimName": "claim"])
        let mounts = try #require(pod["containers"][0]["volumeMounts"].elements)
        let mount = try #require(mounts.first { $0["name"] == "archive" })
        #expect(mount["mountPath"] == "/var/lib/roost/archive" && mount["readOnly"] == .null)
        #expect(try Self.told(objects)["url"] == "folder:/var/lib/roost/archive/archive")
    }

    @Test func `edges that leave the work to workers have nothing of archives, and reach them no more once all know`()
        throws
    {
        let spec = Self.archive(["gcs": ["bucket": "chat", "credentialsSecretRef": ["name": "access"]]])
            .merging(["worker": [:]])
        for (work, reaches) in [(WorkHandover.told, true), (.workers, false)] {
            let objects = try Self.edges(spec, work)
            #expect(try Self.told(objects) == .null)
            #expect(!(objects[.deployments]?.json.text.contains("keys-of-archives") ?? true))
            #expect(try Self.egress(objects).contains(443) == reaches)
        }
    }

    @Test func `edges that read for clients have archives beside workers, and say so; workers need not`() throws {
        let place: JSON = ["gcs": ["bucket": "chat", "credentialsSecretRef": ["name": "access"]]]
        let spec = Self.archive(place.merging(["readByClients": true])).merging(["worker": [:]])
        for work in [WorkHandover.edges, .told, .workers] {
            let objects = try Self.edges(spec, work)
            let told = try Self.told(objects)
            #expect(told["url"] == "gs://chat" && told["readByClients"] == true)
            #expect(try Self.egress(objects).contains(443))
            let template = try #require(objects[.deployments]).spec["template"]
            #expect(template["metadata"]["annotations"]["roost.chat/archive"] == "abcdef")
            let secrets = (template["spec"]["volumes"].elements ?? []).compactMap { $0["secret"]["secretName"].string }
            #expect(secrets.contains("keys-of-archives") && secrets.contains("access"))
        }
        #expect(try Self.told(Self.workers(spec))["readByClients"] == .null)
        // An edge of an earlier version starts without the word where nobody reads.
        #expect(try Self.told(Self.edges(Self.archive(place), .edges))["readByClients"] == .null)
        // Without the Secrets edges have nothing of it.
        #expect(try Self.told(Self.edges(spec, .workers, archiveDigest: nil)) == .null)
    }

    @Test func `without the Secrets nobody is told of archives: pods would not start`() throws {
        let spec = Self.archive(["s3": ["bucket": "chat"]])
        for objects in [
            try Self.workers(spec, archiveDigest: nil), try Self.edges(spec, .edges, archiveDigest: nil),
        ] {
            #expect(try Self.told(objects) == .null)
            #expect(!(objects[.deployments]?.json.text.contains("keys-of-archives") ?? true))
            #expect(try Self.egress(objects).isDisjoint(with: [80, 443]))
        }
    }

    @Test func `the workers' ServiceAccount has what a provider gives identities by`() throws {
        let role = "arn:aws:iam::123456789012:role/chat"
        let spec = Self.archive(["s3": ["bucket": "chat"]])
        let parsed = Parsed<CellResource>(
            cell: ClusterRig.cell(
                "default",
                spec.merging(["worker": ["serviceAccountAnnotations": ["eks.amazonaws.com/role-arn": .string(role)]]])
            )
        )
        let cell = try #require(parsed.resource, "\(parsed.problems)").spec
        let manifests = WorkerManifests(
            .init(
                cell: "default",
                spec: cell,
                worker: try #require(cell.worker),
                namespace: "roost",
                image: "example/roost:1",
                storesDigest: "0123456789",
                storePorts: [6379]
            )
        )
        let account = try #require(manifests.all.first { $0.0 == .serviceAccounts }).1
        #expect(account.annotations["eks.amazonaws.com/role-arn"] == role)
    }
}
