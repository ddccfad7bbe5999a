import NIOCore
import Tenant

// The few kinds of MessagePack values that a batch consists of. https://github.com/msgpack/msgpack/blob/master/spec.md

extension ByteBuffer {
    mutating func writePacked(_ number: UInt64) {
        switch number {
        case 0...0x7F: self.writeInteger(UInt8(truncatingIfNeeded: number))
        case 0x80...0xFFFF: self.writeMultipleIntegers(0xCD as UInt8, UInt16(truncatingIfNeeded: number))
        case 0x1_0000...0xFFFF_FFFF: self.writeMultipleIntegers(0xCE as UInt8, UInt32(truncatingIfNeeded: number))
        default: self.writeMultipleIntegers(0xCF as UInt8, number)
        }
    }

    mutating func writePacked(_ number: Double) { self.writeMultipleIntegers(0xCB as UInt8, number.bitPattern) }

    mutating func writePackedFalse() { self.writeInteger(0xC2 as UInt8) }

    /// The head of a string of so many bytes, which the caller writes next.
    mutating func writePackedHead(_ length: Int) {
        switch length {
        case 0...31: self.writeInteger(0xA0 | UInt8(length))
        case 32...0xFF: self.writeMultipleIntegers(0xD9 as UInt8, UInt8(length))
        case 0x100...0xFFFF: self.writeMultipleIntegers(0xDA as UInt8, UInt16(length))
        default: self.writeMultipleIntegers(0xDB as UInt8, UInt32(length))
        }
    }

    mutating func writePacked(_ text: String) {
        self.writePackedHead(text.utf8.count)
        self.writeString(text)
    }

    mutating func writePacked(_ bytes: [UInt8]) {
        self.writePackedHead(bytes.count)
        self.writeBytes(bytes)
    }

    /// A field as the store names it: its section's byte, then its name.
    mutating func writePacked(_ field: FieldName) {
        self.writePackedHead(1 + field.name.utf8.count)
        self.writeInteger(field.section.byte)
        self.writeString(field.name)
    }

    /// The key of a log: `r:<tenant>:<kind>:<name>`.
    mutating func writePacked(_ log: LogKey) {
        self.writePackedHead(5 + log.tenant.text.utf8.count + log.name.utf8.count)
        self.writeStaticString("r:")
        self.writeString(log.tenant.text)
        self.writeInteger(UInt8(ascii: ":"))
        self.writeInteger(log.kind.byte)
        self.writeInteger(UInt8(ascii: ":"))
        self.writeString(log.name)
    }

    /// The head of an array whose length is set later with ``setPackedArray(count:at:)``.
    mutating func writePackedArrayHead() { self.writeMultipleIntegers(0xDD as UInt8, 0 as UInt32) }

    mutating func setPackedArray(count: Int, at index: Int) {
        self.setInteger(UInt32(count), at: index + 1)
    }
}
