/// A request as far as a signature covers it.
struct SignableRequest: Hashable, Sendable {
    struct Field: Hashable, Sendable {
        let name: String
        let value: String
    }

    var method: String
    /// As it is meant, not encoded; begins with a slash.
    var path: String
    /// As they are meant, in any order.
    var query: [Field] = []
    /// With `host` among them; all of them are signed.
    var headers: [Field] = []

    init(_ method: String, _ path: String) {
        self.method = method
        self.path = path
    }

    mutating func add(_ name: String, _ value: String) { self.headers.append(Field(name: name, value: value)) }

    var canonicalQuery: String { PercentEncoding.query(self.query.map { ($0.name, $0.value) }) }

    /// The headers as they are signed: small names in their order, values of one name in that of the request.
    private var canonicalHeaders: [(name: String, value: String)] {
        var values: [String: [String]] = [:]
        for header in self.headers {
            let words = header.value.split(whereSeparator: { $0 == " " || $0 == "\t" || $0.isNewline })
            values[header.name.lowercased(), default: []].append(words.joined(separator: " "))
        }
        return values.sorted { $0.key < $1.key }.map { ($0.key, $0.value.joined(separator: ",")) }
    }

    /// Which headers are signed.
    var signedHeaders: String { self.canonicalHeaders.map(\.name).joined(separator: ";") }

    /// All of it, as both sides write it down to compare it.
    func canonical(payload: String) -> String {
        let headers = self.canonicalHeaders
        return [
            self.method, PercentEncoding.encode(self.path, keepsSlashes: true), self.canonicalQuery,
            headers.map { "\($0.name):\($0.value)\n" }.joined(), headers.map(\.name).joined(separator: ";"), payload,
        ].joined(separator: "\n")
    }
}
