// Secrets, only as far as a tenant's fields point into them.

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A Kubernetes `v1 Secret`, as far as tenants refer to it.
package struct SecretResource: Sendable {
    /// Name and namespace.
    package let metadata: ObjectMeta
    /// Contents by key: `data` decoded from base64, then `stringData`, which wins.
    package let data: [String: Redacted<[UInt8]>]
    /// Where it was written.
    package let source: ResourceSource

    /// One value as text.
    ///
    /// A line end at the end is dropped: `kubectl create secret --from-file` takes it along, and nobody can type it.
    ///
    /// - Returns: The text, or `nil` if the key is absent or its value is not UTF-8.
    package func text(_ key: String) -> Redacted<String>? {
        guard let bytes = self.data[key]?.reveal(), let text = String(validating: bytes, as: UTF8.self) else {
            return nil
        }
        let end = text.hasSuffix("\r\n") || text.hasSuffix("\n") ? text.dropLast() : text[...]
        return Redacted(String(end))
    }
}

extension SecretResource {
    static func readData(_ fields: ObjectFields) -> [String: Redacted<[UInt8]>] {
        fields.ignore("type", "immutable")
        var data: [String: Redacted<[UInt8]>] = [:]
        let encoded = fields["data"].object { values in
            values.all().compactMap { name, field in
                field.parsedSecretly("base64: encode the value, or move it to stringData") { Data(base64Encoded: $0) }
                    .map { (name, Redacted([UInt8]($0))) }
            }
        }
        let plain = fields["stringData"].object { values in
            values.all().compactMap { name, field in
                field.parsedSecretly("string: write it in quotes") { $0 }.map { (name, Redacted(Array($0.utf8))) }
            }
        }
        for (name, value) in (encoded ?? []) + (plain ?? []) { data[name] = value }
        return data
    }
}
