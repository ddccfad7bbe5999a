// JSON of a version that may be newer or older than this one: everything may be missing or of another type.

/// A key of an object, as it is written.
struct ProjectionKey: CodingKey, ExpressibleByStringLiteral {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) { self.stringValue = name }
    init(stringLiteral name: String) { self.stringValue = name }
    init(stringValue name: String) { self.stringValue = name }
    init?(intValue: Int) { nil }
}

/// An object of which everything may be missing or of another type.
struct ProjectionObject {
    private let container: KeyedDecodingContainer<ProjectionKey>?
    private let path: [any CodingKey]

    init(_ decoder: any Decoder) throws {
        self.container = try decoder.container(keyedBy: ProjectionKey.self)
        self.path = decoder.codingPath
    }

    private init(_ container: KeyedDecodingContainer<ProjectionKey>?) {
        self.container = container
        self.path = container?.codingPath ?? []
    }

    func object(_ key: ProjectionKey) -> ProjectionObject {
        ProjectionObject(try? self.container?.nestedContainer(keyedBy: ProjectionKey.self, forKey: key))
    }

    func value<Value: Decodable>(_ key: ProjectionKey) -> Value? {
        (try? self.container?.decodeIfPresent(Value.self, forKey: key)) ?? nil
    }

    func required<Value: Decodable>(_ key: ProjectionKey) throws -> Value {
        guard let value: Value = self.value(key) else { throw self.mistake(key, "is missing") }
        return value
    }

    func mistake(_ key: ProjectionKey, _ what: String) -> DecodingError {
        .dataCorrupted(.init(codingPath: self.path + [key], debugDescription: "\(key.stringValue) \(what)"))
    }

    /// One of some words; `unknown` for what is none of them, nil if there is nothing.
    func choice<Choice: RawRepresentable<String>>(_ key: ProjectionKey, unknown: Choice) -> Choice? {
        guard self.holds(key) else { return nil }
        return self.value(key).flatMap(Choice.init(rawValue:)) ?? unknown
    }

    /// Those of a list's words that are known, nil if there is no list.
    func choices<Choice: RawRepresentable<String>>(_ key: ProjectionKey) -> [Choice]? {
        let words: [String]? = self.value(key)
        return words?.compactMap(Choice.init(rawValue:))
    }

    // What has to be as it was meant, if it is there.

    private func holds(_ key: ProjectionKey) -> Bool {
        guard let container = self.container, container.contains(key) else { return false }
        return (try? container.decodeNil(forKey: key)) != true
    }

    /// An object; nil if there is none.
    func whole(_ key: ProjectionKey) throws -> ProjectionObject? {
        guard self.holds(key) else { return nil }
        let object = self.object(key)
        guard object.container != nil else { throw self.mistake(key, "is no object") }
        return object
    }

    /// A list of texts; nil if there is none.
    func texts(_ key: ProjectionKey) throws -> [String]? {
        guard self.holds(key) else { return nil }
        guard let texts: [String] = self.value(key) else { throw self.mistake(key, "is no list of texts") }
        return texts
    }

    /// A list of objects; nil if there is none.
    func objects(_ key: ProjectionKey) throws -> [ProjectionObject]? {
        guard self.holds(key) else { return nil }
        guard var list = try? self.container?.nestedUnkeyedContainer(forKey: key) else {
            throw self.mistake(key, "is no list of objects")
        }
        var objects: [ProjectionObject] = []
        while !list.isAtEnd {
            guard let object = try? list.nestedContainer(keyedBy: ProjectionKey.self) else {
                throw self.mistake(key, "is no list of objects")
            }
            objects.append(ProjectionObject(object))
        }
        return objects
    }

    func number(_ key: ProjectionKey, in bounds: ClosedRange<Int>) throws -> Int? {
        guard self.holds(key) else { return nil }
        guard let number: Int = self.value(key) else { throw self.mistake(key, "is no whole number") }
        guard bounds.contains(number) else {
            throw self.mistake(key, "is \(number), not \(bounds.lowerBound) to \(bounds.upperBound)")
        }
        return number
    }

    func duration(_ key: ProjectionKey, in bounds: ClosedRange<Duration>) throws -> Duration? {
        guard self.holds(key) else { return nil }
        guard let duration = self.value(key).flatMap({ (text: String) in GoDuration.parse(text) }),
            bounds.contains(duration)
        else { throw self.mistake(key, "is no duration of at most \(GoDuration.text(bounds.upperBound))") }
        return duration
    }
}

extension DecodingError {
    /// Where and why, in one line.
    package var reason: String {
        switch self {
        case .dataCorrupted(let context), .keyNotFound(_, let context), .typeMismatch(_, let context),
            .valueNotFound(_, let context):
            let path = context.codingPath.dropLast().map { "\($0.stringValue)." }.joined()
            return path + context.debugDescription
        @unknown default: return "it cannot be read"
        }
    }
}
