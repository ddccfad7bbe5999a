// Every refusal is a Status object.
// https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/

/// A refusal as the API server words it.
package struct KubeStatus: Error, Sendable, Equatable, CustomStringConvertible {
    /// The HTTP status code.
    package var code: Int
    /// The machine's word: `NotFound`; empty where the real server gives none.
    package var reason: String
    /// The sentence.
    package var message: String
    /// What it is about; nil where the real server gives nothing.
    package var details: DoubleJSON?
    /// Seconds of the header `Retry-After`.
    package var retryAfter: Int?

    /// Writes a refusal.
    package init(code: Int, reason: String, message: String, details: DoubleJSON? = nil, retryAfter: Int? = nil) {
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details
        self.retryAfter = retryAfter
    }

    /// The code, the reason and the sentence.
    package var description: String { "\(code) \(reason): \(message)" }

    /// The Status object.
    package var json: DoubleJSON {
        var json: DoubleJSON = [
            "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure",
            "message": .string(message), "code": .int(code),
        ]
        if !reason.isEmpty { json["reason"] = .string(reason) }
        if let details { json["details"] = details }
        return json
    }
}

extension KubeStatus {
    /// 409: what a test injects where a write should find the object changed.
    package static let conflict = KubeStatus(
        code: 409,
        reason: "Conflict",
        message: "the object has been modified; please apply your changes to the latest version and try again"
    )

    /// 410: the wanted revision is gone.
    package static let expired = KubeStatus(
        code: 410,
        reason: "Expired",
        message: "The resourceVersion for the provided list is too old."
    )

    /// 429 with `Retry-After`.
    package static func tooManyRequests(retryAfter seconds: Int) -> KubeStatus {
        KubeStatus(
            code: 429,
            reason: "TooManyRequests",
            message: "Too many requests, please try again later.",
            details: ["retryAfterSeconds": .int(seconds)],
            retryAfter: seconds
        )
    }

    /// 500.
    package static let internalError = KubeStatus(
        code: 500,
        reason: "InternalError",
        message: "Internal error occurred: etcdserver: request timed out",
        details: ["causes": [["message": "etcdserver: request timed out"]]]
    )

    /// 503.
    package static let serviceUnavailable = KubeStatus(
        code: 503,
        reason: "ServiceUnavailable",
        message: "the server is currently unable to handle the request"
    )

    /// 403 as RBAC words it.
    package static func forbidden(_ call: KubeAPICall, user: String) -> KubeStatus {
        let about = call.resource + (call.subresource.isEmpty ? "" : "/\(call.subresource)")
        let scope = call.namespace.map { " in the namespace \"\($0)\"" } ?? " at the cluster scope"
        let subject = call.group.isEmpty ? call.resource : "\(call.resource).\(call.group)"
        let name = call.name.isEmpty ? "" : " \"\(call.name)\""
        return KubeStatus(
            code: 403,
            reason: "Forbidden",
            message:
                "\(subject)\(name) is forbidden: User \"\(user)\" cannot \(call.verb) resource \"\(about)\" in API "
                + "group \"\(call.group)\"\(scope)",
            details: details(name: call.name, group: call.group, kind: call.resource)
        )
    }

    static func details(name: String, group: String, kind: String) -> DoubleJSON {
        var details: [String: DoubleJSON] = [:]
        if !kind.isEmpty { details["kind"] = .string(kind) }
        if !name.isEmpty { details["name"] = .string(name) }
        if !group.isEmpty { details["group"] = .string(group) }
        return .object(details)
    }

    static func badRequest(_ message: String) -> KubeStatus {
        KubeStatus(code: 400, reason: "BadRequest", message: message)
    }

    static func notFound(_ type: ResourceType, _ name: String) -> KubeStatus {
        KubeStatus(
            code: 404,
            reason: "NotFound",
            message: "\(type.name) \"\(name)\" not found",
            details: details(name: name, group: type.group, kind: type.plural)
        )
    }

    static let noSuchResource = KubeStatus(
        code: 404,
        reason: "NotFound",
        message: "the server could not find the requested resource",
        details: [:]
    )

    static func alreadyExists(_ type: ResourceType, _ name: String) -> KubeStatus {
        KubeStatus(
            code: 409,
            reason: "AlreadyExists",
            message: "\(type.name) \"\(name)\" already exists",
            details: details(name: name, group: type.group, kind: type.plural)
        )
    }

    static func conflict(
        _ type: ResourceType,
        _ name: String,
        _ message: String =
            "the object has been modified; please apply your changes to the latest version and try again"
    ) -> KubeStatus {
        KubeStatus(
            code: 409,
            reason: "Conflict",
            message: "Operation cannot be fulfilled on \(type.name) \"\(name)\": \(message)",
            details: details(name: name, group: type.group, kind: type.plural)
        )
    }

    /// 409 for a precondition: it names the kind, not the resource.
    static func failedPrecondition(_ type: ResourceType, _ name: String, _ message: String) -> KubeStatus {
        let kind = type.group.isEmpty ? type.kind : "\(type.kind).\(type.group)"
        return KubeStatus(
            code: 409,
            reason: "Conflict",
            message: "Operation cannot be fulfilled on \(kind) \"\(name)\": \(message)",
            details: details(name: name, group: type.group, kind: type.kind)
        )
    }

    static func invalid(kind: String, group: String, name: String, _ problems: [FieldProblem]) -> KubeStatus {
        let texts = problems.map(\.text)
        let list = texts.count == 1 ? texts[0] : "[\(texts.joined(separator: ", "))]"
        let subject = group.isEmpty ? kind : "\(kind).\(group)"
        var about = details(name: name, group: group, kind: kind)
        about["causes"] = .array(
            problems.map { problem in
                [
                    "reason": .string(problem.reason), "message": .string(problem.message),
                    "field": .string(problem.field),
                ]
            }
        )
        return KubeStatus(
            code: 422,
            reason: "Invalid",
            message: "\(subject) \"\(name)\" is invalid: \(list)",
            details: about
        )
    }

    static func invalid(_ type: ResourceType, _ name: String, _ problems: [FieldProblem]) -> KubeStatus {
        invalid(kind: type.kind, group: type.group, name: name, problems)
    }

    static func unsupportedMediaType(_ accepted: [String]) -> KubeStatus {
        KubeStatus(
            code: 415,
            reason: "UnsupportedMediaType",
            message: "the body of the request was in an unknown format - accepted media types include: "
                + accepted.joined(separator: ", ")
        )
    }

    static let methodNotAllowed = KubeStatus(
        code: 405,
        reason: "MethodNotAllowed",
        message: "the server does not allow this method on the requested resource",
        details: [:]
    )

    static let unauthorized = KubeStatus(code: 401, reason: "Unauthorized", message: "Unauthorized")
}
