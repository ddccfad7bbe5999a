package import NIOCore

/// Changes of the projection's fields as an entry's payload carries them.
///
/// Bytes: a version (1), then for each change whether it sets (1) or removes (0) a field, the section's byte, the name's
/// length (2) and bytes, and of what is set the value's length (4) and bytes. All big-endian.
package enum ProjectionChange {
    private static let version: UInt8 = 1

    /// Writes changes as a payload.
    package static func payload(_ changes: [FieldChange]) -> ByteBuffer {
        var bytes = ByteBuffer(bytes: [Self.version])
        for change in changes {
            let name: FieldName
            switch change {
            case .set(let field, _): name = field
            case .remove(let field): name = field
            }
            var value: [UInt8]?
            if case .set(_, let set) = change { value = set }
            bytes.writeMultipleIntegers(
                value == nil ? 0 : 1 as UInt8,
                name.section.byte,
                UInt16(clamping: name.name.utf8.count)
            )
            bytes.writeBytes(name.name.utf8.prefix(Int(UInt16.max)))
            guard let value else { continue }
            bytes.writeInteger(UInt32(clamping: value.count))
            bytes.writeBytes(value)
        }
        return bytes
    }

    /// Reads a payload.
    ///
    /// - Returns: nil if it is of a version that this one does not know, or damaged: the log has to be loaded again.
    package static func read(_ payload: ByteBuffer) -> [FieldChange]? {
        var bytes = payload
        guard bytes.readInteger(as: UInt8.self) == Self.version else { return nil }
        var changes: [FieldChange] = []
        while bytes.readableBytes > 0 {
            guard let (sets, section, length) = bytes.readMultipleIntegers(as: (UInt8, UInt8, UInt16).self), sets <= 1,
                section >= 0x20, section < 0x7F, let name = bytes.readString(length: Int(clamping: length))
            else { return nil }
            let field = FieldName(Section(Unicode.Scalar(section)), name)
            if sets == 0 {
                changes.append(.remove(field))
                continue
            }
            guard let size = bytes.readInteger(as: UInt32.self),
                let value = bytes.readBytes(length: Int(clamping: size))
            else { return nil }
            changes.append(.set(field, value))
        }
        return changes
    }
}
