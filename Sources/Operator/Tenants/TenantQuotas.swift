import KubeClient
import Tenant

/// How full a tenant is.
enum TenantQuotas {
    /// Says which quotas are near their limits or at them, by their own `warnAt`.
    static func condition(_ quotas: Quotas, _ usage: TenantView.Usage?) -> Condition {
        guard let usage else {
            return Condition("WithinQuota", .unknown, "Unknown", "the cell has not told yet what is used")
        }
        var full: [String] = []
        var near: [String] = []
        for (name, used) in usage.byQuota {
            let quota = quotas[name]
            guard let limit = quota.limit else { continue }
            let text = "\(name.rawValue) \(used) of \(limit)"
            if used >= limit, limit > 0 || used > 0 {
                full.append(text)
            } else if let warn = quota.warnAt.first(where: { $0 < 100 }), limit > 0,
                // A limit may be as large as a number can be.
                Double(used) * 100 >= Double(limit) * Double(warn)
            {
                near.append(text)
            }
        }
        if !full.isEmpty {
            return Condition("WithinQuota", .no, "LimitReached", full.joined(separator: ", "))
        }
        if !near.isEmpty {
            return Condition("WithinQuota", .yes, "NearLimit", near.joined(separator: ", "))
        }
        return Condition("WithinQuota", .yes, "WithinQuota", "below every limit")
    }
}

extension TenantView.Usage {
    /// As the status has it.
    ///
    /// - Parameter limit: How many connections there may be; `nil` for any number.
    /// - Returns: `status.usage`.
    func json(limit: Int?) -> JSON {
        [
            "connections": .integer(Int64(self.connections)), "connectionsLimit": JSON(limit),
            "accounts": .integer(Int64(self.accounts)), "channels": .integer(Int64(self.channels)),
            "historyBytes": .integer(Int64(self.historyBytes)),
            "messagesPerSecond": .integer(Int64(self.messagesPerSecond)),
        ]
    }

    /// What is used of each quota that is a stock, not a rate.
    var byQuota: [(QuotaName, Int)] {
        [
            (.connections, self.connections), (.accounts, self.accounts), (.channels, self.channels),
            (.historyBytes, self.historyBytes), (.archiveBytes, self.archiveBytes),
        ]
    }
}
