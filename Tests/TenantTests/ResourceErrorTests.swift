import Tenant
import Testing

/// A file that is wrong, and what its author is told.
struct BrokenFile: Sendable, CustomTestStringConvertible {
    let line: Int
    let field: String?
    let reason: ResourceError.Reason
    let message: String
    let yaml: String

    init(_ line: Int, _ field: String?, _ reason: ResourceError.Reason, _ message: String, _ yaml: String) {
        self.line = line
        self.field = field
        self.reason = reason
        self.message = message
        self.yaml = yaml
    }

    /// A tenant whose `spec` is right in lines 1 to 6, then these lines from 7 on.
    static func tenant(
        _ line: Int,
        _ field: String,
        _ reason: ResourceError.Reason,
        _ message: String,
        _ spec: String
    ) -> BrokenFile {
        BrokenFile(line, field, reason, message, tenantYAML(spec: spec) + "\n---\n" + freePlan)
    }

    /// A plan with these lines of `spec` from line 5 on.
    static func plan(
        _ line: Int,
        _ field: String,
        _ reason: ResourceError.Reason,
        _ message: String,
        _ spec: String
    ) -> BrokenFile {
        BrokenFile(line, field, reason, message, freePlan + "\nspec:\n" + spec)
    }

    var testDescription: String { self.field ?? self.message }
}

