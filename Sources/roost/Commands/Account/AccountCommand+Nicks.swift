// The nicknames that an account has besides what it is called, as its owner gave them to it (NickServ GROUP).

import ArgumentParser
import Chat
import IRC
import StateStore
import Tenant

extension AccountCommand {
    struct Nicks: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "nicks",
            abstract: "Show the nicknames that an account has besides what it is called, or take one away.",
            discussion: "A nickname that is taken away is anybody's within a minute; who goes by it then keeps it."
        )

        @OptionGroup var account: AccountSelection
        @Option(help: "The nickname that is to be taken away.") var remove: String?

        func run() async throws {
            try await self.account.options.withStore { store in
                let account = try await self.account.find(in: store)
                guard let remove = self.remove else {
                    let names = try await store.accounts.names(ofAccount: account.folded, in: account.tenant)
                    for name in names { print(name) }
                    return
                }
                let folded = Names.accountMapping.fold(remove)
                if folded == account.folded {
                    let text = "\(account.name) is called so: `roost account delete` removes the account"
                    throw CommandFailure.exit(CommandFailure.usage, text)
                }
                guard try await store.accounts.remove(name: folded, from: account.folded, in: account.tenant) else {
                    let text = "\(account.name) of \(account.tenant) has no nickname \(remove)"
                    throw CommandFailure.exit(CommandFailure.usage, text)
                }
                print("\(remove) belongs to \(account.name) of \(account.tenant) no more")
            }
        }
    }
}
