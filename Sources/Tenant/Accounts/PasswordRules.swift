// Which passwords people may choose: long enough, and not among those that are tried first.

import IRC

/// What the password of an account has to be like.
///
/// A guess at how strong it is says little; what helps is its length and that it is not what everybody tries (NIST SP 800-63B
/// section 5.1.1.2). Passwords that a tenant's own people give accounts from outside are theirs to judge.
package struct PasswordRules: Hashable, Sendable {
    /// What is wrong with one.
    package enum Fault: Hashable, Sendable {
        /// It has fewer characters than this.
        case tooShort(Int)
        /// It is what anybody would try first.
        case easilyGuessed
        /// It is longer than this in bytes: it has to fit into a message to a service.
        case tooLong(Int)
        /// Something in it cannot be typed everywhere.
        case unusable
    }

    /// The longest in bytes: with a command and a name around it, it fits into one line.
    package static let longest = 300

    /// How many characters it has at least.
    package let minimumLength: Int

    package init(minimumLength: Int) { self.minimumLength = minimumLength }

    /// What is wrong with a password.
    ///
    /// - Parameters:
    ///   - password: As it was sent.
    ///   - account: The name of its account.
    /// - Returns: nil if nothing is.
    package func fault(in password: String, of account: String) -> Fault? {
        guard password.utf8.count <= Self.longest else { return .tooLong(Self.longest) }
        guard let prepared = PasswordText.prepare(password) else { return password.isEmpty ? self.tooShort : .unusable }
        guard prepared.count >= self.minimumLength else { return self.tooShort }
        let plain = prepared.lowercased()
        if plain == account.lowercased() || Set(plain).count < min(4, self.minimumLength) || Self.isRow(plain)
            || Self.common.contains(plain)
        {
            return .easilyGuessed
        }
        return nil
    }

    private var tooShort: Fault { .tooShort(self.minimumLength) }

    /// Whether each character is the next of the one before, or each the one before it: `12345678`, `hgfedcba`.
    private static func isRow(_ text: String) -> Bool {
        let values = text.unicodeScalars.map { Int($0.value) }
        let steps = Set(zip(values, values.dropFirst()).map { $1 - $0 })
        return values.count > 1 && (steps == [1] || steps == [-1])
    }

    /// What leads the published lists of leaked passwords, as far as it is eight characters or longer.
    private static let common: Set<String> = [
        "password", "password1", "password12", "password123", "passw0rd", "p@ssw0rd", "p@ssword", "12345678",
        "123456789",
        "1234567890", "123123123", "987654321", "0987654321", "11223344", "1122334455", "1q2w3e4r", "1q2w3e4r5t",
        "1qaz2wsx", "1qaz2wsx3edc", "q1w2e3r4", "q1w2e3r4t5", "qwertyui", "qwertyuiop", "qwerty12", "qwerty123",
        "qwerty1234", "qwerty12345", "qwertz123", "qwertzuiop", "asdfghjk", "asdfghjkl", "zxcvbnm1", "zxcvbnm123",
        "abc12345", "abcd1234", "a1b2c3d4", "aa123456", "iloveyou", "iloveyou1", "sunshine", "princess", "football",
        "football1", "baseball", "superman", "batman123", "trustno1", "welcome1", "welcome123", "letmein1",
        "letmein123",
        "starwars", "computer", "whatever", "michelle", "jennifer", "corvette", "mercedes", "michael1", "charlie1",
        "liverpool", "internet", "samantha", "changeme", "changeme1", "admin123", "admin1234", "administrator",
        "secret123", "hello123", "dragon123", "monkey123", "shadow123", "master123", "pokemon1", "test1234", "testtest",
        "guest123", "username", "1g2w3e4r", "147258369", "789456123", "741852963", "159753456", "motdepasse",
        "azertyui",
        "azerty123", "passwort", "passwort1", "hallo123", "contrasena", "contraseña", "bonjour1", "ilovegod",
    ]
}