@Suite struct `Broken files` {
    @Test(arguments: [
        BrokenFile.tenant(
            7,
            "spec.quotas.conections",
            .unknownField,
            "did you mean `connections`?",
            "  quotas: {conections: 5}"
        ),
        .tenant(7, "spec.colour", .unknownField, "known here: hostnames, planRef", "  colour: red"),
        .tenant(
            8,
            "spec.quotas.connections",
            .wrongType,
            "is a string where a whole number is due",
            "  quotas:\n    connections: many"
        ),
        .tenant(7, "spec.quotas.connections", .wrongType, "`1.5` is no whole number", "  quotas: {connections: 1.5}"),
        .tenant(7, "spec.quotas.connections", .badValue, "-1 is out of bounds", "  quotas: {connections: -1}"),
        .tenant(
            7,
            "spec.quotas.channels.limit",
            .missing,
            "write the most that is allowed",
            "  quotas: {channels: {mode: Soft}}"
        ),
        .tenant(
            7,
            "spec.quotas.channels.mode",
            .badValue,
            "did you mean Hard? Choose one of Hard, Soft",
            "  quotas: {channels: {limit: 1, mode: hard}}"
        ),
        .tenant(
            7,
            "spec.quotas.channels.warnAt[1]",
            .badValue,
            "101 is out of bounds: write 1 to 100",
            "  quotas: {channels: {limit: 1, warnAt: [80, 101]}}"
        ),
        .tenant(
            7,
            "spec.quotas.historyBytes",
            .badValue,
            "`10Gb` is no size: write a quantity such as 500M or 10Gi",
            "  quotas: {historyBytes: 10Gb}"
        ),
        .tenant(
            7,
            "spec.sessions.resumeGrace",
            .badValue,
            "`soon` is no duration: write a number with a unit, such as 90s",
            "  sessions: {resumeGrace: soon}"
        ),
        .tenant(
            7,
            "spec.sessions.resumeGrace",
            .wrongType,
            "90 has no unit: write a duration such as 90s",
            "  sessions: {resumeGrace: 90}"
        ),
        .tenant(
            7,
            "spec.sessions.multipleClients",
            .wrongType,
            "write true or false",
            "  sessions: {multipleClients: yes}"
        ),
        .tenant(7, "spec.sessions", .wrongType, "is a list where fields are due", "  sessions: [1]"),
        .tenant(7, "spec.state", .badValue, "did you mean Suspended?", "  state: suspended"),
        .tenant(7, "spec.displayName", .wrongType, "write it in quotes, \"4711\"", "  displayName: 4711"),
        .tenant(7, "spec.admins", .wrongType, "is an object where a list is due", "  admins: {account: alice}"),
        .tenant(
            7,
            "spec.admins[0].passwordSecretRef",
            .missing,
            "write passwordSecretRef",
            "  admins: [{account: alice}]"
        ),
        .tenant(
            7,
            "spec.admins[0].account",
            .badValue,
            "`al ice` is no account name",
            "  admins: [{account: al ice, passwordSecretRef: {name: s, key: k}}]"
        ),
        .tenant(
            7,
            "spec.admins[0].passwordSecretRef.name",
            .notFound,
            "there is no Secret `s` in namespace `default`",
            "  admins: [{account: alice, passwordSecretRef: {name: s, key: k}}]"
        ),
        .tenant(
            7,
            "spec.accounts.sasl[1]",
            .badValue,
            "Choose one of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, EXTERNAL",
            "  accounts: {sasl: [PLAIN, NTLM]}"
        ),
        .tenant(
            7,
            "spec.accounts.sasl[1]",
            .duplicate,
            "occurs already as spec.accounts.sasl[0]",
            "  accounts: {sasl: [PLAIN, PLAIN]}"
        ),
        .tenant(
            7,
            "spec.archive.schedule",
            .badValue,
            "write continuous, or five cron fields",
            "  archive: {schedule: daily}"
        ),
        .tenant(7, "spec.ircx.ownerPrefix", .badValue, "`@` is no owner prefix", "  ircx: {ownerPrefix: \"@\"}"),
        .tenant(
            7,
            "spec.history.retention",
            .notInPlan,
            "60d exceeds what the plan `free` allows: write 30d or less",
            "  history: {retention: 60d}"
        ),
        .tenant(
            8,
            "spec.state",
            .duplicate,
            "is already set in line 7: remove one of them",
            "  state: Active\n  state: Suspended"
        ),
        .tenant(
            7,
            "spec.serverName",
            .badValue,
            "`Other.example` is none of the hostnames",
            "  serverName: Other.example"
        ),
        // Numbers that YAML 1.1, YAML 1.2 and Kubernetes read differently.
        .tenant(7, "spec.quotas.connections", .badValue, "`010` is octal to some", "  quotas: {connections: 010}"),
        .tenant(7, "spec.quotas.channels", .badValue, "`+5` is a number to some", "  quotas: {channels: +5}"),
        .tenant(7, "spec.quotas.channels", .wrongType, "`0o10` is no whole number", "  quotas: {channels: 0o10}"),
        .tenant(7, "spec.quotas.channels", .badValue, "`0_7` is octal to some", "  quotas: {channels: 0_7}"),
        .tenant(7, "spec.quotas.channels", .wrongType, "`1_000` is no whole number", "  quotas: {channels: 1_000}"),
        .tenant(7, "spec.quotas.historyBytes", .badValue, "`0100` is octal to some", "  quotas: {historyBytes: 0100}"),
        .tenant(7, "spec.quotas.historyBytes", .badValue, "`0x10` is no size", "  quotas: {historyBytes: 0x10}"),
        .tenant(7, "spec.motd", .badValue, "holds a carriage return or NUL", "  motd: \"a\\rb\""),
        .plan(5, "spec.price.currency", .missing, "write a currency code such as EUR", "  price: {base: \"1\"}"),
        .plan(
            5,
            "spec.price.base",
            .wrongType,
            "write it in quotes, \"49.00\"",
            "  price: {currency: EUR, base: 49.00}"
        ),
        .plan(5, "spec.price.base", .badValue, "`1,5` is no decimal number", "  price: {currency: EUR, base: \"1,5\"}"),
        .plan(
            5,
            "spec.price.prices[0].tiers[1].upTo",
            .badValue,
            "10 does not exceed the tier before, 10",
            "  price: {currency: EUR, prices: [{meter: m, model: Volume, tiers: [{upTo: 10, unit: \"1\"}, {upTo: 10, unit: \"1\"}, {unit: \"1\"}]}]}"
        ),
        .plan(
            5,
            "spec.price.prices[0].tiers[0].upTo",
            .badValue,
            "add a tier without upTo",
            "  price: {currency: EUR, prices: [{meter: m, model: Graduated, tiers: [{upTo: 10, unit: \"1\"}]}]}"
        ),
        .plan(
            5,
            "spec.price.prices[0].size",
            .missing,
            "how many units a package has",
            "  price: {currency: EUR, prices: [{meter: m, model: Package, unit: \"1\"}]}"
        ),
        .plan(
            5,
            "spec.price.prices[0].tiers",
            .unknownField,
            "is no field",
            "  price: {currency: EUR, prices: [{meter: m, model: Unit, unit: \"1\", tiers: []}]}"
        ),
        .plan(5, "spec.features[0]", .badValue, "did you mean History?", "  features: [history]"),
        BrokenFile(
            4,
            "spec.hostnames",
            .missing,
            "write at least one",
            "apiVersion: roost.chat/v1alpha1\nkind: Tenant\nmetadata: {name: a}\nspec: {planRef: {name: p}}"
        ),
        BrokenFile(
            4,
            "spec.hostnames[0]",
            .badValue,
            "`10.0.0.1` is no host name",
            "apiVersion: roost.chat/v1alpha1\nkind: Tenant\nmetadata: {name: a}\nspec: {hostnames: [10.0.0.1], planRef: {name: p}}"
        ),
        BrokenFile(
            4,
            "spec.planRef.name",
            .notFound,
            "there is no Plan `p`: add a Plan of this name",
            "apiVersion: roost.chat/v1alpha1\nkind: Tenant\nmetadata: {name: a}\nspec: {hostnames: [a.b], planRef: {name: p}}"
        ),
        BrokenFile(
            3,
            "metadata.name",
            .badValue,
            "`A` is no object name",
            "apiVersion: roost.chat/v1alpha1\nkind: Plan\nmetadata: {name: A}"
        ),
        BrokenFile(
            3,
            "metadata.name",
            .badValue,
            "`a.b` is no tenant name",
            "apiVersion: roost.chat/v1alpha1\nkind: Tenant\nmetadata: {name: a.b}\nspec: {hostnames: [a.b], planRef: {name: p}}"
        ),
        BrokenFile(1, "metadata", .missing, "write metadata: {name: …}", "apiVersion: roost.chat/v1alpha1\nkind: Plan"),
        BrokenFile(
            2,
            "kind",
            .badValue,
            "did you mean Tenant?",
            "apiVersion: roost.chat/v1alpha1\nkind: Tennant\nmetadata: {name: a}"
        ),
        BrokenFile(
            1,
            "apiVersion",
            .badValue,
            "write roost.chat/v1alpha1",
            "apiVersion: roost.chat/v1\nkind: Plan\nmetadata: {name: a}"
        ),
        BrokenFile(2, "kind", .otherKind, "passed over", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}"),
        BrokenFile(1, nil, .wrongType, "is no resource", "just text"),
        BrokenFile(6, nil, .syntax, "is no YAML", "# a comment\n\n---\na: b\nb: [\n"),
        BrokenFile(
            4,
            "data.password",
            .badValue,
            "is no base64: encode the value",
            "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {password: '###'}"
        ),
        BrokenFile(
            6,
            "spec.edge.shards",
            .badValue,
            "0 is out of bounds",
            "apiVersion: roost.chat/v1alpha1\nkind: Cell\nmetadata: {name: c}\nspec:\n  edge:\n    shards: 0"
        ),
    ])
    func `the author is told file, line, field and what to do`(broken: BrokenFile) async throws {
        let (_, _, errors) = try await load(broken.yaml)
        let error = try #require(errors.first)
        #expect(errors.count == 1, "\(errors)")
        #expect(error.file.hasSuffix("/a.yaml"))
        #expect(error.line == broken.line, "\(error)")
        #expect(error.field == broken.field, "\(error)")
        #expect(error.reason == broken.reason, "\(error)")
        #expect(error.message.contains(broken.message), "\(error)")
    }

