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
        /// Who waits for that.
        var waiting: [CheckedContinuation<Void, Never>] = []
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

    /// Loads them if they are others than those that are known; many who ask at once wait for one answer.
    func refresh(_ tenant: TenantID, by authenticator: any Authenticator, _ logger: Logger) async {
        guard self.begins(loading: tenant) else {
            return await withCheckedContinuation { continuation in
                let isOver = self.known.withLock { known in
                    guard known[tenant]?.isLoading == true else { return true }
                    known[tenant]?.isAsked = true
                    known[tenant]?.waiting.append(continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        }
        while true {
            let version = self.known.withLock { known in
                known[tenant]?.isAsked = false
                return known[tenant]?.version
            }
            do throws(AuthenticationError) {
                if let names = try await authenticator.names(in: tenant, unless: version) {
                    self.set(names, of: tenant)
                }
            } catch { logger.debug("nicknames of accounts are not known", metadata: ["tenant": "\(tenant)"]) }
            if let waiting = self.ends(loading: tenant) { return waiting.forEach { $0.resume() } }
        }
    }

    /// - Returns: false if they are being loaded.
    private func begins(loading tenant: TenantID) -> Bool {
        self.known.withLock { known in
            if known[tenant]?.isLoading == true { return false }
            known[tenant, default: Known()].isLoading = true
            return true
        }
    }

    /// - Returns: Who waited; nil if they changed meanwhile.
    private func ends(loading tenant: TenantID) -> [CheckedContinuation<Void, Never>]? {
        self.known.withLock { known in
            if known[tenant]?.isAsked == true { return nil }
            known[tenant]?.isLoading = false
            let waiting = known[tenant]?.waiting ?? []
            known[tenant]?.waiting = []
            return waiting
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
