import Crypto
import Foundation
import Tenant
import Testing

/// Who sends pushes, as push services are told.
struct VapidKeyTests {
    private let secret = SymmetricKey(data: Array("a secret of thirty-two bytes, more or less".utf8))

    private func tenant(_ name: String) throws -> TenantID { try #require(TenantID(name)) }

    @Test func `a tenant's key is the same on every edge and after every start, and no other tenant's`() throws {
        let acme = try #require(VapidKey(from: self.secret, tenant: self.tenant("acme")))
        #expect(VapidKey(from: self.secret, tenant: try self.tenant("acme"))?.publicText == acme.publicText)
        #expect(VapidKey(from: self.secret, tenant: try self.tenant("globex"))?.publicText != acme.publicText)
        let other = SymmetricKey(data: Array("another secret of thirty-two bytes".utf8))
        #expect(VapidKey(from: other, tenant: try self.tenant("acme"))?.publicText != acme.publicText)
        #expect(acme.publicText.count == 87 && acme.publicText.hasPrefix("B"))
    }

    @Test func `a token says for whom it is and until when, and the public key proves it`() throws {
        let key = try #require(VapidKey(from: self.secret, tenant: self.tenant("acme")))
        let endpoint = try #require(PushEndpoint("https://push.example:8443/secret"))
        let text = try #require(key.authorization(for: endpoint.origin, contact: "mailto:o@acme.example", now: 1_000))
        let token = try #require(text.dropFirst("vapid t=".count).split(separator: ",").first)
        #expect(text == "vapid t=\(token), k=\(key.publicText)")
        let parts = token.split(separator: ".")
        #expect(parts.count == 3)
        let header = try #require(Base64URL.decode(parts[0]))
        #expect(String(decoding: header, as: UTF8.self) == #"{"alg":"ES256","typ":"JWT"}"#)
        let claims = String(decoding: try #require(Base64URL.decode(parts[1])), as: UTF8.self)
        #expect(claims == #"{"aud":"https://push.example:8443","exp":44200,"sub":"mailto:o@acme.example"}"#)
        let point = try #require(Base64URL.decode(key.publicText))
        let publicKey = try P256.Signing.PublicKey(x963Representation: point)
        let signature = try P256.Signing.ECDSASignature(rawRepresentation: #require(Base64URL.decode(parts[2])))
        #expect(publicKey.isValidSignature(signature, for: Data("\(parts[0]).\(parts[1])".utf8)))
        #expect(VapidKey.lifetime <= 24 * 3600)
    }
}
