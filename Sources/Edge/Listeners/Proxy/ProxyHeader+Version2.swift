import NIOCore
import Tenant

// Section 2.2: the binary header. The signature is checked before.

extension ProxyHeader {
    private static let addressLengths: [UInt8: Int] = [0: 0, 1: 12, 2: 36, 3: 216]

    static func parseVersion2(_ buffer: ByteBuffer) -> Parse {
        var buffer = buffer
        buffer.moveReaderIndex(forwardBy: Self.version2Signature.count)
        guard let command = buffer.readInteger(as: UInt8.self) else { return .incomplete }
        // The high half is the version; 0 is LOCAL and 1 PROXY.
        guard command == 0x20 || command == 0x21 else { return .invalid }
        guard let protocols = buffer.readInteger(as: UInt8.self) else { return .incomplete }
        guard let rest = buffer.readInteger(as: UInt16.self) else { return .incomplete }
        let length = Self.version2Signature.count + 4 + Int(clamping: rest)
        guard length <= Self.maximumVersion2Bytes else { return .invalid }
        guard var body = buffer.readSlice(length: Int(clamping: rest)) else { return .incomplete }
        // The proxy checks on us: whatever follows is to be skipped.
        if command == 0x20 { return .header(ProxyHeader(), length: length) }
        // What is not known is as UNSPEC: nobody knows where its addresses end.
        guard let addressLength = Self.addressLengths[protocols >> 4] else {
            return .header(ProxyHeader(), length: length)
        }
        guard var addresses = body.readSlice(length: addressLength) else { return .invalid }
        var header = ProxyHeader()
        // A client of another protocol than TCP is none of this connection.
        switch protocols {
        case 0x11: header.source = addresses.readInteger(as: UInt32.self).map { IPAddress(version4: $0) }
        case 0x21: header.source = addresses.readInteger(as: UInt128.self).map { IPAddress(bits: $0) }
        default: break
        }
        return header.readFields(&body) ? .header(header, length: length) : .invalid
    }

    /// Section 2.2.1: type, length, value; until the header's end, exactly.
    private mutating func readFields(_ buffer: inout ByteBuffer) -> Bool {
        while buffer.readableBytes > 0 {
            guard let type = buffer.readInteger(as: UInt8.self), let length = buffer.readInteger(as: UInt16.self),
                var value = buffer.readSlice(length: Int(clamping: length))
            else { return false }
            switch type {
            case 0x02:
                // Two would leave open whose client it is.
                guard self.authority == nil, (1...255).contains(value.readableBytes),
                    let name = String(validating: value.readableBytesView, as: UTF8.self)
                else { return false }
                self.authority = name
            case 0x20:
                guard let client = value.readInteger(as: UInt8.self), value.readableBytes >= 4 else { return false }
                self.isSecure = client & 0x01 != 0
            default:
                continue
            }
        }
        return true
    }
}
