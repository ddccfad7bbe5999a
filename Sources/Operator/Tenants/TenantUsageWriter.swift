// What a tenant uses changes all the time, and nothing else of it does: its figures are written by themselves, without
// looking at all that the tenant refers to.

package import KubeClient
import Logging
import Tenant

/// Brings the figures in tenants' statuses up to date.
package struct TenantUsageWriter: Sendable {
    /// How many tenants of a cell are written at most each time usage is looked up: the rest has its turn at the next.
    static let most = 200

    let context: OperatorContext

    package init(_ context: OperatorContext) { self.context = context }

    /// Whether what is used has changed so much that people should see it now.
    ///
    /// What has not is written with the next look at the tenant, within ten minutes.
    package static func isNews(_ new: TenantView.Usage, since old: JSON) -> Bool {
        func changed(_ name: String, _ value: Int, percent: Int) -> Bool {
            let before = Int(old[name].int ?? 0)
            if (before == 0) != (value == 0) { return true }
            return value != before
                && abs(Double(value) - Double(before)) * 100 >= Double(max(value, before)) * Double(percent)
        }
        return changed("connections", new.connections, percent: 5) || changed("accounts", new.accounts, percent: 5)
            || changed("channels", new.channels, percent: 5) || changed("historyBytes", new.historyBytes, percent: 5)
            || changed("messagesPerSecond", new.messagesPerSecond, percent: 25)
    }

    /// Whether a tenant is to be looked at as a whole: nothing was written yet, or a quota is reached or left.
    static func asksForALook(_ object: KubeObject, _ usage: TenantView.Usage, _ quotas: Quotas?) -> Bool {
        // Who is not admitted is not looked at for that.
        guard let quotas else { return false }
        guard object.status["usage"] != .null, let known = Condition("WithinQuota", of: object) else { return true }
        return TenantQuotas.condition(quotas, usage).reason != known.reason
    }

    /// Writes what a tenant uses into its status.
    package func write(_ key: ObjectKey) async -> WorkOutcome {
        guard let object = self.context.directory.tenant(key)?.object, object.deletionTimestamp == nil,
            let cell = object.status["cell"].string, let id = TenantID(object.name),
            let usage = self.context.cells.existing(cell)?.usage(of: id)
        else { return .done }
        var status = object.status
        let limit = status["usage"]["connectionsLimit"].int.map { Int($0) }
        status["usage"] = usage.json(limit: limit)
        if let archive = self.context.cells.existing(cell)?.archive(of: id) {
            status["archive"] = archive.json(known: status["archive"])
        }
        do throws(KubeError) {
            // The rest of the status is as we know it: if somebody wrote it since, what they wrote stays.
            try await self.context.write(status: status, of: object, .tenants, onlyAtRevision: true)
            return .done
        } catch {
            if error.isConflict { return .done }
            self.context.logger.warning(
                "what a tenant uses cannot be written",
                metadata: ["tenant": "\(key)", "reason": "\(error)"]
            )
            return .failed
        }
    }
}
