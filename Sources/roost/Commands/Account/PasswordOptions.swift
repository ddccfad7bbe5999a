import ArgumentParser
import Foundation
import Tenant

/// Where a command that gives an account a password gets it from: never from its arguments, which others can read.
struct PasswordOptions: ParsableArguments {
    @Flag(help: "Read the password from the first line of the standard input.") var passwordStdin = false

    /// Asks for a password, and derives what is stored of it.
    func credentials(of account: String) throws -> AccountCredentials {
        let password = try self.password()
        do throws(AccountError) {
            return try AccountCredentials(name: account, password: password)
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
