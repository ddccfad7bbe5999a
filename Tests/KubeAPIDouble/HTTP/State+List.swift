// Lists: all at one revision, page by page if need be.
// https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks

import Foundation

extension APIServerState {
    /// What the request selects.
    func filter(_ request: APIRequest, _ type: ResourceType) throws(KubeStatus) -> ObjectFilter {
        var filter = ObjectFilter(namespace: request.path.namespace)
        if let selector = request.query["labelSelector"] { filter.labels = try LabelRequirement.parse(selector) }
        if let selector = request.query["fieldSelector"] {
            filter.fields = try FieldRequirement.parse(selector, for: type)
        }
        return filter
    }

    /// Answers a list.
    func list(
        _ request: APIRequest,
        _ type: ResourceType,
        _ version: ResourceVersionInfo
    ) throws(KubeStatus) -> APIAnswer {
        let filter = try filter(request, type)
        let store = try store(type)
        let query = request.query
        var at = try wantedRevision(query)
        var start: String?
        if let text = query["continue"] {
            let token = try ContinueToken(text)
            start = token.start
            at = token.revision
            guard token.revision >= store.compactedRevision else { throw Self.expiredContinue }
        } else if let revision = at, revision < store.compactedRevision {
            throw KubeStatus(
                code: 410,
                reason: "Expired",
                message: "The resourceVersion for the provided list is too old."
            )
        }
        let shown = at ?? revision
        let all =
            shown == revision
            ? store.ordered(namespace: filter.namespace, after: start)
            : store.ordered(namespace: filter.namespace, at: shown, after: start)
        let limit = query["limit"].flatMap(Int.init) ?? 0
        let found = all.filter(filter.matches)
        var metadata: DoubleJSON = ["resourceVersion": .string(String(shown))]
        guard limit > 0, found.count > limit else {
            if type.isCustom { metadata["continue"] = "" }
            return .json(code: 200, listBytes(found, type, version, metadata: metadata))
        }
        let page = Array(found.prefix(limit))
        metadata["continue"] = .string(ContinueToken(revision: shown, start: page.last?.key ?? "").text)
        // With a selector the server does not know how many are left.
        if filter.labels.isEmpty, filter.fields.isEmpty {
            metadata["remainingItemCount"] = .int(found.count - limit)
        }
        return .json(code: 200, listBytes(page, type, version, metadata: metadata))
    }

    /// The revision that a list has to show; nil for the newest.
    private func wantedRevision(_ query: APIQuery) throws(KubeStatus) -> Int? {
        let match = query["resourceVersionMatch"]
        guard let text = query["resourceVersion"] else {
            guard match == nil else {
                throw Self.badListOptions(
                    "resourceVersionMatch is forbidden unless resourceVersion is provided"
                )
            }
            return nil
        }
        if query["continue"] != nil, text != "0" {
            throw .badRequest("specifying resource version is not allowed when using continue")
        }
        guard let wanted = Int(text), wanted >= 0 else { throw Self.badRevision(text) }
        if wanted > revision { throw tooLarge(wanted) }
        if match == "Exact", wanted == 0 {
            throw Self.badListOptions("resourceVersionMatch \"Exact\" is forbidden for resourceVersion \"0\"")
        }
        if let match, !["Exact", "NotOlderThan"].contains(match) {
            throw Self.badListOptions("resourceVersionMatch: Unsupported value: \"\(match)\"")
        }
        // Without a match, a limit and a revision together mean that very revision.
        let isLegacyExact = match == nil && wanted > 0 && query["limit"] != nil
        return match == "Exact" || isLegacyExact ? wanted : nil
    }

    static func badListOptions(_ detail: String) -> KubeStatus {
        .invalid(
            kind: "ListOptions",
            group: "meta.k8s.io",
            name: "",
            [.forbidden("resourceVersionMatch", detail)]
        )
    }

    static func badRevision(_ text: String) -> KubeStatus {
        KubeStatus(
            code: 500,
            reason: "",
            message:
                "resourceVersion: Invalid value: \"\(text)\": strconv.ParseUint: parsing \"\(text)\": invalid syntax"
        )
    }

    private func tooLarge(_ wanted: Int) -> KubeStatus {
        KubeStatus(
            code: 504,
            reason: "Timeout",
            message: "Timeout: Too large resource version: \(wanted), current: \(revision)",
            details: [
                "causes": [["reason": "ResourceVersionTooLarge", "message": "Too large resource version"]],
                "retryAfterSeconds": 1,
            ],
            retryAfter: 1
        )
    }

    private static let expiredContinue = KubeStatus(
        code: 410,
        reason: "Expired",
        message: "The provided continue parameter is too old to display a consistent list result. You can start a new "
            + "list without the continue parameter."
    )

    /// A list as JSON text, made of the stored texts.
    func listBytes(
        _ objects: [StoredObject],
        _ type: ResourceType,
        _ version: ResourceVersionInfo,
        metadata: DoubleJSON
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(objects.reduce(256) { $0 + $1.body.count + 96 })
        let apiVersion = type.apiVersion(version.name)
        bytes.append(contentsOf: "{\"apiVersion\":\"\(apiVersion)\",\"kind\":\"\(type.listKind)\",\"metadata\":".utf8)
        metadata.write(into: &bytes)
        bytes.append(contentsOf: ",\"items\":[".utf8)
        for (index, object) in objects.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: object.itemBytes(type, version: version.name))
        }
        bytes.append(contentsOf: "]}".utf8)
        return bytes
    }
}

/// Where a list goes on.
private struct ContinueToken {
    let revision: Int
    let start: String

    init(revision: Int, start: String) {
        self.revision = revision
        self.start = start
    }

    init(_ text: String) throws(KubeStatus) {
        guard let data = Data(base64Encoded: text), let json = try? DoubleJSON(parsing: data),
            let revision = json["rv"]?.int, let start = json["start"]?.string
        else { throw .badRequest("invalid continue token: continue key is not valid: \(text)") }
        self.revision = revision
        self.start = start
    }

    var text: String {
        let json: DoubleJSON = ["v": "meta.k8s.io/v1", "rv": .int(revision), "start": .string(start)]
        return Data(json.bytes).base64EncodedString()
    }
}
