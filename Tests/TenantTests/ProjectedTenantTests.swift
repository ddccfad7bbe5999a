import Checks
import Foundation
import IRC
import Tenant
import Testing

/// SplitMix64: the same seed gives the same sequence.
private struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { self.state = seed }

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (self.state ^ (self.state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// A tenant on its way to the edges.
struct ProjectedTenantTests {
    @Test(arguments: 0..<200)
    func `what is written is read as it was, without any password`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let tenant = try Self.tenant(&random)
        let projected = ProjectedTenant(tenant, uid: "uid-\(seed)", generation: Int64(seed))
        let json = try projected.json()
        let read = try ProjectedTenant(json: json)
        #expect(read == projected)
        #expect(read.hosted.admins.isEmpty)
        #expect(read.admins == tenant.admins.map(\.account))
        #expect(!String(decoding: json, as: UTF8.self).contains("secret"))
        // But for the administrators it is the very tenant.
        #expect(ProjectedTenant(read.hosted, uid: read.uid, generation: read.generation).hosted == projected.hosted)
        #expect(read.hosted.quotas == tenant.quotas)
        #expect(read.hosted.features == tenant.features)
        #expect(read.hosted.serverName == tenant.serverName)
        #expect(try read.json() == json)
    }

    @Test func `a tenant goes on under the hostnames that are left to it`() throws {
        let hosted = HostedTenant(id: try .named("acme"), hostnames: ["a.example", "b.example"])
        let whole = ProjectedTenant(hosted, uid: "uid", generation: 7)
        let left = try #require(whole.without(["a.example"], state: .suspended))
        #expect(left.hosted.hostnames == ["b.example"] && left.hosted.serverName == "b.example")
        #expect(left.hosted.state == .suspended && left.uid == "uid" && left.generation == 7)
        #expect(whole.without(["c.example"], state: nil) == whole)
        #expect(whole.without(["a.example", "b.example"], state: nil) == nil)
    }

    @Test func `who has moved is told where to, and is suspended for whom does not know of that`() throws {
        let hosted = HostedTenant(id: try .named("acme"), displayName: "Acme", hostnames: ["a.example", "b.example"])
        let whole = ProjectedTenant(hosted, uid: "uid", generation: 7)
        let gone = whole.departed(saying: "Acme has moved", until: 99)
        let read = try ProjectedTenant(json: gone.json())
        #expect(read == gone && read.leavesAt == 99 && read.hosted.closedText.english == "Acme has moved")
        #expect(read.hosted.state == .suspended && read.hosted.hostnames == hosted.hostnames)
        #expect(read.without(["a.example"], state: nil)?.hosted.closedText.english == "Acme has moved")
        #expect(whole.hosted.closedText.english == "Acme is suspended")
        #expect(String(decoding: try gone.json(), as: UTF8.self).contains(#""state":"Suspended""#))
    }

    @Test func `keys that are absent take their defaults`() throws {
        let read = try ProjectedTenant(json: Data(#"{"id":"acme","hostnames":["chat.acme.example"]}"#.utf8))
        let id = try #require(TenantID("acme"))
        #expect(read.hosted == HostedTenant(id: id, hostnames: ["chat.acme.example"]))
        #expect(read.uid.isEmpty)
        #expect(read.generation == 0)
    }

    /// What a newer operator may write, and what is to be understood of it.
    private static let newer: [(json: String, holds: @Sendable (HostedTenant) -> Bool)] = [
        (#""state":"Frozen""#, { $0.state == .suspended }), (#""state":{"is":"Active"}"#, { $0.state == .suspended }),
        (#""state":null"#, { $0.state == .active }),
        (#""features":["History","Video"]"#, { $0.features == [.history] }),
        (
            #""accounts":{"registration":"Invite","sasl":["PLAIN","OAUTHBEARER"]}"#,
            { tenant in
                tenant.accounts.registration == .closed && tenant.accounts.saslMechanisms == [.plain]
            }
        ),
        (
            #""quotas":{"connections":{"limit":5,"mode":"Elastic"},"cameras":{"limit":1}}"#,
            { tenant in
                tenant.quotas.connections == Quota(limit: 5) && tenant.quotas.channels == .unlimited
            }
        ),
        (
            #""ircx":{"dialect":"klingon","ownerPrefix":"~"}"#,
            { $0.ircx.dialect == .pyircx && $0.ircx.ownerPrefix == "~" }
        ),
        (
            #""sessions":{"resumeGrace":"long"},"history":{"retention":"7d","depth":3}"#,
            { tenant in
                tenant.sessions == .standard && tenant.history.retention == .seconds(7 * 86_400)
                    && tenant.history.enabled
            }
        ),
        (
            #""sessions":7,"history":[],"archive":"yes","motd":1,"displayName":[]"#,
            { tenant in
                tenant.sessions == .standard && tenant.archive == .standard && tenant.displayName == "acme"
            }
        ),
        (#""hosting":{"region":"north"}"#, { $0.state == .active }),
    ]

    @Test(arguments: newer.indices)
    func `what a newer operator says is read as far as it is known, and never as more than it may mean`(
        index: Int
    ) throws {
        let (json, holds) = Self.newer[index]
        let text = #"{"id":"acme","hostnames":["chat.acme.example"],\#(json)}"#
        #expect(holds(try ProjectedTenant(json: Data(text.utf8)).hosted), "\(json)")
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"id":"acme"}"#, #"{"id":"acme","hostnames":[]}"#, #"{"id":".","hostnames":["a.example"]}"#,
        #"{"id":"Acme","hostnames":["a.example"]}"#, #"{"id":"acme","hostnames":["a.example"]"#,
    ])
    func `what has no usable name or hostname is an error`(json: String) {
        #expect(throws: DecodingError.self) { try ProjectedTenant(json: Data(json.utf8)) }
    }

    /// A part that must be as it was meant, and what is said of it.
    private static let unusable = [
        (#""quotas":7"#, "quotas is no object"), (#""quotas":["connections"]"#, "quotas is no object"),
        (#""quotas":{"connections":5}"#, "quotas.connections is no object"),
        (#""quotas":{"connections":{"limit":"5"}}"#, "quotas.connections.limit is no whole number"),
        (#""quotas":{"connections":{"limit":1.5}}"#, "quotas.connections.limit is no whole number"),
        (#""quotas":{"connections":{"limit":1e300}}"#, "quotas.connections.limit is no whole number"),
        (#""quotas":{"connections":{"limit":true}}"#, "quotas.connections.limit is no whole number"),
        (#""quotas":{"connections":{"limit":-1}}"#, "quotas.connections.limit is -1, not 0 to 10000000"),
        (
            #""quotas":{"messagesPerSecond":{"limit":9223372036854775807}}"#,
            "quotas.messagesPerSecond.limit is 9223372036854775807, not 0 to 1000000"
        ),
        (#""quotas":{"messagesPerSecond":{"limit":99999999999999999999}}"#, "limit is no whole number"),
        (#""quotas":{"channels":{"limit":1},"historyBytes":{"limit":{}}}"#, "historyBytes.limit is no whole number"),
        (#""history":{"retention":"soon"}"#, "history.retention is no duration of at most 36500d"),
        (#""history":{"retention":"36501d"}"#, "history.retention is no duration of at most 36500d"),
        (#""history":{"retention":7}"#, "history.retention is no duration of at most 36500d"),
        (#""archive":{"retention":"99999999d"}"#, "archive.retention is no duration of at most 36500d"),
        (#""accounts":{"emailDomains":"example.com"}"#, "accounts.emailDomains is no list of texts"),
        (#""accounts":{"refusedEmailDomains":[7]}"#, "accounts.refusedEmailDomains is no list of texts"),
        (#""accounts":{"accountsPerEmail":0}"#, "accounts.accountsPerEmail is 0, not 1 to 1000"),
        (#""admission":{"dnsbl":{"zone":"a.b"}}"#, "admission.dnsbl is no list of objects"),
        (#""admission":{"dnsbl":["a.b"]}"#, "admission.dnsbl is no list of objects"),
        (#""admission":{"dnsbl":[{"zone":"a.b","answers":7}]}"#, "answers is no list of texts"),
        (#""admission":{"proof":{"difficulty":64}}"#, "admission.proof.difficulty is 64, not 1 to 30"),
        (#""limits":{"rates":[{"command":"JOIN","count":0}]}"#, "count is 0, not 1 to 10000"),
    ]

    @Test(arguments: unusable.indices)
    func `a limit that cannot be used is an error that says which, and never none`(index: Int) throws {
        let (json, reason) = Self.unusable[index]
        let text = #"{"id":"acme","hostnames":["chat.acme.example"],\#(json)}"#
        let error = #expect(throws: DecodingError.self) { try ProjectedTenant(json: Data(text.utf8)) }
        #expect(try #require(error).reason.contains(reason))
    }

    @Test(arguments: [
        #""quotas":null"#, #""quotas":{}"#, #""quotas":{"connections":null}"#, #""quotas":{"connections":{}}"#,
        #""quotas":{"connections":{"limit":null,"mode":"Soft","warnAt":9}}"#, #""quotas":{"cameras":{"limit":-1}}"#,
    ])
    func `a limit that is not there is none`(json: String) throws {
        let text = #"{"id":"acme","hostnames":["chat.acme.example"],\#(json)}"#
        #expect(try ProjectedTenant(json: Data(text.utf8)).hosted.quotas.connections.limit == nil)
    }

    @Test func `no tenant is ever called as the cell's own`() {
        #expect(TenantID(TenantID.cell.text) == nil)
    }

    private static func tenant(_ random: inout SeededGenerator) throws -> HostedTenant {
        func pick<Value>(_ values: [Value]) throws -> Value { try #require(values.randomElement(using: &random)) }
        func some<Value>(_ values: [Value]) -> [Value] { values.filter { _ in Bool.random(using: &random) } }
        func time() -> Duration { .nanoseconds(Int64.random(in: 0...10_000_000_000_000, using: &random)) }
        let texts = ["", "a", "Üben & \"sagen\"\\", "🦜", "</script>", "a\nb", "\u{1}"]
        var quotas = Quotas.unlimited
        for name in some(QuotaName.allCases) {
            quotas[name] = Quota(
                limit: try pick([nil, 0, 5, name.bounds.upperBound]),
                mode: try pick(QuotaMode.allCases),
                warnAt: try pick([[], [50], [80, 100]])
            )
        }
        var tenant = HostedTenant(
            id: try #require(TenantID("t\(Int.random(in: 0...99, using: &random))")),
            displayName: try pick(texts),
            hostnames: try pick([["a.example"], ["b.example", "c.example"]]),
            state: try pick(TenantState.allCases),
            quotas: quotas,
            motd: some(texts),
            admins: some(["ann", "bob"]).map { AdminAccount(account: $0, password: Redacted("secret")) },
            history: HistorySettings(
                enabled: .random(using: &random),
                retention: time(),
                directMessages: .random(using: &random)
            ),
            features: Set(some(Feature.allCases)),
            planName: try pick(texts),
            namespace: "customers"
        )
        tenant.settings.moderation.checks = some(["flood", "words"]).map { name in
            var check = Check()
            (check.name, check.words, check.channels) = (name, some(["a", "\u{e4} b"]), some(["#a*"]))
            return check
        }
        tenant.settings.accounts.registration = try pick(AccountSettings.Registration.allCases)
        tenant.settings.icon = try pick([nil, "https://a.example/icon.png"])
        tenant.settings.clientTagDeny = some(["*", "-typing", "draft/react"])
        tenant.settings.admission.dnsbl = try (0..<Int.random(in: 0...3, using: &random)).map { number in
            var list = AddressList()
            list.zone = "z\(number).example.org"
            list.answers = some(["127.0.0.2", "127.0.0.3"])
            list.mask = .random(in: Bounds.listMask, using: &random)
            list.score = .random(in: Bounds.points, using: &random)
            list.action = try pick(AdmissionAction.allCases)
            list.reason = try pick([nil, "See %{ip}"])
            return list
        }
        tenant.settings.admission.score.withoutTLS = .random(in: Bounds.points, using: &random)
        tenant.settings.admission.score.failedRegistration = .random(in: Bounds.points, using: &random)
        tenant.settings.admission.score.failedLogin = .random(in: Bounds.points, using: &random)
        tenant.settings.admission.score.demandProof = .random(in: Bounds.points, using: &random)
        tenant.settings.admission.score.demandLogin = .random(in: Bounds.points, using: &random)
        tenant.settings.admission.score.refuse = .random(in: Bounds.points, using: &random)
        tenant.settings.admission.proof.registration = .random(using: &random)
        tenant.settings.admission.proof.difficulty = .random(in: Bounds.proofDifficulty, using: &random)
        tenant.settings.limits.rates = try (0..<Int.random(in: 0...3, using: &random)).map { _ in
            let per = Duration.seconds(Int.random(in: 1...86_400, using: &random))
            return CommandRate(
                try pick(CommandRate.Command.allCases),
                .random(in: Bounds.commands, using: &random),
                per: per
            )
        }
        tenant.settings.accounts.registrationBeforeConnect = .random(using: &random)
        tenant.settings.accounts.minimumPasswordLength = .random(in: 1...64, using: &random)
        tenant.settings.accounts.nickOwnership = try pick(AccountSettings.NickOwnership.allCases)
        tenant.settings.accounts.nickTimeout = time()
        tenant.settings.accounts.emailDomains = some(["example.com", "edu"])
        tenant.settings.accounts.refusedEmailDomains = some(["trash.example", "a.b"])
        tenant.settings.accounts.accountsPerEmail = .random(in: 1...1_000, using: &random)
        tenant.settings.accounts.customAccountNames = .random(using: &random)
        tenant.settings.accounts.channelExpiry = time()
        tenant.settings.accounts.required = .random(using: &random)
        tenant.settings.accounts.saslMechanisms = some(SASLMechanism.allCases)
        tenant.settings.accounts.rememberFor = time()
        tenant.settings.accounts.anonymous = .random(using: &random)
        if Bool.random(using: &random) {
            var oauth = OAuthSettings()
            (oauth.issuer, oauth.audience) = ("https://id.example", "chat")
            oauth.jwksURL = Bool.random(using: &random) ? "https://id.example/keys" : nil
            oauth.createsAccounts = .random(using: &random)
            tenant.settings.accounts.oauth = oauth
        }
        tenant.settings.sessions.resumeGrace = time()
        tenant.settings.sessions.multipleClients = .random(using: &random)
        tenant.settings.guests.directMessages = .random(using: &random)
        tenant.settings.guests.linksAfter = time()
        tenant.settings.guests.createChannels = .random(using: &random)
        tenant.settings.guests.maximumChannels = try pick([nil, 0, 5])
        tenant.settings.archive.enabled = .random(using: &random)
        tenant.settings.archive.schedule = try pick([nil, CronSchedule("0 0 * * *"), CronSchedule("15 3 * * 1-5")])
        tenant.settings.archive.timeZone = try pick(["Etc/UTC", "Europe/Berlin"])
        tenant.settings.archive.retention = time()
        if .random(using: &random) {
            tenant.settings.archive.hold = ArchiveHold()
            tenant.settings.archive.hold?.reason = "case 7"
        }
        tenant.settings.ircx.dialect = try pick(IRCXSettings.Dialect.allCases)
        tenant.settings.ircx.ownerPrefix = try pick([".", "~"])
        tenant.settings.channels.templates = some(["#a*", "#help-?"]).map { mask in
            var template = ChannelTemplate()
            template.mask = mask
            template.modes = [nil, "nt", "ms"].randomElement(using: &random) ?? nil
            template.topic = [nil, "Ask here"].randomElement(using: &random) ?? nil
            template.areModesLocked = .random(using: &random)
            return template
        }
        return tenant
    }
}
