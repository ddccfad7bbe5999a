// What is signed is two lines: one of JSON, and one with a signature of the first, line feed not included.

import Crypto
import FoundationEssentials

/// Signs and opens lines.
enum SignedLine {
    private struct Signature: Codable {
        /// Which key of the cell signed.
        var key: String
        var ed25519: Data
    }

    /// The object of a value.
    ///
    /// - Parameters:
    ///   - value: What is signed, with the cell's current key.
    ///   - keys: The cell's.
    /// - Returns: Both lines.
    /// - Throws: ``ArchiveError``
    static func bytes(of value: some Encodable, _ keys: CellKeys) throws(ArchiveError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            var bytes = Array(try encoder.encode(value))
            let signature = try keys.signing(keys.current).signature(for: bytes)
            bytes.append(0x0A)
            bytes += try encoder.encode(Signature(key: keys.current, ed25519: signature))
            bytes.append(0x0A)
            return bytes
        } catch let error as ArchiveError { throw error } catch {
            throw .damaged("cannot be signed: \(error)")
        }
    }

    /// Reads an object and checks its signature.
    ///
    /// - Parameters:
    ///   - type: What is signed.
    ///   - bytes: Both lines.
    ///   - keys: The cell's.
    ///   - what: What it is, for errors.
    /// - Returns: What is signed.
    /// - Throws: ``ArchiveError/damaged(_:)``, ``ArchiveError/keyMissing(_:)``, ``ArchiveError/newerFormat(_:)``
    static func open<Value: Decodable>(
        _ type: Value.Type,
        _ bytes: [UInt8],
        _ keys: CellKeys,
        _ what: String
    ) throws(ArchiveError) -> Value {
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        guard lines.count == 3, lines[2].isEmpty,
            let signature = try? JSONDecoder().decode(Signature.self, from: Data(lines[1]))
        else { throw .damaged("\(what) is not two lines") }
        let key = try keys.signing(signature.key).publicKey
        guard key.isValidSignature(signature.ed25519, for: Array(lines[0])) else {
            throw .damaged("\(what)'s signature does not fit")
        }
        do { return try JSONDecoder().decode(Value.self, from: Data(lines[0])) } catch { throw .newerFormat(what) }
    }
}
