// Who is let in, beside quotas and bans: what lists of addresses say, and what that and a few facts come to.

/// What a tenant asks of those who come.
package struct AdmissionSettings: Hashable, Sendable {
    /// Lists of addresses that are asked for everybody who comes, in their order.
    package var dnsbl: [AddressList] = []
    /// What speaks against somebody, added up.
    package var score = AdmissionScore()
    /// The work that somebody shows.
    package var proof = ProofSettings()

    /// Whether anybody may be asked for work.
    package var asksForProofs: Bool {
        self.proof.registration || self.score.demandProof > 0 || self.dnsbl.contains { $0.action == .demandProof }
    }

    /// What holds where nothing is said: nobody is asked for.
    package static let standard = AdmissionSettings()

    /// Takes what holds where nothing is said.
    package init() {}
}

/// What is done with somebody against whom something speaks, the mildest first.
package enum AdmissionAction: String, Hashable, Sendable, CaseIterable, Comparable {
    /// It is noted, and counts for the score.
    case mark = "Mark"
    /// Whoever shows some work, or logs in, is let in.
    case demandProof = "DemandProof"
    /// Whoever logs in is let in.
    case demandLogin = "DemandLogin"
    /// Nobody is let in.
    case refuse = "Refuse"

    private var weight: Int {
        switch self {
        case .mark: 0
        case .demandProof: 1
        case .demandLogin: 2
        case .refuse: 3
        }
    }

    package static func < (left: Self, right: Self) -> Bool { left.weight < right.weight }
}

/// A list of addresses in the DNS (RFC 5782).
package struct AddressList: Hashable, Sendable {
    /// Its zone.
    package var zone = ""
    /// Which answers count; none for all.
    package var answers: [String] = []
    /// Of which bits of an answer's last three bytes one has to be set; zero for none.
    package var mask = 0
    /// What it adds to the score.
    package var score = 0
    /// What is done with who is in it.
    package var action: AdmissionAction = .mark
    /// What they are told, `%{ip}` being their address; nil for words of the server's own.
    package var reason: String?

    /// Takes what holds where nothing is said.
    package init() {}

    /// Whether an answer says that somebody is in it.
    ///
    /// What is no address of 127.0.0.0/8 says nothing: it is some provider's word for a name that there is not.
    package func counts(_ answer: UInt32) -> Bool {
        guard answer >> 24 == 127 else { return false }
        if self.mask != 0, answer & UInt32(clamping: self.mask) == 0 { return false }
        return self.answers.isEmpty || self.answers.contains(IPAddress(version4: answer).description)
    }
}

/// What speaks against somebody, by points, and from how many on something is done.
package struct AdmissionScore: Hashable, Sendable {
    /// Not connected by TLS.
    package var withoutTLS = 0
    /// For each account that could not be registered from there in the last hour.
    package var failedRegistration = 0
    /// For each log-in that failed from there in the last hour.
    package var failedLogin = 0
    /// From how many points on whoever shows some work is let in; zero for never.
    package var demandProof = 0
    /// From how many points on whoever logs in is let in; zero for never.
    package var demandLogin = 0
    /// From how many on nobody is let in; zero for never.
    package var refuse = 0

    /// Takes what holds where nothing is said.
    package init() {}

    /// Whether nothing is done, whatever it comes to.
    package var isOff: Bool { self.demandProof == 0 && self.demandLogin == 0 && self.refuse == 0 }

    /// What is done at so many points; nil for nothing.
    package func action(at points: Int) -> AdmissionAction? {
        if self.refuse > 0, points >= self.refuse { return .refuse }
        if self.demandLogin > 0, points >= self.demandLogin { return .demandLogin }
        if self.demandProof > 0, points >= self.demandProof { return .demandProof }
        return nil
    }
}

/// The work that somebody shows: a number by which a hash begins with so many zero bits.
package struct ProofSettings: Hashable, Sendable {
    /// Whether who registers an account shows some.
    package var registration = false
    /// With how many zero bits the hash begins: each more is twice the work.
    package var difficulty = 18

    /// Takes what holds where nothing is said.
    package init() {}
}

extension AdmissionSettings: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting(
            "dnsbl",
            \.dnsbl,
            .objects(by: "zone", \.zone, most: 8),
            "Lists of addresses in the DNS (DNSBL) that are asked for everybody who comes, but for those from loopback and private addresses. By default none."
        ),
        Setting(
            "score",
            \.score,
            .object,
            "What speaks against somebody, by points that are added to those of the lists, and from how many on something is done."
        ),
        Setting(
            "proof",
            \.proof,
            .object,
            "The work that somebody shows who is asked for it (FAIL PROOF_REQUIRED), in a browser or by PROOF."
        ),
    ]
}

extension AddressList: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting(
            "zone",
            \.zone,
            .hostname,
            required: "write zone: dnsbl.example.org, the list's zone",
            "The list's zone."
        ),
        Setting(
            "answers",
            \.answers,
            .list(of: Self.answer, .set, most: 32).projected { try $0.texts($1) },
            "Which of the list's answers count, such as 127.0.0.2; by default all of 127.0.0.0/8, and nothing else ever does."
        ),
        Setting(
            "mask",
            \.mask,
            .integer(Bounds.listMask),
            "Of which bits of the answer's last three bytes one has to be set; 0 for none."
        ),
        Setting("score", \.score, .integer(Bounds.points), "How many points it adds for who is in it."),
        Setting(
            "action",
            \.action,
            .choice(unknown: .demandLogin),
            "What is done with who is in it. Mark: it is counted and logged. DemandProof: who shows some work, or logs in, is let in. DemandLogin: who logs in (SASL) is. Refuse: nobody is."
        ),
        Setting(
            "reason",
            \.reason,
            .line,
            "What they are told, %{ip} being their address, such as a page where one gets off the list."
        ),
    ]

    private static let answer = SettingType<String>.text(
        "address",
        "address of 127.0.0.0/8: write one such as 127.0.0.2",
        pattern: "^127([.](25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])){3}$",
        maxLength: 15
    ) { text in
        guard let address = IPAddress(text), address.isVersion4, address.bytes[0] == 127 else { return nil }
        return address.description == text ? text : nil
    }
}

extension AdmissionScore: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting("withoutTLS", \.withoutTLS, .integer(Bounds.points), "Points for who does not come by TLS."),
        Setting(
            "failedRegistration",
            \.failedRegistration,
            .integer(Bounds.points),
            "Points for each account that could not be registered from the same address in the last hour, as far as the edge knows."
        ),
        Setting(
            "failedLogin",
            \.failedLogin,
            .integer(Bounds.points),
            "Points for each log-in that failed from there, likewise."
        ),
        Setting(
            "demandProof",
            \.demandProof,
            .integer(Bounds.points),
            "From how many points on somebody has to show some work, or log in; 0 for never."
        ),
        Setting(
            "demandLogin",
            \.demandLogin,
            .integer(Bounds.points),
            "From how many points on somebody has to log in (SASL); 0 for never."
        ),
        Setting(
            "refuse",
            \.refuse,
            .integer(Bounds.points),
            "From how many points on nobody is let in; 0 for never."
        ),
    ]
}

extension ProofSettings: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting(
            "registration",
            \.registration,
            .flag,
            "Whether people show some before they register an account."
        ),
        Setting(
            "difficulty",
            \.difficulty,
            .integer(Bounds.proofDifficulty),
            "How much: with how many zero bits a hash has to begin, each more being twice the work. 18 takes a browser a few seconds."
        ),
    ]
}
