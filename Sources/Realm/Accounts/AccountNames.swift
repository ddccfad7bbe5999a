// Every nickname that somebody takes is looked for among those that belong to accounts. A question to the database for each would be
// one more for everybody who connects, so a process has them all in memory, once for all of its shards.

import Chat
import IRC
import Logging
import StateStore
import Synchronization
import Tenant

/// The nicknames that belong to accounts, of the tenants that somebody of is here.
///
/// They are as the database has them, a minute ago at most: what an edge changes it tells the others, which look then.
final class AccountNames: Sendable {
    private struct Known {
        var version: String?
        /// The folded names of the accounts, by what all nicknames have in common that look like theirs.
        var owners: [String: String] = [:]
        /// Another number each time that they are others.
        var revision: UInt64 = 0
        var isLoading = false
        /// Whether they changed while they were loaded.
        var isAsked = false
    }

    private let known = Mutex<[TenantID: Known]>([:])

    /// The folded name of the account that a nickname belongs to, or one that looks like it; nil for nobody's, for all that is known.
    func owner(of nick: Nickname, in tenant: TenantID) -> String? {
        let form = Likeness.form(of: nick)
        return self.known.withLock { $0[tenant]?.owners[form] }
    }

    /// Another number each time that a tenant's names are others; 0 before they are known.
    func revision(of tenant: TenantID) -> UInt64 { self.known.withLock { $0[tenant]?.revision ?? 0 } }

    /// A nickname belongs to an account from now on; what the database says later counts.
    func add(_ nick: Nickname, of account: String, in tenant: TenantID) {
        let form = Likeness.form(of: nick)
        self.known.withLock { known in
            known[tenant, default: Known()].owners[form] = Names.accountMapping.fold(account)
            known[tenant]?.revision += 1
        }
    }

    /// Loads them if they are others than those that are known.
    func refresh(_ tenant: TenantID, by authenticator: any Authenticator, _ logger: Logger) async {
        let begins = self.known.withLock { known in
            let isFree = known[tenant]?.isLoading != true
            known[tenant, default: Known()].isLoading = true
            if !isFree { known[tenant]?.isAsked = true }
            return isFree
        }
        guard begins else { return }
        var isOver = false
        while !isOver {
            let version = self.known.withLock { known in
                known[tenant]?.isAsked = false
                return known[tenant]?.version
            }
            do throws(AuthenticationError) {
                if let names = try await authenticator.names(in: tenant, unless: version) {
                    self.set(names, of: tenant)
                }
            } catch { logger.debug("nicknames of accounts are not known", metadata: ["tenant": "\(tenant)"]) }
            isOver = self.known.withLock { known in
                if known[tenant]?.isAsked == true { return false }
                known[tenant]?.isLoading = false
                return true
            }
        }
    }

    private func set(_ names: OwnedNames, of tenant: TenantID) {
        var owners: [String: String] = [:]
        for (name, account) in names.owners {
            guard let nick = Nickname(name, under: Names.caseMapping) else { continue }
            owners[Likeness.form(of: nick)] = account
        }
        self.known.withLock { known in
            known[tenant]?.version = names.version
            known[tenant]?.owners = owners
            known[tenant]?.revision += 1
        }
    }
}
