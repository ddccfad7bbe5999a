// Whom the edges of a cell ask about what does not come from clients: issuers of tokens, and name servers.

/// What the edges of a cell need for the issuers of tokens that tenants name.
package struct CellOAuth: Hashable, Sendable {
    /// Networks that may be connected to although they are special: those of an issuer of one's own.
    package var networks: [String] = []
    /// Certificates in PEM that prove such an issuer, beside the system's.
    package var authoritiesSecretRef: SecretKeyReference?
}

extension CellOAuth: SettingsObject {
    /// Where nobody wrote it edges are let out to no issuer.
    static var isOpen: Bool { true }

    static let settings: [Setting<Self>] = [
        Setting(
            "networks",
            \.networks,
            .list(of: .network, .plain, most: 100),
            """
            Networks that edges may connect to for an issuer's keys although these are not on the internet, such as 10.20.0.0/16 \
            of an issuer of your own. By default none.
            """
        ),
        Setting(
            "authoritiesSecretRef",
            \.authoritiesSecretRef,
            .object,
            """
            The key of a Secret in the operator's namespace that holds certificates in PEM, by which issuers prove who they are \
            beside the system's. Edges read it when they start: they need it to be there, and are replaced when it changes.
            """
        ),
    ]
}

extension SettingType where Value == NameServerAddress {
    /// A name server.
    static var nameServer: SettingType {
        let expected = "name server: write an address such as 10.0.0.10, 10.0.0.10:5353 or [2001:db8::1]:53"
        return SettingType(
            "address",
            Schema([
                "type": "string", "pattern": .text(NameServerAddress.pattern),
                "maxLength": .integer(NameServerAddress.maximumBytes),
            ]),
            read: { $0.parsed(expected) { NameServerAddress($0) } },
            plain: { .text($0.text) }
        )
    }
}
