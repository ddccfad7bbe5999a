import NIOCore
import Testing

@testable import ObjectStore

@Suite struct ChecksumTests {
    /// RFC 3720, appendix B.4, and the check value of the catalogue of CRCs.
    private static let known: [(bytes: [UInt8], checksum: UInt32)] = [
        (Array("123456789".utf8), 0xE306_9283), ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
        ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43), (Array(0..<32), 0x46DD_794E), ([], 0),
    ]

    @Test(arguments: Self.known)
    func `known bytes have the known checksum, in whatever pieces they come`(bytes: [UInt8], expected: UInt32) {
        for split in 0...bytes.count {
            var checksum = CRC32C()
            checksum.update(ByteBuffer(bytes: bytes[..<split]))
            checksum.update(ByteBuffer(bytes: bytes[split...]))
            #expect(checksum.value == expected)
        }
    }

    @Test func `secrets show themselves nowhere`() throws {
        let key = try #require(CustomerKey([UInt8](repeating: 65, count: 32)))
        var options = PutOptions()
        options.encryption = .customer(key)
        let secret = Secret("hush")
        for text in ["\(key)", "\(options)", String(reflecting: options), "\(secret)", String(reflecting: [secret])] {
            #expect(!text.contains("65") && !text.contains("AAAA") && !text.contains("hush"), "\(text)")
        }
        var dumped = ""
        dump((options, secret), to: &dumped)
        #expect(!dumped.contains("65") && !dumped.contains("hush"))
        #expect(CustomerKey([1, 2, 3]) == nil)
    }
}
