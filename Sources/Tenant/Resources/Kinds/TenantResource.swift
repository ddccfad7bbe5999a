/// One customer's chat network, as it is written: what `Tenant.spec` says.
///
/// Its plan is not in it; ``HostedTenant`` has both.
package struct TenantSpec: Hashable, Sendable {
    /// The names under which clients reach it, lower case, at least one; the first is its server name.
    package var hostnames: [String] = []
    /// The plan whose quotas and features hold.
    package var planRef = ObjectReference()
    /// The cell it lives in; `nil` means the default one.
    package var cellRef: ObjectReference?
    /// What deleting the object does.
    package var deletionPolicy: DeletionPolicy = .retain
    /// Overrides of the plan's quotas.
    package var quotas: [QuotaName: QuotaSpec] = [:]
    /// The `kubernetes.io/tls` secret with its certificate; `nil` means the cell's.
    package var tlsSecretRef: ObjectReference?
    /// Whether cert-manager is asked to fill that secret, where the platform has an issuer.
    package var tlsIssue = true
    /// Accounts that administer it and exist from the start.
    package var admins: [TenantAdmin] = []
    /// What its edges get as it is written.
    package var settings = TenantSettings()
}

/// A `Tenant` of group `roost.chat/v1alpha1`.
package struct TenantResource: Sendable {
    /// The object's name as an identifier.
    package let id: TenantID
    /// Name and namespace.
    package let metadata: ObjectMeta
    /// What it says.
    package let spec: TenantSpec
    /// Where it was written.
    package let source: ResourceSource
}

/// What deleting the object does.
package enum DeletionPolicy: String, Hashable, Sendable, CaseIterable {
    /// Data stays for 30 days and is erased then.
    case retain = "Retain"
    /// Data is erased at once.
    case delete = "Delete"
}

/// An administrator as it is written.
package struct TenantAdmin: Hashable, Sendable {
    /// The account's name.
    package var account = ""
    /// Where its password is.
    package var passwordSecretRef = SecretKeyReference()
}

extension TenantSpec: SettingsObject {
    static let settings: [Setting<Self>] =
        [
            Setting(
                "hostnames",
                \.hostnames,
                .list(of: .hostname, .set, most: 100, least: "[chat.example.com]"),
                required: "write at least one, such as [chat.example.com]",
                "Under which names clients reach it, unique over the cluster; the first one is its server's name."
            ),
            Setting(
                "planRef",
                \.planRef,
                .object,
                required: "name a Plan: planRef: {name: …}",
                "The Plan whose quotas and features hold."
            ),
            Setting(
                "cellRef",
                \.cellRef,
                .object,
                "The Cell it lives in, by default the one marked as default. Changing it moves the tenant."
            ),
            Setting(
                "deletionPolicy",
                \.deletionPolicy,
                .choice,
                "What deleting the object does. Retain: data stays for 30 days and is erased then. Delete: it is erased at once."
            ),
            Setting(
                "quotas",
                \.quotas,
                .object,
                "Overrides of the plan's quotas. What one leaves open comes from the plan."
            ),
            Setting.group(
                "tls",
                isOpen: true,
                "The tenant's own certificate; by default the cell's is used.",
                [
                    Setting(
                        "secretRef",
                        \.tlsSecretRef,
                        .object,
                        "A Secret of type kubernetes.io/tls in the tenant's namespace."
                    ),
                    Setting(
                        "issue",
                        \.tlsIssue,
                        .flag,
                        "Whether cert-manager is asked to fill the Secret, where the platform has an issuer."
                    ),
                ]
            ),
            Setting(
                "admins",
                \.admins,
                .list(of: .object, .objects(by: "account", \.account), most: 100),
                "Accounts that administer it and exist from the start."
            ),
        ] + Setting.all(of: \.settings, TenantSettings.settings)
}

extension TenantAdmin: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting(
            "account",
            \.account,
            .text(
                "account",
                "account name: use 1 to 32 letters, digits and -_.[]{}|^`\\",
                pattern: #"^[A-Za-z0-9\-_.\[\]{}|^`\\]{1,32}$"#,
                { AccountName.check($0) }
            ),
            required: "name the account",
            #"1 to 32 letters, digits and -_.[]{}|^`\"#
        ),
        Setting(
            "passwordSecretRef",
            \.passwordSecretRef,
            .object,
            required: "write passwordSecretRef: {name: …, key: password}",
            "The key of a Secret in the tenant's namespace that holds the password."
        ),
    ]
}

extension SettingType where Value == String {
    /// The name of a host; an address is none.
    static var hostname: SettingType {
        SettingType.text(
            "host name",
            "host name: write labels of small letters, digits and `-` with dots between, and no address",
            pattern: #"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$"#,
            maxLength: 253,
            // As an API server has it: one spelling alone.
            { name in DNSName.host(name).flatMap { $0 == name ? $0 : nil } }
        )
        .obeying([.init("!self.matches('(^|[.])[0-9]+$')", "an address is no host name")])
    }
}

extension SettingType where Value == ObjectReference {
    /// A reference to a certificate.
    static func certificate(_ says: String) -> SettingType {
        SettingType.object.within("secretRef", required: "write secretRef: {name: …}", says)
    }
}
