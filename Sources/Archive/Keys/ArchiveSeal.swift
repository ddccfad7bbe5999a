// Envelope encryption: a segment is encrypted with a key of its own, that key with the tenant's, the tenant's with the cell's. So a
// tenant's archive is gone with one key of 32 bytes, wherever copies of its objects lie, and a new key of the cell is one more small
// object for each tenant.

import Crypto

/// AES-256-GCM (NIST SP 800-38D) as archives use it.
enum ArchiveSeal {
    static let keyBytes = 32
    /// What a frame is longer than its plain text.
    static let overhead = 16

    /// A nonce that counts: for keys that encrypt each number once.
    static func nonce(_ number: Int) -> [UInt8] {
        [0, 0, 0, 0] + withUnsafeBytes(of: UInt64(number).bigEndian) { Array($0) }
    }

    /// Encrypts a frame: ciphertext and tag.
    static func seal(
        _ plain: [UInt8],
        _ key: SymmetricKey,
        frame: Int,
        place: [UInt8]
    ) throws(ArchiveError) -> [UInt8] {
        do {
            let nonce = try AES.GCM.Nonce(data: Self.nonce(frame))
            let box = try AES.GCM.seal(plain, using: key, nonce: nonce, authenticating: place)
            var bytes = [UInt8]()
            bytes.reserveCapacity(plain.count + Self.overhead)
            bytes += box.ciphertext
            bytes += box.tag
            return bytes
        } catch { throw .damaged("a frame cannot be encrypted") }
    }

    /// Decrypts a frame.
    static func open(
        _ bytes: ArraySlice<UInt8>,
        _ key: SymmetricKey,
        frame: Int,
        place: [UInt8]
    ) throws(ArchiveError) -> [UInt8] {
        guard bytes.count >= Self.overhead else { throw .damaged("frame \(frame) is too short") }
        do {
            let box = try AES.GCM.SealedBox(
                nonce: AES.GCM.Nonce(data: Self.nonce(frame)),
                ciphertext: bytes.dropLast(Self.overhead),
                tag: bytes.suffix(Self.overhead)
            )
            return Array(try AES.GCM.open(box, using: key, authenticating: place))
        } catch { throw .damaged("frame \(frame) does not open with its key") }
    }

    /// Encrypts a key for its place: nonce, ciphertext, tag; another one each time.
    static func wrap(
        _ key: SymmetricKey,
        with wrapping: SymmetricKey,
        place: String
    ) throws(ArchiveError) -> [UInt8] {
        let plain = key.withUnsafeBytes { Array($0) }
        guard let box = try? AES.GCM.seal(plain, using: wrapping, authenticating: Array(place.utf8)).combined else {
            throw .damaged("a key cannot be encrypted")
        }
        return Array(box)
    }

    /// Decrypts a key.
    ///
    /// - Returns: nil if it was encrypted with another key or for another place, or changed.
    static func unwrap(_ wrapped: [UInt8], with wrapping: SymmetricKey, place: String) -> SymmetricKey? {
        guard let box = try? AES.GCM.SealedBox(combined: wrapped),
            let plain = try? AES.GCM.open(box, using: wrapping, authenticating: Array(place.utf8)),
            plain.count == Self.keyBytes
        else { return nil }
        return SymmetricKey(data: plain)
    }
}
