package import NIOCore

/// The envelope of every entry: its first byte.
///
/// The low seven bits are the version of the form that what follows has; the high bit says what a reader does that does not
/// know it. So pods of two versions serve one channel during a rollout, and neither drifts.
package enum EntryForm {
    /// The version that this program writes, and the only one that it reads.
    package static let version: UInt8 = 1
    private static let loadAgainBit: UInt8 = 0x80

    /// What a reader does with an entry that it does not know.
    package enum Unknown: Hashable, Sendable {
        /// Nothing changed that matters to who does not know it.
        case passOver
        /// The fields beside the log have changed: what is kept of them is not true any more.
        case loadAgain
    }

    /// The first byte of an entry.
    package static func byte(_ unknown: Unknown, version: UInt8 = EntryForm.version) -> UInt8 {
        version | (unknown == .loadAgain ? self.loadAgainBit : 0)
    }

    /// What to do with an entry that could not be read.
    ///
    /// One that is damaged is treated as its first byte says; an empty one says nothing.
    package static func unknown(_ payload: ByteBuffer) -> Unknown {
        guard let first = payload.getInteger(at: payload.readerIndex, as: UInt8.self) else { return .passOver }
        return first & self.loadAgainBit != 0 ? .loadAgain : .passOver
    }
}

extension ByteBuffer {
    /// Writes the envelope, and the number of what follows.
    mutating func writeForm(_ tag: UInt8, unknown: EntryForm.Unknown) {
        self.writeMultipleIntegers(EntryForm.byte(unknown), tag)
    }

    /// Reads the envelope.
    ///
    /// - Returns: the number of what follows; nil if it has another form than this program knows.
    mutating func readForm() -> UInt8? {
        guard let (form, tag) = self.readMultipleIntegers(as: (UInt8, UInt8).self),
            form & 0x7F == EntryForm.version
        else { return nil }
        return tag
    }
}
