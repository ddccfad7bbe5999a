import Foundation
import Tenant
import Testing

@Suite struct Resources {
    @Test func `hostnames and a plan suffice for a tenant`() async throws {
        let (resources, catalog, errors) = try await load(tenantYAML() + "\n---\n" + freePlan)
        #expect(errors.isEmpty)
        let spec = try #require(resources.tenants.first).spec
        #expect(spec.cellRef == nil && spec.deletionPolicy == .retain && spec.tlsSecretRef == nil)
        let tenant = try #require(catalog.tenants[.named("acme")])
        #expect(tenant == HostedTenant(id: try .named("acme"), hostnames: ["acme.localhost"], planName: "free"))
        #expect(tenant.displayName == "acme" && tenant.serverName == "acme.localhost" && tenant.state == .active)
        #expect(tenant.accounts.registration == .open && !tenant.accounts.required)
        #expect(tenant.accounts.registrationBeforeConnect && tenant.accounts.minimumPasswordLength == 8)
        #expect(tenant.accounts.nickOwnership == .timeout && tenant.accounts.nickTimeout == .seconds(30))
        #expect(tenant.accounts.emailDomains == [] && tenant.accounts.refusedEmailDomains == [])
        #expect(tenant.accounts.accountsPerEmail == 1 && !tenant.accounts.customAccountNames)
        #expect(tenant.accounts.saslMechanisms == [.plain, .scramSHA256, .scramSHA512, .external])
        #expect(tenant.settings.admission == .standard && tenant.settings.limits == LimitSettings())
        #expect(!tenant.accounts.anonymous && tenant.accounts.oauth == nil)
        #expect(tenant.accounts.rememberFor == .zero && tenant.accounts.channelExpiry == .zero)
        #expect(tenant.sessions.resumeGrace == .seconds(120) && tenant.sessions.multipleClients)
        #expect(
            tenant.history.enabled && tenant.history.retention == .seconds(30 * 86_400) && tenant.history.directMessages
        )
        #expect(!tenant.archive.enabled && tenant.archive.schedule == nil && tenant.archive.delay == .seconds(900))
        #expect(tenant.ircx.dialect == .pyircx && tenant.ircx.ownerPrefix == nil)
        #expect(tenant.quotas == .unlimited && tenant.motd.isEmpty && tenant.admins.isEmpty)
    }

    @Test func `every field of the specification is read`() async throws {
        let (resources, catalog, errors) = try await load(everything)
        #expect(errors.mistakes == [])
        let plan = try #require(resources.plans["team"]).spec
        #expect(plan.displayName == "Team" && plan.historyRetention == .seconds(30 * 86_400))
        let price = try #require(plan.price)
        #expect(price.currency == "EUR" && price.interval == .month && price.base == ExactDecimal("49"))
        #expect(price.prices.map(\.model) == [.graduated, .package, .unit])
        #expect(price.prices[0].tiers.map(\.upTo) == [100_000, nil])
        #expect(price.prices[0].tiers[1].unit.description == "0.00002")
        #expect(price.prices[1].size == 10_000 && price.prices[1].included == 100_000)

        let tenant = try #require(catalog.tenant(forHostname: "acme.chat.example.com"))
        #expect(tenant.displayName == "Acme Corp" && tenant.namespace == "chat" && tenant.state == .cordoned)
        #expect(tenant.motd == ["Welcome to Acme.", "", "Be kind."])
        #expect(tenant.admins.map(\.account) == ["alice"] && tenant.admins[0].password.reveal() == "secret")
        #expect(tenant.accounts.registration == .email && tenant.accounts.required)
        #expect(!tenant.accounts.registrationBeforeConnect && tenant.accounts.minimumPasswordLength == 12)
        #expect(tenant.accounts.nickOwnership == .strict && tenant.accounts.nickTimeout == .seconds(120))
        #expect(tenant.accounts.emailDomains == ["example.com", "edu"] && tenant.accounts.customAccountNames)
        #expect(tenant.accounts.refusedEmailDomains == ["trash.example"] && tenant.accounts.accountsPerEmail == 3)
        #expect(tenant.accounts.channelExpiry == .seconds(60 * 86_400) && tenant.accounts.anonymous)
        #expect(tenant.accounts.oauth?.issuer == "https://id.example.com/realms/chat")
        #expect(tenant.accounts.oauth?.audience == "chat" && tenant.accounts.oauth?.jwksURL == nil)
        #expect(tenant.accounts.oauth?.accountClaim == "nick" && tenant.accounts.oauth?.createsAccounts == true)
        #expect(tenant.accounts.saslMechanisms == [.scramSHA256] && tenant.accounts.rememberFor == .seconds(86_400))
        let list = try #require(tenant.settings.admission.dnsbl.first)
        #expect(list.zone == "dnsbl.example.org" && list.answers == ["127.0.0.2"] && list.action == .refuse)
        #expect(list.score == 0 && list.mask == 0 && list.reason == nil)
        #expect(tenant.settings.admission.score.refuse == 9 && tenant.settings.admission.proof.registration)
        #expect(tenant.settings.limits.rates == [CommandRate(.knock, 2, per: .seconds(300))])
        #expect(tenant.sessions.resumeGrace == .seconds(5400) && !tenant.sessions.multipleClients)
        #expect(
            tenant.history == HistorySettings(enabled: true, retention: .seconds(7 * 86_400), directMessages: false)
        )
        #expect(tenant.archive.enabled && tenant.archive.retention == .seconds(365 * 86_400))
        #expect(tenant.ircx.dialect == .draft && tenant.ircx.ownerPrefix == "~")
        #expect(tenant.planName == "team" && tenant.features == Set(Feature.allCases))

        let cell = try #require(resources.cells["default"]).spec
        #expect(cell.isDefault && cell.edge.shards == 2 && cell.edge.connectionsPerPod == 30_000)
        #expect(cell.edge.requests == ["cpu": "1", "memory": "512Mi"] && cell.edge.service.annotations == ["a": "b"])
        #expect(cell.edge.drainAnnouncement == .seconds(20) && cell.edge.drainGracePeriod == .seconds(240))
        #expect(cell.edge.autoscaling.scaleDownStabilization == .seconds(900) && cell.edge.autoscaling.maxReplicas == 9)
        #expect(cell.redis.map(\.secret.name) == ["roost-redis"] && cell.postgres?.key == "url")
        #expect(
            cell.archive?.s3?.bucket == "roost-archive" && cell.archive?.keysSecretRef.name == "keys"
                && cell.gateway?.namespace == "infra"
        )
        #expect(cell.trustedProxies == ["10.0.0.0/8", "2001:db8::/32"])
        #expect(cell.webirc?.networks == ["10.1.0.0/16"] && cell.webirc?.passwordSecretRef.name == "webirc")
        let mail = try #require(cell.edge.mail)
        #expect(mail.server.text == "smtps://mail.example.com:465" && mail.from == "chat@example.com")
        #expect(mail.username == "roost" && mail.passwordSecretRef?.key == "password" && mail.tls == .required)
    }

    @Test func `quotas come from the plan and the tenant overrides them one by one`() async throws {
        let (_, catalog, errors) = try await load(everything)
        #expect(errors.mistakes == [])
        let quotas = try #require(catalog.tenant(forHostname: "acme.chat.example.com")).quotas
        #expect(quotas.connections == Quota(limit: 800, mode: .soft, warnAt: [50]), "a number keeps mode and warnings")
        #expect(quotas.channels == Quota(limit: 10, mode: .hard, warnAt: [90]))
        #expect(quotas.accounts == Quota(limit: 1000))
        #expect(quotas.historyBytes.limit == 10 << 30 && quotas.archiveBytes.limit == 100_000_000_000)
        #expect(quotas.messagesPerSecond == .unlimited)
        #expect(quotas.connections.hardLimit == nil && quotas.channels.hardLimit == 10)
    }

    @Test func `what a tenant says reaches its edges, setting by setting`() async throws {
        let sample = CustomResource.root.appending(path: "Tests/PackagingTests/cases/documented.yaml")
        let (resources, catalog, _) = try await load(String(contentsOf: sample, encoding: .utf8))
        let written = try #require(resources.tenants.first).source.positions
        let settings = Definition.tenant.lines.map { $0.path.replacing("[]", with: "[0]") }
        let missing = settings.filter { !$0.hasPrefix("spec.quotas.") && written[$0] == nil }
        #expect(missing == [], "write them there: what nobody writes is not seen to arrive")
        let hosted = try #require(catalog.tenant(forHostname: "acme.chat.example.com"))
        let read = try ProjectedTenant(json: ProjectedTenant(hosted, uid: "u", generation: 1).json()).hosted
        #expect(read.settings == hosted.settings)
        #expect(read.quotas == hosted.quotas)
    }

    @Test func `what a cluster adds to an object is no error`() async throws {
        let (resources, _, errors) = try await load(
            """
            apiVersion: v1
            kind: List
            items:
            - apiVersion: roost.chat/v1alpha1
              kind: Plan
              metadata:
                {name: free, uid: u, resourceVersion: "7", generation: 2, labels: {a: b}, annotations: {c: d},
                managedFields: [{manager: kubectl}], creationTimestamp: 2026-01-02T03:04:05Z}
              status: {conditions: []}
            """
        )
        #expect(errors.isEmpty, "\(errors)")
        #expect(resources.plans["free"]?.metadata.creationTimestamp == "2026-01-02T03:04:05Z")
    }

    @Test func `JSON is read as well`() async throws {
        let text =
            #"{"apiVersion": "roost.chat/v1alpha1", "kind": "Plan", "metadata": {"name": "free"}, "spec": {"quotas": {"channels": 3}}}"#
        let (resources, _, errors) = try await load(text)
        #expect(errors.isEmpty)
        #expect(resources.plans["free"]?.spec.quotas[.channels]?.limit == 3)
    }

    @Test func `other kinds and hidden files are passed over`() async throws {
        let files = [
            "a.yml": freePlan, "b.txt": "no: [", ".hidden.yaml": "no: [", "c.yaml": "kind: Namespace\napiVersion: v1",
            "d.yaml": "# nothing but a comment\n---\n",
        ]
        try await withFolder(files) { folder in
            let (resources, errors) = ResourceSet.load(folder: folder.path)
            #expect(resources.plans.count == 1)
            #expect(errors.map(\.severity) == [.warning])
        }
    }

    @Test func `secrets are base64 or text and never printed`() async throws {
        let (resources, _, errors) = try await load(
            """
            apiVersion: v1
            kind: Secret
            metadata: {name: s}
            type: Opaque
            data: {a: aHVudGVyMgo=, b: aGlkZGVu}
            stringData: {b: shown}
            """
        )
        #expect(errors.isEmpty)
        let secret = try #require(resources.secret("s", in: "default"))
        #expect(secret.text("a")?.reveal() == "hunter2", "the line end of a file is no part of a password")
        #expect(secret.text("b")?.reveal() == "shown")
        #expect(secret.text("c") == nil)
        var dumped = ""
        dump(secret.text("a"), to: &dumped)
        #expect(!"\(secret) \(String(reflecting: secret)) \(dumped)".contains("hunter2"))
    }

    @Test func `the examples load without errors or warnings`() throws {
        let examples = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../k8s/examples").path
        let (resources, errors) = ResourceSet.load(folder: examples)
        let (catalog, more) = TenantCatalog.make(from: resources)
        #expect(errors + more == [])
        #expect(catalog.sorted.map(\.serverName) == ["acme.localhost", "globex.localhost"])
        #expect(catalog.tenant(forHostname: "acme.localhost")?.admins.map(\.account) == ["alice"])
        #expect(resources.plans.keys.sorted() == ["free", "team"])
    }

    private let everything = """
        apiVersion: roost.chat/v1alpha1
        kind: Plan
        metadata: {name: team}
        spec:
          displayName: Team
          overrides: {connections: 800}
          quotas:
            connections: {limit: 500, mode: Soft, warnAt: [50]}
            accounts: 1000
            channels: 200
            historyBytes: 10Gi
            archiveBytes: 100G
          history: {retention: 30d}
          features: [WebSocket, History, Archive, ArchivedHistory, Api]
          price:
            currency: EUR
            interval: Month
            base: "49.00"
            prices:
              - {meter: connection_minutes, model: Graduated, tiers: [{upTo: 100000, unit: "0"}, {unit: "0.00002"}]}
              - {meter: messages, model: Package, size: 10000, unit: "0.05", included: 100000}
              - {meter: archive_gib_months, model: Unit, unit: "0.03", minimum: "1", maximum: "2.50"}
        ---
        apiVersion: roost.chat/v1alpha1
        kind: Tenant
        metadata: {name: acme, namespace: chat}
        spec:
          displayName: Acme Corp
          hostnames: [acme.chat.example.com, acme.example.org]
          planRef: {name: team}
          cellRef: {name: default}
          state: Cordoned
          deletionPolicy: Delete
          quotas: {connections: 800, channels: {limit: 10, warnAt: [90]}}
          tls: {secretRef: {name: acme-tls}}
          motd: |
            Welcome to Acme.

            Be kind.
          admins:
            - {account: alice, passwordSecretRef: {name: acme-admin, key: password}}
          accounts: {registration: Email, registrationBeforeConnect: false, minimumPasswordLength: 12, nickOwnership: Strict, nickTimeout: 2m, channelExpiry: 60d, required: true, sasl: [SCRAM-SHA-256], rememberFor: 1d,
            emailDomains: [example.com, edu], refusedEmailDomains: [trash.example], accountsPerEmail: 3, customAccountNames: true, anonymous: true,
            oauth: {issuer: "https://id.example.com/realms/chat", audience: chat, accountClaim: nick, createAccounts: true}}
          admission: {dnsbl: [{zone: dnsbl.example.org, answers: [127.0.0.2], action: Refuse}], score: {refuse: 9}, proof: {registration: true}}
          limits: {rates: [{command: KNOCK, count: 2, per: 5m}]}
          sessions: {resumeGrace: 1h30m, multipleClients: false}
          history: {enabled: true, retention: 7d, directMessages: false}
          archive: {enabled: true, schedule: "0 4 * * 1-5", timeZone: Europe/Berlin, delay: 5m, retention: 365d, hold: {reason: case 7, by: legal}}
          ircx: {dialect: draft, ownerPrefix: "~"}
        status: {cell: default}
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: acme-admin, namespace: chat}
        stringData: {password: secret}
        ---
        apiVersion: roost.chat/v1alpha1
        kind: Cell
        metadata: {name: default}
        spec:
          default: true
          edge:
            image: ghcr.io/example/roost:1.0.0
            resources: {requests: {cpu: "1", memory: 512Mi}, limits: {memory: 1Gi}}
            shards: 2
            connectionsPerPod: 30000
            autoscaling:
              minReplicas: 2
              maxReplicas: 9
              targetConnections: 70
              targetLoopUtilization: 60
              bufferPods: 1
              scaleDown: {stabilization: 15m, maxPodsAtOnce: 1}
              fallbackReplicas: 4
            rollout: {maxSurge: 50}
            drain: {announce: 20s, gracePeriod: 4m, longest: 20m}
            service: {type: LoadBalancer, annotations: {a: b}}
            mail: {server: "smtps://mail.example.com", from: chat@example.com, username: roost, passwordSecretRef: {name: roost-mail, key: password}}
          redis: {urlSecretRef: {name: roost-redis, key: url}}
          postgres: {urlSecretRef: {name: roost-postgres, key: url}}
          archive: {s3: {endpoint: https://s3.example.com, region: eu-1, bucket: roost-archive, credentialsSecretRef: {name: s3}}, keysSecretRef: {name: keys}}
          tls: {secretRef: {name: chat-wildcard-tls}}
          routes: {gateway: {name: edge, namespace: infra}, trustedProxies: [10.0.0.0/8, "2001:db8::/32"],
            webirc: {networks: [10.1.0.0/16], passwordSecretRef: {name: webirc, key: password}}}
        """
}
