import NIOCore

/// What is asked of a store, before anybody signs or sends it.
struct S3Request: Sendable {
    let method: String
    /// The object; nil for the bucket.
    let key: ObjectKey?
    var query: [SignableRequest.Field] = []
    var headers: [SignableRequest.Field] = []
    var body: ByteBuffer?
    /// Whether an error may come with a status that says that all is well.
    var mayFailInside = false

    init(_ method: String, _ key: ObjectKey? = nil) {
        self.method = method
        self.key = key
    }

    mutating func add(_ name: String, _ value: String) { self.headers.append(.init(name: name, value: value)) }

    mutating func ask(_ name: String, _ value: String = "") { self.query.append(.init(name: name, value: value)) }
}
