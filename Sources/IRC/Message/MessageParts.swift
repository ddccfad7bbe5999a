// The scan that finds the parts of a line.

/// Where the parts of a line are.
struct MessageParts {
    /// The tag section without `@` and the spaces after it; empty if there is none.
    var tags = Parameters.Span()
    /// The source without `:`; empty if there is none.
    var source = Parameters.Span()
    var command = Parameters.Span()
    var parameters = InlineArray<15, Parameters.Span>(repeating: Parameters.Span())
    var parameterCount = 0

    /// Finds the parts of a line in one pass for its validity and one over its head.
    ///
    /// - Returns: why it is no message, or `nil`.
    mutating func scan(_ bytes: UnsafeRawBufferPointer) -> MessageError? {
        guard bytes.count <= Int(UInt16.max) else { return .tooLong }
        switch ByteScan.fault(in: bytes) {
        case .forbiddenByte: return .forbiddenByte
        case .notUTF8: return .notUTF8
        case nil: return self.scanHead(bytes)
        }
    }

    /// Finds the parts of a line, whichever bytes it is made of.
    ///
    /// - Returns: why it has no command, or `nil`.
    mutating func scanHead(_ bytes: UnsafeRawBufferPointer) -> MessageError? {
        var place = 0
        if bytes.first == UInt8(ascii: "@") {
            self.tags = Self.word(in: bytes, from: 1)
            place = self.tags.upper
        }
        place = Self.skipSpaces(in: bytes, from: place)
        if place < bytes.count, bytes[place] == UInt8(ascii: "@") { return .malformedTags }
        if place < bytes.count, bytes[place] == UInt8(ascii: ":") {
            self.source = Self.word(in: bytes, from: place &+ 1)
            if self.source.isEmpty { return .malformedSource }
            place = Self.skipSpaces(in: bytes, from: self.source.upper)
        }
        self.command = Self.word(in: bytes, from: place)
        if self.command.isEmpty {
            return self.source.isEmpty && bytes.first != UInt8(ascii: "@") ? .empty : .noCommand
        }
        self.scanParameters(of: bytes, from: self.command.upper)
        return nil
    }

    private mutating func scanParameters(of bytes: UnsafeRawBufferPointer, from start: Int) {
        var place = Self.skipSpaces(in: bytes, from: start)
        while place < bytes.count {
            if bytes[place] == UInt8(ascii: ":") {
                self.append(Parameters.Span(place &+ 1, bytes.count))
                return
            }
            if self.parameterCount == Parameters.maximumCount - 1 {
                self.append(Parameters.Span(place, bytes.count))
                return
            }
            let word = Self.word(in: bytes, from: place)
            self.append(word)
            place = Self.skipSpaces(in: bytes, from: word.upper)
        }
    }

    private mutating func append(_ span: Parameters.Span) {
        self.parameters[self.parameterCount] = span
        self.parameterCount &+= 1
    }

    private static func skipSpaces(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var place = start
        while place < bytes.count, bytes[place] == UInt8(ascii: " ") { place &+= 1 }
        return place
    }

    /// The bytes up to the next space.
    private static func word(in bytes: UnsafeRawBufferPointer, from start: Int) -> Parameters.Span {
        var place = start
        while place < bytes.count, bytes[place] != UInt8(ascii: " ") { place &+= 1 }
        return Parameters.Span(start, place)
    }
}
