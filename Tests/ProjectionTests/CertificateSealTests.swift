import Crypto
import Foundation
import StateStore
import Testing

/// What a sealed certificate does not let happen.
struct CertificateSealTests {
    private static let certificate = ProjectedCertificate(
        hostnames: ["chat.acme.example"],
        certificatePEM: "-----BEGIN CERTIFICATE-----",
        keyPEM: "-----BEGIN PRIVATE KEY-----"
    )

    private let seal = CertificateSeal(key: SymmetricKey(size: .bits256))

    @Test(arguments: ["acme", Projection.wildcard])
    func `what was sealed for a place opens there, and no two boxes are the same`(name: String) throws {
        let box = try self.seal.seal(Self.certificate, name: name)
        #expect(try self.seal.open(box, name: name) == Self.certificate)
        #expect(try self.seal.seal(Self.certificate, name: name) != box)
        #expect(!String(decoding: box, as: UTF8.self).contains("PRIVATE"))
    }

    @Test func `a box opens neither with another key nor in another's place`() throws {
        let box = try self.seal.seal(Self.certificate, name: "acme")
        let stranger = CertificateSeal(key: SymmetricKey(size: .bits256))
        #expect(throws: CertificateSeal.Problem.doesNotOpen) { try stranger.open(box, name: "acme") }
        for name in ["acme-2", "acm", "", Projection.wildcard] {
            #expect(throws: CertificateSeal.Problem.doesNotOpen) { try self.seal.open(box, name: name) }
        }
    }

    @Test func `a box that was cut or changed anywhere does not open`() throws {
        let box = try self.seal.seal(Self.certificate, name: "acme")
        for length in 0..<box.count {
            #expect(throws: CertificateSeal.Problem.self) {
                try self.seal.open(Array(box.prefix(length)), name: "acme")
            }
        }
        for index in box.indices {
            var changed = box
            changed[index] ^= 1 << UInt8.random(in: 0...7)
            #expect(throws: CertificateSeal.Problem.self) { try self.seal.open(changed, name: "acme") }
        }
        #expect(throws: CertificateSeal.Problem.unknownVersion) {
            try self.seal.open([2] + box.dropFirst(), name: "acme")
        }
        #expect(throws: CertificateSeal.Problem.doesNotOpen) { try self.seal.open(box + [0], name: "acme") }
    }

    @Test func `nothing that prints a certificate shows its key`() {
        var dumped = ""
        dump(Self.certificate, to: &dumped)
        for text in ["\(Self.certificate)", String(reflecting: Self.certificate), dumped] {
            #expect(!text.contains("PRIVATE"))
        }
    }

    // MARK: The key's file

    private static let key = (0..<32).map { UInt8($0 * 7 & 0xFF) }

    private func withFile(_ bytes: [UInt8], mode: Int = 0o600, _ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.path + "/roost-key-\(UUID().uuidString)"
        let made = FileManager.default.createFile(
            atPath: path,
            contents: Data(bytes),
            attributes: [.posixPermissions: mode]
        )
        #expect(made)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    private static let spellings: [[UInt8]] = [
        key, Array(key.map { String(format: "%02x", $0) }.joined().utf8),
        Array((key.map { String(format: "%02X", $0) }.joined() + "\n").utf8),
        Array(Data(key).base64EncodedString().utf8), Array((Data(key).base64EncodedString() + "\r\n").utf8),
    ]

    @Test(arguments: spellings)
    func `a key is 32 bytes, as they are or in digits`(bytes: [UInt8]) throws {
        let box = try CertificateSeal(key: SymmetricKey(data: Self.key)).seal(Self.certificate, name: "acme")
        try self.withFile(bytes) { path in
            var warnings: [String] = []
            let seal = try CertificateSeal(file: path) { warnings.append($0) }
            #expect(try seal.open(box, name: "acme") == Self.certificate)
            #expect(warnings.isEmpty)
        }
    }

    @Test(arguments: ["", "short", String(repeating: "g", count: 64), String(repeating: "a", count: 63)])
    func `a file that has no key is named, and what it has is not`(text: String) throws {
        try self.withFile(Array(text.utf8)) { path in
            let problem = #expect(throws: CertificateSeal.Problem.noKey(file: path)) { try CertificateSeal(file: path) }
            #expect(problem?.description.contains(path) == true)
            #expect(text.isEmpty || problem?.description.contains(text) == false)
        }
        #expect(throws: CertificateSeal.Problem.unreadable(file: "/nowhere/key")) {
            try CertificateSeal(file: "/nowhere/key")
        }
    }

    @Test func `a file that everybody may read is used, with a warning`() throws {
        try self.withFile(Self.key, mode: 0o644) { path in
            var warnings: [String] = []
            _ = try CertificateSeal(file: path) { warnings.append($0) }
            #expect(warnings.count == 1)
            #expect(warnings.first?.contains(path) == true)
        }
    }
}
