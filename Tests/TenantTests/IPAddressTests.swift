import Tenant
import Testing

/// Addresses and the networks that they are part of.
@Suite struct IPAddressTests {
    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1", "192.0.2.1"),
        ("2001:DB8:0:1:0::7", "2001:db8:0:1::7", "20010db800000001/64"), ("::1", "::1", "0000000000000000/64"),
    ])
    func `an address is read, written in its shortest form, and has a network of its client's`(
        text: String,
        written: String,
        network: String
    ) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == written)
        #expect(address.clientNetwork == network)
        #expect(IPAddress(written) == address)
        #expect(address.bytes.count == (address.isVersion4 ? 4 : 16))
    }

    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("fe80::1:2%eth0", "fe80000000000000/64"),
        ("2001:db8::ffff:1", "20010db800000000/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"), ("/run/irc.sock", "/run/irc.sock"), ("", ""),
    ])
    func `a client is known by its network, whatever its socket says`(text: String, network: String) {
        #expect(IPAddress.clientNetwork(of: text) == network)
    }

    @Test(arguments: [
        "", "192.0.2", "192.0.2.1.1", "192.0.2.256", "192.0.2.1:80", "[::1]", "fe80::1%eth0", "::1\0", "localhost",
        "/run/socket", "1::2::3",
    ])
    func `anything else is no address`(text: String) { #expect(IPAddress(text) == nil) }

    @Test(arguments: [
        ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("10.1.2.3/8", "10.255.0.1", true),
        ("10.0.0.0/8", "::ffff:10.1.1.1", true), ("192.0.2.7", "192.0.2.7", true),
        ("192.0.2.7", "192.0.2.8", false), ("2001:db8::/33", "2001:db8:7fff::1", true),
        ("2001:db8::/33", "2001:db8:8000::1", false), ("0.0.0.0/0", "2001:db8::1", false),
        ("0.0.0.0/0", "203.0.113.5", true), ("::/0", "203.0.113.5", true), ("::/0", "2001:db8::1", true),
        ("::ffff:10.0.0.0/104", "10.9.9.9", true), ("::ffff:10.0.0.0/104", "11.0.0.1", false),
        ("::ffff:192.0.2.7", "192.0.2.7", true), ("2001:db8::7/128", "2001:db8::7", true),
    ])
    func `a network holds the addresses that share its first bits`(network: String, address: String, isIn: Bool) throws
    {
        let address = try #require(IPAddress(address))
        #expect(try #require(IPNetwork(network)).contains(address) == isIn)
    }

    @Test(arguments: [
        "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/-0", "10.0.0.0/+8", "10.0.0/8", "::/129", "host", "", "10.0.0.0/",
        "10.0.0.0/8/8", "10.0.0.0/0008", "10.0.0.0/ 8", "/8",
    ])
    func `anything else is no network`(text: String) { #expect(IPNetwork(text) == nil) }

    /// Edges are told these networks: what passes here and not there would keep them from starting.
    @Test(arguments: [
        ("10.0.0.0/8", true), ("2001:db8::/32", true), ("::ffff:10.0.0.0/104", true), ("10.0.0.1", false),
        ("10.0.0.0/33", false), ("10.0.0.0/-0", false), ("net/8", false),
    ])
    func `a cell names networks with their lengths`(network: String, isTaken: Bool) async throws {
        let text = """
            apiVersion: roost.chat/v1alpha1
            kind: Cell
            metadata: {name: eu}
            spec:
              routes: {gateway: {name: edge, namespace: infra}, trustedProxies: ["\(network)"]}
            """
        let (resources, _, errors) = try await load(text)
        #expect((resources.cells["eu"]?.spec.trustedProxies == [network]) == isTaken)
        #expect(errors.isEmpty == isTaken, "\(errors)")
    }
}
