// Who logged in lately, for when the database of accounts is away (ADR 0027). One log of the tenant has a field for each account:
// when the database confirmed it, in clear, so that who sweeps needs no key, and sealed behind it what proves the account.

import Numbers
package import Tenant

/// What a tenant's log of remembered log-ins is called, what it holds, and what of it goes when.
package enum RememberedLogins {
    /// How many accounts of a tenant are remembered; who logged in longest ago goes first.
    package static let most = 10_000
    /// How many are forgotten in one change, so that nobody waits for it.
    private static let forgottenAtOnce = 500
    /// How far the clocks of two edges may be apart, in milliseconds.
    private static let skew: Int64 = 60_000
    /// Where the accounts are.
    package static let section = Section("a")

    package static func log(of tenant: TenantID) -> LogKey { LogKey(tenant, .logins, "") }

    /// The field of an account, by its folded name.
    package static func field(of folded: String) -> FieldName { FieldName(self.section, folded) }

    /// Whether what was confirmed at a time may be used now.
    ///
    /// A time that is yet to come was a mistaken clock's, and would hold for too long.
    ///
    /// - Parameters:
    ///   - time: When it was confirmed, as all times here in milliseconds since 1970.
    ///   - duration: How long it holds, in milliseconds.
    ///   - now: The time.
    /// - Returns: Whether it may.
    package static func holds(_ time: Int64, for duration: Int64, at now: Int64) -> Bool {
        let age = now.minus(time)
        return age >= -self.skew && age < duration
    }

    /// Which fields are to go: those that hold no more, and of the others as many of the oldest as are too many.
    ///
    /// - Parameters:
    ///   - fields: All that the log has.
    ///   - duration: How long one holds, in milliseconds.
    ///   - most: How many may stay.
    ///   - now: Milliseconds since 1970.
    /// - Returns: Their names.
    package static func stale(
        _ fields: [FieldName: [UInt8]],
        after duration: Int64,
        keeping most: Int,
        at now: Int64
    ) -> [FieldName] {
        var kept: [(name: FieldName, time: Int64)] = []
        var stale: [FieldName] = []
        for (name, box) in fields where name.section == self.section {
            if let time = LoginSeal.time(of: box), self.holds(time, for: duration, at: now) {
                kept.append((name, time))
            } else {
                stale.append(name)
            }
        }
        kept.sort { ($0.time, $0.name.name) < ($1.time, $1.name.name) }
        return stale + kept.prefix(max(0, kept.count - most)).map(\.name)
    }

    /// What forgets accounts: nothing that was not remembered, and the log goes with its last field.
    package static func forgetting(_ fields: [FieldName], of tenant: TenantID) -> [Transaction] {
        let log = self.log(of: tenant)
        return stride(from: 0, to: fields.count, by: self.forgottenAtOnce).map { start in
            let some = fields[start..<min(start + self.forgottenAtOnce, fields.count)]
            let change = LogChange(log, fields: some.map { .remove($0) }, lifetime: .dropIfEmpty(self.section))
            return Transaction(conditions: [Condition(log, .exists)], changes: [change])
        }
    }
}
