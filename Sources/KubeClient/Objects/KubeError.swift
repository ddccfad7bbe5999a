// What the API server said, in its own words, or why nothing came of a call.

/// What the API server answers instead of an object (`meta/v1 Status`).
package struct KubeStatus: Sendable, Hashable {
    /// The HTTP status code.
    package let code: Int
    /// One word for programs, such as `Conflict`.
    package let reason: String
    /// What went wrong, for people.
    package let message: String
    /// What went wrong in which field.
    package let causes: [Cause]
    /// How long the server asks to wait.
    package let retryAfter: Duration?

    /// One thing that is wrong.
    package struct Cause: Sendable, Hashable {
        package let field: String
        package let message: String
    }

    /// States an answer.
    package init(code: Int, reason: String, message: String, causes: [Cause] = [], retryAfter: Duration? = nil) {
        self.code = code
        self.reason = reason
        self.message = message
        self.causes = causes
        self.retryAfter = retryAfter
    }

    /// Reads a `Status` object; whatever a proxy may have put in its place is kept as the message.
    init(_ json: JSON?, code: Int, retryAfter: Duration?, body: String) {
        let details = json?["details"] ?? .null
        self.init(
            code: json?["code"].int ?? code,
            reason: json?["reason"].string ?? Self.reason(of: code),
            message: json?["message"].string ?? (body.isEmpty ? "HTTP status \(code)" : String(body.prefix(500))),
            causes: (details["causes"].elements ?? []).map {
                Cause(field: $0["field"].string ?? "", message: $0["message"].string ?? "")
            },
            retryAfter: retryAfter ?? details["retryAfterSeconds"].int.map { .seconds(min(max($0, 0), 300)) }
        )
    }

    private static func reason(of code: Int) -> String {
        switch code {
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "NotFound"
        case 409: "Conflict"
        case 410: "Expired"
        case 429: "TooManyRequests"
        default: "Unknown"
        }
    }
}

/// Why a call to the API server came to nothing.
///
/// Neither description shows a credential.
package enum KubeError: Error, Hashable, Sendable {
    /// The server answered, and this is its answer.
    case status(KubeStatus)
    /// No answer: the connection failed or broke.
    case unreachable(String)
    /// No answer in time.
    case timedOut
    /// The answer is larger than what is read at once.
    case tooLarge
    /// What came is not what the API says.
    case invalidAnswer(String)
    /// No credential could be got, by an exec plugin or from a file.
    case credential(String)
    /// The configuration cannot be used.
    case configuration(String)

    package var status: KubeStatus? {
        guard case .status(let status) = self else { return nil }
        return status
    }

    /// There is no such object, or no such kind.
    package var isNotFound: Bool { self.status?.code == 404 }
    /// Who asks may not have it.
    package var isForbidden: Bool { self.status?.code == 403 }
    /// Somebody changed the object meanwhile, or another manager owns a field of it.
    package var isConflict: Bool { self.status?.code == 409 && self.status?.reason != "AlreadyExists" }
    /// An object of the name exists.
    package var isAlreadyExists: Bool { self.status?.reason == "AlreadyExists" }
    /// The revision is too old: list again.
    package var isGone: Bool { self.status?.code == 410 }
    /// The namespace is on its way out, so nothing can be made in it.
    package var isNamespaceTerminating: Bool {
        self.status?.code == 403 && self.status?.message.contains("because it is being terminated") == true
    }
}

extension KubeError: CustomStringConvertible, CustomDebugStringConvertible {
    package var description: String {
        switch self {
        case .status(let status): "\(status.message) (\(status.code) \(status.reason))"
        case .unreachable(let reason): "the API server cannot be reached: \(reason)"
        case .timedOut: "the API server did not answer in time"
        case .tooLarge: "the API server's answer is too large"
        case .invalidAnswer(let what): "the API server answered wrongly: \(what)"
        case .credential(let what): "no credential for the API server: \(what)"
        case .configuration(let what): what
        }
    }

    package var debugDescription: String { self.description }
}
