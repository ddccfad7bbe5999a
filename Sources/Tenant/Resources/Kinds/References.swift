/// Names another object in the same namespace (or in the cluster, where its kind has none).
package struct ObjectReference: Hashable, Sendable {
    /// The object's name.
    package let name: String

    static func read(_ cursor: FieldCursor) -> ObjectReference? {
        cursor.object { fields in
            fields["name"].required("name the object that is meant").parsed(ObjectMeta.nameRule) {
                DNSName.isSubdomain($0) ? ObjectReference(name: $0) : nil
            }
        }
    }

    static func readNested(_ cursor: FieldCursor) -> ObjectReference? {
        cursor.object { fields in Self.read(fields["secretRef"].required("write secretRef: {name: …}")) }
    }
}

/// Names one key of a `Secret` in the same namespace.
package struct SecretKeyReference: Hashable, Sendable {
    /// The secret's name.
    package let name: String
    /// The key in its `data`.
    package let key: String

    static func read(_ cursor: FieldCursor) -> SecretKeyReference? {
        cursor.object { fields in
            let name = fields["name"].required("name the Secret").parsed(ObjectMeta.nameRule) {
                DNSName.isSubdomain($0) ? $0 : nil
            }
            let key = fields["key"].required("name the key in the Secret").string()
            guard let name, let key else { return nil }
            return SecretKeyReference(name: name, key: key)
        }
    }
}
