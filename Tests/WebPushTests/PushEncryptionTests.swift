import Crypto
import Tenant
import Testing
import WebPush

/// Encryption as RFC 8291 and RFC 8188 have it.
struct PushEncryptionTests {
    private func bytes(_ text: String) throws -> [UInt8] { try #require(Base64URL.decode(text)) }

    @Test func `the example of RFC 8291 comes out byte for byte`() throws {
        let keys = try #require(
            PushKeys(
                publicKey: self.bytes(
                    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
                ),
                secret: self.bytes("BTBZMqHH6r4Tts7J_aSIgg")
            )
        )
        let sender = try P256.KeyAgreement.PrivateKey(
            rawRepresentation: self.bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")
        )
        let body = PushEncryption.encrypt(
            Array("When I grow up, I want to be a watermelon".utf8),
            for: keys,
            salt: try self.bytes("DGv6ra1nlYgDCS1FRnbzlw"),
            with: sender
        )
        let expected =
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95"
            + "bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
        #expect(body.map(Base64URL.encode) == expected)
    }

    @Test(arguments: [0, 1, PushEncryption.maximumText, PushEncryption.maximumText + 1])
    func `a text that fits a record is read by its device alone, and a longer one is not sent`(count: Int) throws {
        let device = try Device()
        let text = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let body = PushEncryption.encrypt(text, for: device.keys)
        guard count <= PushEncryption.maximumText else { return #expect(body == nil) }
        let sent = try #require(body)
        #expect(sent.count <= PushEncryption.maximumBody)
        #expect(try device.decrypt(sent) == text)
        #expect(throws: (any Error).self) { try Device().decrypt(sent) }
    }

    @Test func `the same text never looks the same twice`() throws {
        let keys = try Device().keys
        #expect(PushEncryption.encrypt([1, 2, 3], for: keys) != PushEncryption.encrypt([1, 2, 3], for: keys))
    }
}
