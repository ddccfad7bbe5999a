// Codes that mail brings. Nothing that lets somebody in is stored for them: a code is derived from the installation's secret and
// from what the row says that it is for, so that a letter that is sent again has the same code, and who reads the database has none.

import Chat
package import Crypto

/// What a code that was sent by mail is good for.
package enum CodePurpose: String, Hashable, Sendable, CaseIterable {
    /// Makes an account that somebody registered.
    case registration
    /// Makes an address that of an account.
    case address
    /// Replaces an account's password.
    case password
    /// Nothing: it tells an address that it was an account's until just now.
    case formerAddress = "former"

    /// Whether who reads the mail has something to prove by it.
    package var isProof: Bool { self != .formerAddress }
}

/// What one code was sent for.
package struct CodeSubject: Hashable, Sendable {
    /// The account's folded name.
    package let account: String
    package let purpose: CodePurpose
    /// Where it was sent.
    package let address: String
    /// Random: another for each code.
    package let serial: String

    package init(account: String, purpose: CodePurpose, address: String, serial: String) {
        self.account = account
        self.purpose = purpose
        self.address = address
        self.serial = serial
    }
}

/// Makes the codes of one tenant, and says whether one is right: 50 bits of HMAC-SHA-256 each.
///
/// How often one may be tried is for who asks.
package struct CodeKey: Sendable {
    private let key: SymmetricKey

    /// Derives the tenant's key (HKDF, RFC 5869).
    ///
    /// - Parameters:
    ///   - secret: The installation's secret, the same on every edge.
    ///   - tenant: Whose codes.
    package init(from secret: SymmetricKey, tenant: TenantID) {
        self.key = HostCloak.tenantKey(from: secret, tenant: tenant, purpose: "codes by mail")
    }

    /// The code of a subject, always the same, as it is written: `ABCDE-FGHJK`.
    package func code(for subject: CodeSubject) -> Redacted<String> {
        Redacted(ReadableCode.text(of: self.digits(for: subject)))
    }

    /// Whether somebody wrote a subject's code, in the same time whatever was written.
    ///
    /// Neither capitals matter nor what stands between the letters.
    package func isRight(_ text: Redacted<String>, for subject: CodeSubject) -> Bool {
        guard subject.purpose.isProof else { return false }
        return ConstantTime.equal(self.digits(for: subject), ReadableCode.read(text))
    }

    private func digits(for subject: CodeSubject) -> [UInt8] {
        // None of them has a NUL: names and addresses have no controls, the others are the program's own.
        let text = [subject.purpose.rawValue, subject.account, subject.address, subject.serial].joined(separator: "\0")
        return ReadableCode.digits(of: HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: self.key))
    }
}
