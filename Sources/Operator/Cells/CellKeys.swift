// A cell's own keys: made once and kept, since cloaked hosts in ban lists come from the one, and what is sealed for the edges
// from the other.

import Crypto
import KubeClient
import StateStore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The keys that a cell's edges and the operator share.
struct CellKeys: Sendable {
    let seal: CertificateSeal
    /// Keys digests of URLs, so that a digest tells nothing of a password.
    private let digestKey: SymmetricKey

    /// Reads the cell's Secret, and makes it if there is none.
    static func ensure(_ context: OperatorContext, _ cell: KubeObject) async throws(KubeError) -> CellKeys {
        let name = OperatorNames.keys(cell.name)
        let namespace = context.settings.namespace
        if let secret = try await context.client.find(.secrets, name, in: namespace) {
            return try CellKeys(secret)
        }
        var object = KubeObject(
            .secrets,
            name: name,
            namespace: namespace,
            [
                "type": "Opaque",
                "data": ["secret": .string(Self.random()), "sealing": .string(Self.random())],
            ]
        )
        // Without an owner: a Cell that is deleted by mistake and made again must find its cloaks as they were.
        object.json["metadata"]["labels"] = JSON(OperatorNames.labels(cell.name))
        do throws(KubeError) {
            return try CellKeys(try await context.client.create(.secrets, object))
        } catch {
            guard error.isAlreadyExists else { throw error }
            return try CellKeys(try await context.client.get(.secrets, name, in: namespace))
        }
    }

    private init(_ secret: KubeObject) throws(KubeError) {
        // What the edges read from the mounted file: text or bytes.
        guard let bytes = secret.decoded("sealing"), let key = CertificateSeal.key(bytes) else {
            throw .configuration("Secret \(secret.key): `sealing` is no key of 32 bytes: restore it from a backup")
        }
        self.digestKey = SymmetricKey(data: key)
        self.seal = CertificateSeal(key: self.digestKey)
    }

    /// Base64 of base64: the file that edges read is text.
    private static func random() -> String {
        let key = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
        return Data(key.base64EncodedString().utf8).base64EncodedString()
    }

    /// A digest of texts that are secrets themselves.
    func digest(_ texts: [String]) -> String {
        var code = HMAC<SHA256>(key: self.digestKey)
        for text in texts {
            code.update(data: Array(text.utf8))
            code.update(data: [0])
        }
        return code.finalize().prefix(10).hexadecimal
    }
}

extension Sequence<UInt8> {
    /// Two digits a byte.
    var hexadecimal: String { self.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}

extension KubeObject {
    /// A value of a Secret's data, decoded.
    func decoded(_ key: String) -> [UInt8]? {
        self.json["data"][key].string.flatMap { Data(base64Encoded: $0) }.map { [UInt8]($0) }
    }

    /// A value of a Secret's data as a line of text.
    func decodedText(_ key: String) -> String? {
        self.decoded(key).flatMap { String(validating: $0, as: UTF8.self) }?.withoutOuterSpace
    }
}
