// What is changed of an account from outside of chat.

import ArgumentParser
import Chat
import IRC
import Observability
import StateStore
import Tenant

/// An account that a command changes.
struct AccountSelection: ParsableArguments {
    @Option(help: "The tenant.", transform: TenantID.argument) var tenant: TenantID
    @Argument(help: "The account's name.") var name: String
    @OptionGroup var options: DatabaseOptions

    var folded: String { Names.accountMapping.fold(self.name) }

    /// The account; says so if there is none.
    ///
    /// - Parameter store: Where it is looked for.
    /// - Returns: What is stored of it.
    /// - Throws: The exit code, after the message was written.
    func find(in store: DurableStore) async throws -> Account {
        guard let account = try await store.accounts.find(self.folded, of: self.tenant) else {
            throw CommandFailure.exit(CommandFailure.usage, "\(self.tenant) has no account \(self.name)")
        }
        return account
    }

    /// Does something with the account, which is there; says so if it is not, or is not any more.
    ///
    /// - Parameters:
    ///   - change: Returns false if there is no such account.
    ///   - done: What was done.
    /// - Throws: The exit code, after the message was written.
    func change(
        _ change: (DurableStore, Account) async throws -> Bool,
        _ done: (Account) -> String
    ) async throws {
        try await self.options.withStore { store in
            let account = try await self.find(in: store)
            guard try await change(store, account) else {
                throw CommandFailure.exit(CommandFailure.usage, "\(self.tenant) has no account \(self.name)")
            }
            print(done(account))
        }
    }
}

extension AccountCommand {
    struct Password: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "password",
            abstract: "Give an account another password.",
            discussion:
                "Its certificates log in no more, and clients that lose their connection have to log in again; who is connected stays so: "
                + "`roost account logout` ends that. Where log-ins are remembered, the old one may be let in while the database is away."
        )

        @OptionGroup var account: AccountSelection
        @OptionGroup var password: PasswordOptions

        func run() async throws {
            let made = try self.password.credentials(of: self.account.name)
            try await self.account.change { store, account in
                try Self.check(account, "its password comes from there")
                return try await store.accounts.telling.update(
                    account.folded,
                    credentials: .init(made),
                    of: account.tenant,
                    now: WallClock.system()
                )
            } _: {
                "\($0.name) of \($0.tenant) has another password"
            }
        }
    }

    struct Role: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "role", abstract: "Say what an account may do.")

        @OptionGroup var account: AccountSelection
        @Argument(help: "\(Account.Role.allCases.map(\.rawValue).joined(separator: " or ")).") var role: String

        func run() async throws {
            guard let role = Account.Role(rawValue: self.role) else {
                let roles = Account.Role.allCases.map(\.rawValue).joined(separator: ", ")
                throw CommandFailure.exit(CommandFailure.usage, "there is no role \(self.role): choose one of \(roles)")
            }
            try await self.account.change { store, account in
                try Self.check(account, "it has its role from there")
                return try await store.accounts.telling.set(
                    role,
                    of: account.folded,
                    in: account.tenant,
                    now: WallClock.system()
                )
            } _: {
                "\($0.name) of \($0.tenant) is \(role.rawValue)"
            }
        }
    }

    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "approve",
            abstract: "Agree to an account that waits for it."
        )

        @OptionGroup var account: AccountSelection

        func run() async throws {
            try await self.account.change { store, account in
                let now = WallClock.system()
                return try await store.accounts.telling.set(.active, of: account.folded, in: account.tenant, now: now)
            } _: {
                "\($0.name) of \($0.tenant) may log in"
            }
        }
    }

    struct Unlock: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "unlock",
            abstract: "Have an account ask for no codes beside its password any more.",
            discussion: "For who has lost what makes them, and the recovery codes."
        )

        @OptionGroup var account: AccountSelection

        func run() async throws {
            try await self.account.change { store, account in
                let now = WallClock.system()
                let accounts = store.accounts.telling
                _ = try await accounts.removeSecondFactor(of: account.folded, in: account.tenant, now: now)
                return true
            } _: {
                "\($0.name) of \($0.tenant) asks for no codes"
            }
        }
    }

    struct Logout: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "logout",
            abstract: "End what is logged in to an account, within seconds.",
            discussion: "Who knows its password may log in again: give it another one first."
        )

        @OptionGroup var account: AccountSelection

        func run() async throws {
            try await self.account.change { store, account in
                try await store.accounts.logOut(account.folded, of: account.tenant)
            } _: {
                "what is logged in to \($0.name) of \($0.tenant) ends"
            }
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "delete",
            abstract: "Delete an account.",
            discussion: "Its name is anybody's then. Who is logged in is disconnected within seconds."
        )

        @OptionGroup var account: AccountSelection

        func run() async throws {
            try await self.account.change { store, account in
                try Self.check(account, "it would be made again")
                return try await store.accounts.telling.delete(account.folded, of: account.tenant)
            } _: {
                "deleted \($0.name) of \($0.tenant)"
            }
        }
    }
}

extension AsyncParsableCommand {
    /// An account that its tenant names is what the tenant says.
    fileprivate static func check(_ account: Account, _ reason: String) throws {
        guard account.isDeclared else { return }
        let text = "\(account.tenant) names \(account.name) among its admins, and \(reason): change spec.admins"
        throw CommandFailure.exit(CommandFailure.usage, text)
    }
}
