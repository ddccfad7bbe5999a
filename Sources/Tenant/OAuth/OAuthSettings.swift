// By whose tokens people log in to a tenant, beside passwords and certificates (RFC 7628).

/// An issuer of tokens, and what of a token is whose account.
package struct OAuthSettings: Hashable, Sendable {
    /// Who issues tokens, exactly as these say it (`iss`).
    package var issuer = ""
    /// For whom tokens have to be (`aud`).
    package var audience = ""
    /// Where the issuer's keys are; nil if its OpenID configuration says it.
    package var jwksURL: String?
    /// Which claim is the account's name.
    package var accountClaim = "preferred_username"
    /// Whether an account is made at the first log-in.
    package var createsAccounts = false

    /// Takes what holds where nothing is said.
    package init() {}

    /// Where the issuer says where its keys are (OpenID Connect Discovery section 4).
    package var configurationURL: String {
        let issuer = self.issuer.hasSuffix("/") ? self.issuer.dropLast() : self.issuer[...]
        return issuer + "/.well-known/openid-configuration"
    }
}

extension OAuthSettings: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting(
            "issuer",
            \.issuer,
            Self.url,
            required: "write issuer: https://id.example.com/realms/chat, as tokens say it (iss)",
            "Who issues tokens, exactly as these say it (iss). Edges connect there, to addresses on the internet alone unless they are told else."
        ),
        Setting(
            "audience",
            \.audience,
            .line,
            required: "write audience: for whom tokens have to be (aud), such as the client's id",
            "For whom tokens have to be (aud), such as the id of the client at the issuer."
        ),
        Setting(
            "jwksURL",
            \.jwksURL,
            Self.url,
            "Where the issuer's keys are (JWKS). By default where its OpenID configuration says, at .well-known/openid-configuration below issuer."
        ),
        Setting(
            "accountClaim",
            \.accountClaim,
            .text(
                "claim",
                "claim: write its name, such as preferred_username",
                pattern: "^[A-Za-z0-9_.:/-]{1,100}$",
                { text in
                    let isOne = 1...100 ~= text.utf8.count && text.utf8.allSatisfy(Self.isOfClaim)
                    return isOne ? text : nil
                }
            ),
            "Which claim of a token is the account's name. Whoever can choose what it says logs in to any account."
        ),
        Setting(
            "createAccounts",
            \.createsAccounts,
            .flag,
            "Whether an account is made at the first log-in by a token; otherwise there has to be one of that name."
        ),
    ]

    private static func isOfClaim(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "_.:/-".utf8.contains(byte)
        }
    }

    /// The same form as ``PushEndpoint`` has, without what is asked behind a path.
    private static let url: SettingType<String> = {
        let label = DNSName.labelPattern
        // 443, and those that the system does not keep for itself.
        let port =
            "443|102[4-9]|10[3-9][0-9]|1[1-9][0-9]{2}|[2-9][0-9]{3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}"
            + "|655[0-2][0-9]|6553[0-5]"
        return SettingType<String>.text(
            "URL",
            "URL: write one such as https://id.example.com/realms/chat, with a name and no query",
            pattern: "^https://\(label)([.]\(label))*(:(\(port)))?(/[A-Za-z0-9._~!$&'()*+,;=:%/-]*)?$",
            maxLength: Self.longestURL
        ) { text in
            guard text.utf8.count <= Self.longestURL, let endpoint = PushEndpoint(text), endpoint.port > 0,
                !text.contains("?"), !text.contains("["), !text.contains("]")
            else { return nil }
            // Of hosts nobody writes other capitals; a token's `iss` is compared as it is.
            return text.dropFirst("https://".count).hasPrefix(endpoint.host) ? text : nil
        }
        .obeying([.init("!self.matches('^https://([^/:]*[.])?[0-9]+([:/]|$)')", "an address is no host name")])
    }()

    private static let longestURL = 300
}

extension SettingType where Value == OAuthSettings {
    /// An issuer; what a projection says without knowing whose tokens they are is passed over.
    static var issuer: SettingType {
        var type = SettingType.object
        type.decode = { object, key, _ in
            guard let inner = try object.whole(key) else { return nil }
            var value = OAuthSettings()
            try value.take(from: inner)
            return value.issuer.isEmpty || value.audience.isEmpty ? nil : value
        }
        return type
    }
}
