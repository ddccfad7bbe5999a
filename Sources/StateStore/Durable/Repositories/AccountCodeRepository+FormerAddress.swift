// Whoever takes an account has its mail go elsewhere first, and its owner would hear of nothing any more. So the address that it had is
// told, by a row that is written with the change itself, and that nothing which is done to the account takes back.

import Tenant

/// Letters to addresses that were an account's until just now.
///
/// An account may have several of these: there may be several changes before the first letter is sent, and each address is told.
/// They stay when the account's codes go, and when the account itself does.
extension AccountCodeRepository {
    /// How a row says what it is for: for each account there is one row of a kind.
    static func kind(of purpose: CodePurpose, _ serial: String) -> String {
        purpose == .formerAddress ? "\(purpose.rawValue) \(serial)" : purpose.rawValue
    }

    /// Reads what ``kind(of:_:)`` wrote; nil for what a later version knows besides.
    static func purpose(of kind: String) -> CodePurpose? {
        CodePurpose(rawValue: String(kind.prefix { $0 != " " }))
    }

    /// Where an account's mail goes, if its owner showed that it is read there.
    static func verifiedAddress(
        of account: String,
        in tenant: TenantID,
        on connection: any SQLConnection
    ) throws(DurableStoreError) -> String? {
        let rows = try connection.execute(
            "SELECT email FROM accounts WHERE tenant = $1 AND folded = $2 AND email_verified_at IS NOT NULL",
            [.text(tenant.text), .text(account)]
        )
        return try rows.first?.optionalText(0)
    }
}

extension NewCode {
    /// For how long it is tried to send a letter to a former address, in milliseconds.
    private static let formerAddressValidity: Int64 = 86_400_000

    /// A letter that tells an address that it is an account's no more.
    ///
    /// - Parameters:
    ///   - serial: Another for each letter.
    ///   - language: The code of the language that it is to be in (BCP 47).
    ///   - now: Milliseconds since 1970.
    /// - Returns: What is to be sent.
    package static func toFormerAddress(_ serial: String, in language: String, now: Int64) -> NewCode {
        NewCode(
            purpose: .formerAddress,
            address: nil,
            serial: serial,
            language: language,
            expiresAt: now + Self.formerAddressValidity
        )
    }
}
