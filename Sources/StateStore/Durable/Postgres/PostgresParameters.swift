/// The values of a statement in the shape that libpq takes them.
///
/// Numbers and texts go as text, so that the server reads each as the type that the statement asks for.
struct PostgresParameters {
    private var storage: [UInt8] = []
    private var places: [Int?] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []

    init(_ values: [SQLValue]) throws(DurableStoreError) {
        for value in values {
            switch value {
            case .null: self.append(nil, format: 0)
            case .integer(let integer): self.append(Array(String(integer).utf8), format: 0)
            case .real(let real): self.append(Array(String(real).utf8), format: 0)
            case .text(let text):
                try text.requireNoNUL()
                self.append(Array(text.utf8), format: 0)
            case .blob(let bytes): self.append(bytes, format: 1)
            }
        }
    }

    private mutating func append(_ bytes: [UInt8]?, format: Int32) {
        self.places.append(bytes.map { _ in self.storage.count })
        self.lengths.append(Int32(bytes?.count ?? 0))
        self.formats.append(format)
        // libpq finds the end of a text by its NUL.
        if let bytes { self.storage += bytes + [0] }
    }

    func withPointers<Answer>(
        _ body: (_ values: [UnsafePointer<CChar>?], _ lengths: [Int32], _ formats: [Int32]) -> Answer
    ) -> Answer {
        self.storage.withUnsafeBytes { storage in
            let base = storage.baseAddress?.assumingMemoryBound(to: CChar.self)
            let values = self.places.map { place -> UnsafePointer<CChar>? in
                guard let base, let place else { return nil }
                return base + place
            }
            return body(values, self.lengths, self.formats)
        }
    }
}
