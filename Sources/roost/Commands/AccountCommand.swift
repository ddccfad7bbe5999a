import ArgumentParser
import Chat
import Foundation
import IRC
import Observability
import StateStore
import Tenant

/// `roost account`: the accounts of a tenant, from outside of chat.
struct AccountCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account",
        abstract: "Look after a tenant's accounts.",
        subcommands: [Add.self, List.self]
    )

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "add", abstract: "Add an account.")

        @Option(help: "The tenant.", transform: TenantID.argument) var tenant: TenantID
        @Argument(help: "The account's name.") var name: String
        @Flag(help: "Read the password from the first line of the standard input.") var passwordStdin = false
        @Flag(help: "Make it an administrator of the tenant.") var admin = false
        @OptionGroup var options: DatabaseOptions

        func run() async throws {
            let made = try self.credentials()
            try await self.options.withStore { store in
                try await DatabaseOptions.warnIfUnknown(self.tenant, in: store)
                do {
                    let account = try await store.accounts.create(
                        made.name,
                        folded: Names.accountMapping.fold(made.name),
                        role: self.admin ? .admin : .user,
                        credentials: .init(passwordHash: made.passwordHash.text, scram: made.scram.text),
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

        private func credentials() throws -> AccountCredentials {
            let password = try self.password()
            do throws(AccountError) {
                return try AccountCredentials(name: self.name, password: password)
            } catch {
                throw CommandFailure.exit(CommandFailure.usage, error.description)
            }
        }

        private func password() throws -> String {
            if self.passwordStdin {
                guard let line = readLine(strippingNewline: true) else {
                    throw CommandFailure.exit(CommandFailure.usage, "the standard input has no password")
                }
                return line
            }
            guard isatty(STDIN_FILENO) == 1, let text = getpass("Password: ") else {
                throw CommandFailure.exit(
                    CommandFailure.usage,
                    "no terminal to ask for the password: use --password-stdin"
                )
            }
            return String(cString: text)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List a tenant's accounts.")

        @Option(help: "The tenant.", transform: TenantID.argument) var tenant: TenantID
        @OptionGroup var options: DatabaseOptions

        func run() async throws {
            try await self.options.withStore { store in
                try await DatabaseOptions.warnIfUnknown(self.tenant, in: store)
                var after: String?
                while true {
                    let page = try await store.accounts.list(of: self.tenant, after: after, limit: 1000)
                    for account in page { print("\(account.name)\t\(account.role.rawValue)") }
                    guard page.count == 1000 else { return }
                    after = page.last?.folded
                }
            }
        }
    }
}
