import ArgumentParser
import Chat
import IRC
import Observability
import StateStore
import Tenant

/// `roost account`: the accounts of a tenant, from outside of chat.
struct AccountCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account",
        abstract: "Look after a tenant's accounts.",
        subcommands: [
            Add.self, List.self, Nicks.self, Password.self, Role.self, Approve.self, Unlock.self, Logout.self,
            Delete.self,
        ]
    )

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "add", abstract: "Add an account.")

        @Option(help: "The tenant.", transform: TenantID.argument) var tenant: TenantID
        @Argument(help: "The account's name.") var name: String
        @OptionGroup var password: PasswordOptions
        @Flag(help: "Make it an administrator of the tenant.") var admin = false
        @OptionGroup var options: DatabaseOptions

        func run() async throws {
            let made = try self.password.credentials(of: self.name)
            try await self.options.withStore { store in
                try await DatabaseOptions.warnIfUnknown(self.tenant, in: store)
                do {
                    let account = try await store.accounts.create(
                        made.name,
                        folded: Names.accountMapping.fold(made.name),
                        role: self.admin ? .admin : .user,
                        credentials: .init(made),
                        of: self.tenant,
                        now: WallClock.system()
                    )
                    print("added \(account.name) to \(self.tenant)")
                } catch DurableStoreError.conflict {
                    throw CommandFailure.exit(
                        CommandFailure.usage,
                        "\(self.tenant) has an account \(made.name) already"
                    )
                }
            }
        }
    }
}
