// Codes that an authenticator app shows, RFC 6238 over RFC 4226, with what all such apps understand: SHA-1, six digits, half a minute.

import Chat
package import Crypto

import struct Foundation.Data

/// A secret that codes for logging in are made with, and the codes.
package struct TOTP: Sendable {
    /// How long a code is shown, in milliseconds.
    private static let period: Int64 = 30_000
    /// How many steps a clock may be wrong by (RFC 6238 section 5.2).
    private static let drift: Int64 = 1
    /// How long the secret is, in bytes: as long as the hash (RFC 4226 section 4).
    package static let secretBytes = 20
    /// How many digits a code has.
    package static let digits = 6
    /// How many codes there are for who has lost the device.
    package static let recoveryCodes = 8

    /// The secret.
    package let secret: Redacted<[UInt8]>

    package init(secret: [UInt8]) { self.secret = Redacted(secret) }

    /// Makes a secret.
    package init() {
        self.init(secret: SymmetricKey(size: .init(bitCount: 8 * Self.secretBytes)).withUnsafeBytes { Array($0) })
    }

    /// The time step of a moment.
    ///
    /// - Parameter time: Milliseconds since 1970.
    /// - Returns: Its number, counted from 1970.
    package static func step(at time: Int64) -> Int64 { max(0, time) / Self.period }

    /// The code of a time step.
    package func code(at step: Int64) -> String {
        let counter = withUnsafeBytes(of: step.bigEndian) { Array($0) }
        let key = SymmetricKey(data: self.secret.reveal())
        let mac = Array(HMAC<Insecure.SHA1>.authenticationCode(for: counter, using: key))
        // RFC 4226 section 5.3.
        let offset = Int(mac[mac.count - 1] & 0x0F)
        let number = mac[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let text = String(number % 1_000_000)
        return String(repeating: "0", count: Self.digits - text.count) + text
    }

    /// The step whose code somebody wrote, if it is one of now.
    ///
    /// - Parameters:
    ///   - code: As it was written.
    ///   - time: Milliseconds since 1970.
    ///   - last: The last step whose code was taken: no earlier one is.
    /// - Returns: nil if it is none.
    package func step(of code: Redacted<String>, at time: Int64, after last: Int64) -> Int64? {
        let now = Self.step(at: time)
        let written = Array(code.reveal().utf8)
        var found: Int64?
        for step in max(0, now - Self.drift)...now + Self.drift {
            let isRight = ConstantTime.equal(Array(self.code(at: step).utf8), written)
            if isRight, step > last { found = step }
        }
        return found
    }

    /// The codes for who has lost the device, each good once.
    package var recovery: [Redacted<String>] {
        (0..<Self.recoveryCodes).map { number in
            let mac = HMAC<SHA256>.authenticationCode(
                for: Array("recovery \(number)".utf8),
                using: SymmetricKey(data: self.secret.reveal())
            )
            let digits = ReadableCode.digits(of: mac)
            return Redacted(ReadableCode.text(of: digits))
        }
    }

    /// Which of the recovery codes somebody wrote.
    ///
    /// - Returns: Its number; nil if it is none.
    package func recoveryNumber(of code: Redacted<String>) -> Int? {
        let written = ReadableCode.read(code)
        var found: Int?
        for (number, known) in self.recovery.enumerated()
        where ConstantTime.equal(ReadableCode.read(known), written) {
            found = number
        }
        return found
    }

    /// The secret in base32 (RFC 4648 section 6), as it is typed into an app.
    package var text: Redacted<String> {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)
        var (text, bits, count): ([UInt8], UInt32, UInt32) = ([], 0, 0)
        for byte in self.secret.reveal() {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 5 {
                count -= 5
                text.append(alphabet[Int(bits >> count & 31)])
            }
        }
        if count > 0 { text.append(alphabet[Int(bits << (5 - count) & 31)]) }
        return Redacted(String(decoding: text, as: UTF8.self))
    }

    /// What apps read the secret from, as the Key URI Format of Google Authenticator has it.
    ///
    /// - Parameters:
    ///   - account: Whose it is.
    ///   - issuer: Where the codes are asked for.
    /// - Returns: A URL of the scheme `otpauth`.
    package func link(of account: String, at issuer: String) -> Redacted<String> {
        let (issuer, account) = (Self.escaped(issuer), Self.escaped(account))
        return Redacted("otpauth://totp/\(issuer):\(account)?secret=\(self.text.reveal())&issuer=\(issuer)")
    }

    private static func escaped(_ text: String) -> String {
        text.utf8.reduce(into: "") { escaped, byte in
            let character = Character(UnicodeScalar(byte))
            if byte < 0x80, character.isLetter || character.isNumber || "-._~".contains(character) {
                escaped.append(character)
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                escaped += "%" + (digits.count < 2 ? "0" : "") + digits
            }
        }
    }

    // MARK: A password with a code behind it

    /// Takes a password and the code behind it apart: `password123456`, `password 123456`, or the same with a recovery code.
    ///
    /// - Returns: nil if nothing behind it looks like a code.
    package static func split(_ text: String) -> (password: String, code: Redacted<String>)? {
        let bytes = Array(text.utf8)
        let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        let length: Int
        if bytes.count > Self.digits, bytes.suffix(Self.digits).allSatisfy(isDigit) {
            length = Self.digits
        } else if bytes.count > ReadableCode.length, ReadableCode.isOne(bytes.suffix(ReadableCode.length)) {
            length = ReadableCode.length
        } else {
            return nil
        }
        var password = bytes.dropLast(length)
        if password.last == UInt8(ascii: " ") { password.removeLast() }
        return (
            String(decoding: password, as: UTF8.self), Redacted(String(decoding: bytes.suffix(length), as: UTF8.self))
        )
    }
}

/// Seals the secrets of a tenant's accounts, so that who reads the database makes no codes: AES-256-GCM (NIST SP 800-38D).
package struct TOTPSeal: Sendable {
    private let key: SymmetricKey

    /// Derives the tenant's key (HKDF, RFC 5869).
    ///
    /// - Parameters:
    ///   - secret: The installation's secret, the same on every edge.
    ///   - tenant: Whose accounts.
    package init(from secret: SymmetricKey, tenant: TenantID) {
        self.key = HostCloak.tenantKey(from: secret, tenant: tenant, purpose: "second factors")
    }

    /// Seals a secret for one account, by its folded name; nil if it cannot be, which no secret leads to.
    package func seal(_ totp: TOTP, of account: String) -> [UInt8]? {
        let box = try? AES.GCM.seal(totp.secret.reveal(), using: self.key, authenticating: Array(account.utf8))
        return box?.combined.map { Array($0) }
    }

    /// Opens what was sealed for an account; nil if it is another's, of another key, or was changed.
    package func open(_ sealed: [UInt8], of account: String) -> TOTP? {
        guard let box = try? AES.GCM.SealedBox(combined: Data(sealed)),
            let secret = try? AES.GCM.open(box, using: self.key, authenticating: Array(account.utf8))
        else { return nil }
        return TOTP(secret: Array(secret))
    }
}
