// For when the database of accounts is away: log-ins that it confirmed lately can be checked again without it (ADR 0027).

import Chat
import IRC
import StateStore
package import Tenant

/// What is remembered of a tenant's log-ins: sealed in the live store, so that every edge has it, and bounded in time and number.
///
/// What cannot be remembered is passed over: nobody's log-in waits for it or fails by it.
final class LoginMemory {
    unowned let network: Network
    private lazy var seal = self.network.shard.environment.loginSeal(self.network.id)
    private let log: LogKey

    init(_ network: Network) {
        self.network = network
        self.log = RememberedLogins.log(of: network.id)
    }

    /// Whether the tenant has log-ins remembered.
    var isKept: Bool { self.duration > 0 }

    /// For how long, in milliseconds.
    private var duration: Int64 { self.network.tenant.accounts.rememberFor.milliseconds }
    private var store: any LiveStoreClient { self.network.store }
    private var now: Int64 { self.network.shard.now }

    private func field(of name: String) -> FieldName { RememberedLogins.field(of: Names.accountMapping.fold(name)) }

    // MARK: While the database answers

    /// Remembers an account whose log-in was just confirmed.
    func remember(_ account: Account) {
        guard self.isKept, let box = self.seal.seal(account, at: self.now) else { return }
        let field = RememberedLogins.field(of: account.folded)
        self.look(at: field, counting: true) { excerpt in
            let count = excerpt.counts[RememberedLogins.section] ?? 0
            if count >= RememberedLogins.most, excerpt.fields[field] == nil { self.sweep(makingRoom: true) }
            self.store.append(Transaction(changes: [LogChange(self.log, fields: [.set(field, box)])])) { _ in }
        }
    }

    /// Forgets what the database says otherwise: of a log-in that it refused.
    ///
    /// A wrong password alone makes nobody forgotten, or anybody could have that done.
    func compare(_ name: String, with account: Account?) {
        guard self.isKept else { return }
        let field = self.field(of: name)
        self.look(at: field) { excerpt in
            guard let box = excerpt.fields[field] else { return }
            let remembered = self.seal.open(box, of: field.name)
            if account == nil || remembered?.credentials != account?.credentials { self.forget([field]) }
        }
    }

    // MARK: While it is away

    /// What is remembered of an account; nil if nothing is, or not any more.
    func find(_ name: String, _ then: @escaping (Account?) -> Void) {
        let field = self.field(of: name)
        self.store.excerpts(of: [self.log], Excerpt.Request(fields: [field])) { result in
            guard let box = try? result.get().first?.fields[field], let time = LoginSeal.time(of: box),
                RememberedLogins.holds(time, for: self.duration, at: self.now)
            else { return then(nil) }
            then(self.seal.open(box, of: field.name))
        }
    }

    // MARK: Forgetting

    /// Forgets what holds no more, if no other shard has done so within the hour.
    func sweepInTurn() {
        guard self.isKept else { return }
        let turn = CounterKey(self.network.id, "log-in sweeps")
        self.store.take(1, from: turn, rate: 1 / 3600, burst: 1) { result in
            if result == .success(1) { self.sweep(makingRoom: false) }
        }
    }

    /// Forgets everybody: the tenant does not want it any more.
    func forgetAll() {
        let drop = LogChange(self.log, lifetime: .drop)
        self.store.append(Transaction(conditions: [Condition(self.log, .exists)], changes: [drop])) { _ in }
    }

    /// An eighth more than must be goes where there is no room, so that not every log-in has to look at all others.
    private func sweep(makingRoom: Bool) {
        let most = RememberedLogins.most - (makingRoom ? RememberedLogins.most / 8 : 0)
        self.store.load([self.log]) { result in
            guard let fields = try? result.get().first?.fields else { return }
            self.forget(RememberedLogins.stale(fields, after: self.duration, keeping: most, at: self.now))
        }
    }

    private func forget(_ fields: [FieldName]) { self.network.shard.forgetLogins(fields, of: self.network.id) }

    private func look(at field: FieldName, counting: Bool = false, _ then: @escaping (Excerpt) -> Void) {
        let request = Excerpt.Request(fields: [field], counts: counting ? [RememberedLogins.section] : [])
        self.store.excerpts(of: [self.log], request) { result in
            if let excerpt = try? result.get().first { then(excerpt) }
        }
    }
}

extension RealmShard {
    /// Forgets log-ins of accounts whose password is another now.
    ///
    /// - Parameters:
    ///   - folded: Their names, folded.
    ///   - tenant: Whose accounts.
    package func forgetLogins(_ folded: [String], of tenant: TenantID) {
        self.forgetLogins(folded.map(RememberedLogins.field(of:)), of: tenant)
    }

    fileprivate func forgetLogins(_ fields: [FieldName], of tenant: TenantID) {
        for transaction in RememberedLogins.forgetting(fields, of: tenant) { self.store.append(transaction) { _ in } }
    }
}
