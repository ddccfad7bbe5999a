import Yams

/// One customer's chat network, as it is written: what `Tenant.spec` says.
///
/// Its plan is not in it; ``HostedTenant`` has both.
package struct TenantSpec: Hashable, Sendable {
    /// The name that people see, by default the object's.
    package let displayName: String
    /// The names under which clients reach it, lower case, at least one; the first is its server name.
    package let hostnames: [String]
    /// The plan whose quotas and features hold.
    package let planRef: ObjectReference
    /// The cell it lives in; `nil` means the default one.
    package let cellRef: ObjectReference?
    /// Whether it may be used, by default ``TenantState/active``.
    package let state: TenantState
    /// What deleting the object does, by default ``DeletionPolicy/retain``.
    package let deletionPolicy: DeletionPolicy
    /// Overrides of the plan's quotas.
    package let quotas: [QuotaName: QuotaSpec]
    /// The `kubernetes.io/tls` secret with its certificate; `nil` means the cell's.
    package let tlsSecretRef: ObjectReference?
    /// The message of the day, in lines; empty if there is none.
    package let motd: [String]
    /// Accounts that administer it and exist from the start.
    package let admins: [TenantAdmin]
    /// Who gets an account and how one logs in.
    package let accounts: AccountSettings
    /// What happens when connections break or come twice.
    package let sessions: SessionSettings
    /// What is kept of conversations.
    package let history: HistorySpec
    /// What is archived.
    package let archive: ArchiveSettings
    /// How IRCX looks here.
    package let ircx: IRCXSettings
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

/// Whether a tenant may be used.
package enum TenantState: String, Hashable, Sendable, CaseIterable {
    /// Everything works.
    case active = "Active"
    /// Nobody may connect, and existing sessions end.
    case suspended = "Suspended"
    /// No new sessions; existing ones stay.
    case cordoned = "Cordoned"
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
    package let account: String
    /// Where its password is.
    package let passwordSecretRef: SecretKeyReference
}

extension TenantSpec {
    static func read(_ cursor: FieldCursor, name: String) -> TenantSpec? {
        cursor.required("write hostnames and planRef").object { fields in
            let displayName = fields["displayName"].line()
            let hostnames = Self.readHostnames(fields["hostnames"])
            let planRef = ObjectReference.read(fields["planRef"].required("name a Plan: planRef: {name: …}"))
            let cellRef = ObjectReference.read(fields["cellRef"])
            let state = fields["state"].choice(TenantState.self)
            let deletionPolicy = fields["deletionPolicy"].choice(DeletionPolicy.self)
            let quotas = QuotaSpec.readAll(fields["quotas"])
            let tls = ObjectReference.readNested(fields["tls"])
            let motd = fields["motd"].lines()
            let admins = fields["admins"].distinct(by: \.account, TenantAdmin.read)
            let accounts = AccountSettings.read(fields["accounts"])
            let sessions = SessionSettings.read(fields["sessions"])
            let history = HistorySpec.read(fields["history"])
            let archive = ArchiveSettings.read(fields["archive"])
            let ircx = IRCXSettings.read(fields["ircx"])
            guard let hostnames, let planRef else { return nil }
            return TenantSpec(
                displayName: displayName ?? name,
                hostnames: hostnames,
                planRef: planRef,
                cellRef: cellRef,
                state: state ?? .active,
                deletionPolicy: deletionPolicy ?? .retain,
                quotas: quotas,
                tlsSecretRef: tls,
                motd: motd ?? [],
                admins: admins ?? [],
                accounts: accounts,
                sessions: sessions,
                history: history,
                archive: archive,
                ircx: ircx
            )
        }
    }

    private static func readHostnames(_ cursor: FieldCursor) -> [String]? {
        let names = cursor.required("write at least one, such as [chat.example.com]").distinct(by: { $0 }) {
            $0.parsed(
                "host name: write labels of letters, digits and `-` with dots between, and no address",
                DNSName.host
            )
        }
        guard let names else { return nil }
        if names.isEmpty, case .sequence(let list) = cursor.node, list.isEmpty {
            cursor.report(.badValue, "is empty: write at least one, such as [chat.example.com]")
        }
        return names
    }
}

extension TenantAdmin {
    static func read(_ cursor: FieldCursor) -> TenantAdmin? {
        cursor.object { fields in
            let account = fields["account"].required("name the account")
                .parsed("account name: use 1 to 32 letters, digits and -_.[]{}|^`\\", AccountName.check)
            let password = SecretKeyReference.read(
                fields["passwordSecretRef"].required("write passwordSecretRef: {name: …, key: password}")
            )
            guard let account, let password else { return nil }
            return TenantAdmin(account: account, passwordSecretRef: password)
        }
    }
}
