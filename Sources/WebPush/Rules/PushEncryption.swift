// Message encryption for Web Push (RFC 8291): one record of `aes128gcm` (RFC 8188), with a key that the sender makes for it.

package import Crypto
package import Tenant

/// Encrypts what is pushed.
package enum PushEncryption {
    /// What a push service takes at least (RFC 8030 section 7.2), and most take at most.
    package static let maximumBody = 4096
    private static let recordSize: UInt32 = 4096
    private static let saltBytes = 16
    private static let tagBytes = 16
    private static let headBytes = Self.saltBytes + 4 + 1 + PushKeys.pointBytes
    /// How long a text may be: all of it stands in one record, with a byte that ends it.
    package static let maximumText = Self.maximumBody - Self.headBytes - Self.tagBytes - 1

    /// Encrypts a text for one device.
    ///
    /// - Parameters:
    ///   - text: What its service worker gets.
    ///   - keys: The device's.
    ///   - salt: 16 random bytes.
    ///   - key: The sender's, for this text only.
    /// - Returns: The body of the request; nil if the text is too long.
    package static func encrypt(
        _ text: [UInt8],
        for keys: PushKeys,
        salt: [UInt8],
        with key: P256.KeyAgreement.PrivateKey
    ) -> [UInt8]? {
        guard text.count <= Self.maximumText, salt.count == Self.saltBytes,
            let device = try? P256.KeyAgreement.PublicKey(x963Representation: keys.publicKey),
            let shared = try? key.sharedSecretFromKeyAgreement(with: device)
        else { return nil }
        let sender = [UInt8](key.publicKey.x963Representation)
        let input = shared.hkdfDerivedSymmetricKey(
            using: SHA256.self,
            salt: keys.secret,
            sharedInfo: Array("WebPush: info\0".utf8) + keys.publicKey + sender,
            outputByteCount: 32
        )
        func derive(_ info: String, _ count: Int) -> SymmetricKey {
            HKDF<SHA256>.deriveKey(
                inputKeyMaterial: input,
                salt: salt,
                info: Array(info.utf8),
                outputByteCount: count
            )
        }
        let content = derive("Content-Encoding: aes128gcm\0", 16)
        let nonce = derive("Content-Encoding: nonce\0", 12).withUnsafeBytes { [UInt8]($0) }
        // 2 ends the last record.
        guard let nonce = try? AES.GCM.Nonce(data: nonce),
            let sealed = try? AES.GCM.seal(text + [2], using: content, nonce: nonce)
        else { return nil }
        let size = withUnsafeBytes(of: Self.recordSize.bigEndian) { [UInt8]($0) }
        return salt + size + [UInt8(sender.count)] + sender + sealed.ciphertext + sealed.tag
    }

    /// The same with a salt and a key that nobody had before.
    package static func encrypt(_ text: [UInt8], for keys: PushKeys) -> [UInt8]? {
        let salt = SymmetricKey(size: .bits128).withUnsafeBytes { [UInt8]($0) }
        return self.encrypt(text, for: keys, salt: salt, with: P256.KeyAgreement.PrivateKey())
    }
}
