// What the server answers, before it becomes HTTP.

/// An answer to a request.
enum APIAnswer: Sendable {
    /// A whole body of JSON.
    case json(code: Int, [UInt8], warnings: [String] = [])
    /// A watch, from its first lines on.
    case watch(AsyncStream<WatchChunk>, id: Int, resource: String, timeout: Int?)
    /// A text that is no JSON.
    case text(code: Int, String)

    static func json(_ value: DoubleJSON, code: Int = 200) -> APIAnswer { .json(code: code, value.bytes) }

    static func status(_ status: KubeStatus) -> APIAnswer { .json(status.json, code: status.code) }

    /// The object that a write left, as its version shows it.
    static func object(_ result: WriteResult, _ type: ResourceType, version: String) -> APIAnswer {
        let warnings = result.warnings.map { "unknown field \"\($0)\"" }
        return .json(
            code: result.isCreated ? 201 : 200,
            result.object.bytes(type, version: version),
            warnings: warnings
        )
    }
}
