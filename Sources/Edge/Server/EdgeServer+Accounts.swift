package import Logging
import Realm
import StateStore
import Tenant

/// What is changed of accounts from outside of chat (`roost account`, an operator) holds within seconds.
extension EdgeServer {
    /// Follows what is changed, until the task is cancelled.
    ///
    /// - Parameters:
    ///   - clock: Times the looks.
    ///   - logger: Hears of failures.
    package func followAccounts(clock: any Clock<Duration> = ContinuousClock(), logger: Logger) async {
        let follower = AccountChangeFollower(self.durable.accountChanges, clock: clock, logger: logger) { change in
            await self.accountChanged(change, logger)
        }
        // What is told before it is known whose it is would be passed over.
        while self.directory.current.tenants.isEmpty {
            guard (try? await clock.sleep(for: .seconds(1))) != nil else { return }
        }
        await follower.run()
    }

    /// - Returns: false if the account cannot be looked up now.
    private func accountChanged(_ change: AccountChange, _ logger: Logger) async -> Bool {
        guard let tenant = self.directory.current.tenants[change.tenant], tenant.farewell == nil else { return true }
        let account: Account?
        do throws(DurableStoreError) {
            account = try await self.durable.accounts.find(change.account, of: change.tenant, within: .seconds(3))
        } catch {
            guard case .invalidAnswer = error else { return false }
            // It will be as unreadable at the next look.
            logger.error(
                "a change of an account is passed over",
                metadata: ["tenant": "\(change.tenant)", "reason": "\(String(reflecting: error))"]
            )
            return true
        }
        let news = AccountNews(change, now: account)
        for (index, shard) in self.shards.all.enumerated() {
            await shard.accountChanged(news, of: tenant, isFirst: index == 0)
        }
        return true
    }
}
