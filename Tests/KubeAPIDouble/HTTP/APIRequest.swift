// A request taken apart: which version of which kind, where, which object, which subresource, which options.
// https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris

import Foundation
import HTTPTypes

/// A path of the API, split.
struct APIPath: Sendable, Equatable {
    var group = ""
    var version = ""
    var namespace: String?
    var resource = ""
    var name = ""
    var subresource = ""

    /// Splits a path such as `/apis/roost.chat/v1alpha1/namespaces/chat/tenants/acme/status`.
    ///
    /// - Returns: nil when the path names no resource.
    init?(_ path: String) {
        var parts = path.split(separator: "/").map { $0.removingPercentEncoding ?? String($0) }[...]
        switch parts.popFirst() {
        case "api": break
        case "apis":
            guard let group = parts.popFirst() else { return nil }
            self.group = group
        default: return nil
        }
        guard let version = parts.popFirst(), !parts.isEmpty else { return nil }
        self.version = version
        // `namespaces/NAME/status` and `finalize` are of the namespace itself.
        if parts.first == "namespaces", parts.count > 2, !["status", "finalize"].contains(parts[parts.startIndex + 2]) {
            namespace = parts[parts.startIndex + 1]
            parts = parts.dropFirst(2)
        }
        guard let resource = parts.popFirst() else { return nil }
        self.resource = resource
        name = parts.popFirst() ?? ""
        subresource = parts.popFirst() ?? ""
        if !parts.isEmpty { return nil }
    }
}

/// The query of a request.
struct APIQuery: Sendable {
    private let values: [String: String]

    init(_ query: String?) {
        var values: [String: String] = [:]
        for pair in (query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            func decoded(_ text: Substring) -> String {
                let spaced = text.replacing("+", with: " ")
                return spaced.removingPercentEncoding ?? String(spaced)
            }
            values[decoded(parts[0])] = parts.count > 1 ? decoded(parts[1]) : ""
        }
        self.values = values
    }

    subscript(name: String) -> String? {
        guard let value = values[name], !value.isEmpty else { return nil }
        return value
    }

    /// `1`, `true`, or the name alone.
    func flag(_ name: String) -> Bool {
        guard let value = values[name] else { return false }
        return !["false", "0"].contains(value)
    }
}

/// A request with its body.
struct APIRequest: Sendable {
    let method: HTTPRequest.Method
    let path: APIPath
    let query: APIQuery
    let contentType: String
    let userAgent: String
    let body: [UInt8]
    /// Who it is from; nil for the test itself.
    var user: KubeAPIUser?

    /// The verb as RBAC knows it.
    var verb: String {
        let isWatch = query.flag("watch")
        switch method {
        case .get, .head: return path.name.isEmpty ? (isWatch ? "watch" : "list") : "get"
        case .post: return "create"
        case .put: return "update"
        case .patch: return "patch"
        case .delete: return path.name.isEmpty ? "deletecollection" : "delete"
        default: return method.rawValue.lowercased()
        }
    }

    var call: KubeAPICall {
        KubeAPICall(
            verb: verb,
            group: path.group,
            resource: path.resource,
            subresource: path.subresource,
            namespace: path.namespace,
            name: path.name,
            contentType: method == .patch ? contentType : ""
        )
    }

    /// The options of a write.
    ///
    /// - Throws: 400 or 422 where an option has an unknown value.
    func writeOptions() throws(KubeStatus) -> WriteOptions {
        var options = WriteOptions()
        options.manager = userAgent.split(separator: "/").first.map(String.init) ?? "unknown"
        if let manager = query["fieldManager"] {
            options.manager = manager
            options.isManagerGiven = true
        }
        if let text = query["fieldValidation"] {
            guard let validation = WriteOptions.FieldValidation(rawValue: text) else {
                throw .badRequest("fieldValidation: Unsupported value: \"\(text)\"")
            }
            options.validation = validation
        }
        options.isDryRun = query["dryRun"] == "All"
        options.isForced = query["force"] != nil && query.flag("force")
        return options
    }

    /// The body as JSON: sent as JSON, or as YAML where the content type says so.
    ///
    /// - Parameters:
    ///   - allowsYAML: whether the content type is one that may be YAML.
    ///   - kind: what is expected; named in the refusal.
    /// - Returns: the body; of YAML, the first document.
    /// - Throws: 400 when the body is neither.
    func json(allowsYAML: Bool, kind: String) throws(KubeStatus) -> DoubleJSON {
        do {
            return try DoubleJSON(parsing: body)
        } catch {
            let text = String(decoding: body, as: UTF8.self)
            if allowsYAML, let documents = try? DoubleJSON.documents(yaml: text), let first = documents.first {
                return first
            }
            throw .badRequest(
                "the object provided is unrecognized (must be of type \(kind)): couldn't get version/kind; json parse "
                    + "error: \(error.description) (\(text.prefix(40)))"
            )
        }
    }
}
