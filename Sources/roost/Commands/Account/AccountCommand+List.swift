// What a tenant's accounts are, a line each, for people and for scripts.

import ArgumentParser
import Chat
import Observability
import StateStore
import Tenant

extension AccountCommand {
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List a tenant's accounts: name, role, state, since when, last log-in, mail.",
            discussion:
                "Separated by tabs; a dash for what there is none of. Log-ins are noted to a quarter of an hour."
        )

        @Option(help: "The tenant.", transform: TenantID.argument) var tenant: TenantID
        @Flag(help: "Only those that wait for an administrator to agree.") var waiting = false
        @OptionGroup var options: DatabaseOptions

        func run() async throws {
            try await self.options.withStore { store in
                try await DatabaseOptions.warnIfUnknown(self.tenant, in: store)
                var after: String?
                while true {
                    let page = try await store.accounts.list(of: self.tenant, after: after, limit: 1000)
                    for account in page where !self.waiting || account.state == .waiting { print(Self.line(account)) }
                    guard page.count == 1000 else { return }
                    after = page.last?.folded
                }
            }
        }

        private static func line(_ account: Account) -> String {
            [
                account.name, account.role.rawValue, account.state.rawValue, Self.time(account.createdAt),
                account.lastLogInAt.map(Self.time) ?? "-", account.email ?? "-",
            ].joined(separator: "\t")
        }

        private static func time(_ milliseconds: Int64) -> String {
            UTCInstant(milliseconds: milliseconds).text(withThousandths: false)
        }
    }
}
