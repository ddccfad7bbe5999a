// The rules of metadata: names, labels, finalizers.
// https://kubernetes.io/docs/concepts/overview/working-with-objects/names/

/// What metadata may hold.
enum MetadataRules {
    private static let suffixCharacters = Array("bcdfghjklmnpqrstvwxz2456789")

    /// Five characters, as the server adds to `generateName`.
    static func randomSuffix() -> String {
        String((0..<5).compactMap { _ in suffixCharacters.randomElement() })
    }

    /// Drops lists and maps without content, as the server does not write them.
    static func dropEmpty(_ metadata: inout [String: DoubleJSON]) {
        for key in ["labels", "annotations", "finalizers", "ownerReferences"] {
            if let value = metadata[key], value.isNull || value.isEmptyCollection { metadata[key] = nil }
        }
    }

    /// What is wrong with an object's metadata.
    static func problems(of object: DoubleJSON, type: ResourceType) -> [FieldProblem] {
        let metadata = object["metadata"] ?? .object([:])
        var problems = nameProblems(metadata["name"]?.string ?? "", type)
        for (key, value) in metadata["labels"]?.object ?? [:] {
            problems += labelProblems(key, value)
        }
        for key in (metadata["annotations"]?.object ?? [:]).keys.sorted() where !isQualified(key.lowercased()) {
            problems.append(.invalid("metadata.annotations", .string(key), qualifiedNameText))
        }
        for (index, owner) in (metadata["ownerReferences"]?.array ?? []).enumerated() {
            for key in ["apiVersion", "kind", "name", "uid"] where (owner[key]?.string ?? "").isEmpty {
                problems.append(.invalid("metadata.ownerReferences[\(index)].\(key)", "", "\(key) must not be empty"))
            }
        }
        for finalizer in metadata["finalizers"]?.array ?? [] {
            if let name = finalizer.string, !isQualified(name) {
                problems.append(.invalid("metadata.finalizers", finalizer, qualifiedNameText))
            }
        }
        return problems
    }

    private static func nameProblems(_ name: String, _ type: ResourceType) -> [FieldProblem] {
        if name.isEmpty { return [.required("metadata.name", "name or generateName is required")] }
        switch type.rules {
        case .namespace where !isLabel(name): return [.invalid("metadata.name", .string(name), labelText)]
        case .service where !isLabel(name) || name.first?.isNumber ?? false:
            return [.invalid("metadata.name", .string(name), serviceNameText)]
        default: break
        }
        return isSubdomain(name) ? [] : [.invalid("metadata.name", .string(name), subdomainText)]
    }

    private static func labelProblems(_ key: String, _ value: DoubleJSON) -> [FieldProblem] {
        var problems: [FieldProblem] = []
        if !isQualified(key) { problems.append(.invalid("metadata.labels", .string(key), qualifiedNameText)) }
        guard let text = value.string else { return problems }
        if text.utf8.count > 63 {
            problems.append(.invalid("metadata.labels", value, "must be no more than 63 bytes"))
        } else if !isLabelValue(text) {
            problems.append(.invalid("metadata.labels", value, labelValueText))
        }
        return problems
    }

    private static func isLower(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isLower(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }

    private static func isBounded(_ text: Substring.UTF8View, inner: String.UTF8View, ends: (UInt8) -> Bool) -> Bool {
        guard let first = text.first, let last = text.last, ends(first), ends(last) else { return false }
        return text.allSatisfy { ends($0) || inner.contains($0) }
    }

    /// A DNS label of RFC 1123.
    static func isLabel(_ text: String) -> Bool {
        text.utf8.count <= 63 && isBounded(text[...].utf8, inner: "-".utf8, ends: isLower)
    }

    /// A DNS subdomain of RFC 1123.
    static func isSubdomain(_ text: String) -> Bool {
        text.utf8.count <= 253
            && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
                isBounded($0.utf8, inner: "-".utf8, ends: isLower)
            }
    }

    static func isLabelValue(_ text: String) -> Bool {
        text.isEmpty || isBounded(text[...].utf8, inner: "-_.".utf8, ends: isAlphanumeric)
    }

    /// A name with an optional prefix: `example.com/name`.
    static func isQualified(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let name = parts.last, name.utf8.count <= 63 else { return false }
        if parts.count == 2, !isSubdomain(String(parts[0])) { return false }
        return isBounded(name.utf8, inner: "-_.".utf8, ends: isAlphanumeric)
    }

    private static let subdomainText =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
        + "and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
        + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
    private static let labelText =
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
        + "with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
        + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
    private static let serviceNameText =
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic "
        + "character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation "
        + "is '[a-z]([-a-z0-9]*[a-z0-9])?')"
    private static let labelValueText =
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start "
        + "and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for "
        + "validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
    private static let qualifiedNameText =
        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
        + "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
        + "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
}
