import Chat
import IRC
import Tenant

/// The nicknames that belong to accounts, of the tenants that somebody of is here.
final class AccountNames: Sendable {
    /// The folded names of the accounts, by what all nicknames have in common that look like theirs.
    let rows = SharedRows<[String: String]>()

    /// The folded name of the account that a nickname belongs to, or one that looks like it; nil for nobody's, for all that is known.
    func owner(of nick: Nickname, in tenant: TenantID) -> String? {
        self.rows.value(of: tenant)?[Likeness.form(of: nick)]
    }

    /// Another number each time that a tenant's names are others; 0 before they are known.
    func revision(of tenant: TenantID) -> UInt64 { self.rows.revision(of: tenant) }

    /// A nickname belongs to an account from now on; what the database says later counts.
    func add(_ nick: Nickname, of account: String, in tenant: TenantID) {
        guard var owners = self.rows.value(of: tenant) else { return }
        owners[Likeness.form(of: nick)] = Names.accountMapping.fold(account)
        self.rows.set(owners, of: tenant)
    }

    /// To whom what looks like a nickname belongs.
    ///
    /// - `names`: The folded names of the accounts, by those of their nicknames.
    static func owners(_ names: [String: String]) -> [String: String] {
        var owners: [String: String] = [:]
        // What an account is called is its own, whatever else looks like it.
        let called = names.filter { $0.key == $0.value }.sorted { $0.key < $1.key }
        let added = names.filter { $0.key != $0.value }.sorted { $0.key < $1.key }
        for (name, account) in called + added {
            guard let nick = Nickname(name, under: Names.caseMapping) else { continue }
            let form = Likeness.form(of: nick)
            if owners[form] == nil { owners[form] = account }
        }
        return owners
    }
}
