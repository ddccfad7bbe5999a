import NIOCore

/// Up to where a session had been told of its logs when its last attachment left.
package struct SessionPlaces: Hashable, Sendable {
    /// A place in a log: its epoch and the number of the last entry that was told.
    package struct Place: Hashable, Sendable {
        package let epoch: UInt64
        package let sequence: UInt64

        package init(epoch: UInt64, sequence: UInt64) {
            self.epoch = epoch
            self.sequence = sequence
        }
    }

    /// By the folded name of the channel; the session's own log has no name.
    package var places: [String: Place]

    package init(_ places: [String: Place]) { self.places = places }

    /// The field of a session's log that has it while nobody takes part in the session.
    package static let field = FieldKey(.setting, "places")

    package var bytes: [UInt8] {
        var buffer = ByteBuffer()
        for (name, place) in self.places.sorted(by: { $0.key < $1.key }) {
            buffer.writeText(name)
            buffer.writeMultipleIntegers(place.epoch, place.sequence)
        }
        return Array(buffer.readableBytesView)
    }

    /// - Returns: nil if the bytes are not what ``bytes`` had.
    package init?(_ bytes: [UInt8]) {
        var buffer = ByteBuffer(bytes: bytes)
        self.places = [:]
        while buffer.readableBytes > 0 {
            guard let name = buffer.readText(),
                let (epoch, sequence) = buffer.readMultipleIntegers(as: (UInt64, UInt64).self)
            else { return nil }
            self.places[name] = Place(epoch: epoch, sequence: sequence)
        }
    }
}