    @Test func `one reading names every error of every document`() async throws {
        let (resources, _, errors) = try await load(
            tenantYAML("acme", spec: "  state: gone\n  colour: red\n  sessions: {resumeGrace: 1x}") + "\n---\n"
                + freePlan + "\n---\n{ not: closed\n---\n" + tenantYAML("globex", spec: "  motd: [1]")
        )
        #expect(
            errors.map { "\($0.line ?? 0) \($0.resource ?? "-") \($0.field ?? "-") \($0.reason)" } == [
                "7 Tenant acme spec.state badValue", "9 Tenant acme spec.sessions.resumeGrace badValue",
                "8 Tenant acme spec.colour unknownField", "16 - - syntax", "23 Tenant globex spec.motd wrongType",
            ]
        )
        #expect(resources.plans.keys.sorted() == ["free"], "what is right goes on")
    }

    @Test func `an error reads as one line that an editor can jump to`() async throws {
        try await withFolder(["acme.yaml": tenantYAML(spec: "  colour: red"), "plan.yaml": freePlan]) { folder in
            let (_, errors) = ResourceSet.load(folder: folder.path)
            let text = try #require(errors.first).description
            #expect(text.hasPrefix("\(folder.path)/acme.yaml:7:3: Tenant acme: spec.colour: is no field: known here: "))
            #expect(!text.contains("\n"))
        }
    }

    @Test func `keys that occur twice are each named with their field`() async throws {
        let (_, _, errors) = try await load(
            tenantYAML(spec: "  motd: a\n  quotas: {channels: 1, 'channels': 2}\n  motd: b") + "\n---\n" + freePlan
        )
        #expect(errors.map { "\($0.line ?? 0) \($0.field ?? "")" } == ["9 spec.motd", "8 spec.quotas.channels"])
        #expect(errors.allSatisfy { $0.reason == .duplicate })
    }

    @Test func `a name that is given twice stays with the first one`() async throws {
        let (resources, _, errors) = try await load(
            tenantYAML(spec: "  motd: first") + "\n---\n" + tenantYAML(spec: "  motd: second") + "\n---\n" + freePlan
        )
        #expect(resources.tenants.map(\.spec.settings.motd) == [["first"]])
        #expect(errors.map(\.reason) == [.duplicate])
        #expect(try #require(errors.first).message.contains("Tenant acme is described already in"))
        #expect(try #require(errors.first).line == 11)
    }

    @Test func `a missing folder is an error and no crash`() {
        let (resources, errors) = ResourceSet.load(folder: "/nonexistent/roost")
        #expect(resources.tenants.isEmpty)
        #expect(errors.map(\.reason) == [.unreadable])
    }

    @Test func `no message shows a secret`() async throws {
        let (_, _, errors) = try await load(
            "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {a: 'hunter2!'}\nstringData: {b: 4711}"
        )
        #expect(errors.count == 2)
        #expect(errors.allSatisfy { !$0.description.contains("hunter2") && !$0.description.contains("4711") })
    }
}
