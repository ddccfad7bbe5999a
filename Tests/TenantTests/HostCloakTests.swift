import Crypto
import Tenant
import Testing

@Suite struct `Host cloaks` {
    private let cloak = HostCloak(tenantKey: SymmetricKey(data: Array(repeating: 1, count: 32)))

    private func labels(_ address: String) -> [Substring] { self.cloak.cloak(address: address).split(separator: ".") }

    @Test func `an address has the same cloak each time and another one for another tenant`() throws {
        let again = HostCloak(tenantKey: SymmetricKey(data: Array(repeating: 1, count: 32)))
        #expect(self.cloak.cloak(address: "192.0.2.7") == again.cloak(try #require(IPAddress("192.0.2.7"))))
        let secret = SymmetricKey(data: Array(repeating: 1, count: 32))
        let (acme, globex) = (try TenantID.named("acme"), try TenantID.named("globex"))
        let cloaks = [acme, globex].map {
            HostCloak(tenantKey: HostCloak.tenantKey(from: secret, tenant: $0)).cloak(address: "192.0.2.7").split(
                separator: "."
            )
        }
        #expect(Set(cloaks[0]).isDisjoint(with: cloaks[1]))
    }

    @Test(arguments: [
        // Beside 192.0.2.7: how many of its labels an address shares, from the widest on.
        ("192.0.2.7", 3), ("192.0.2.8", 2), ("192.0.3.7", 1), ("192.1.2.7", 0), ("::ffff:192.0.2.7", 3),
        ("10.0.2.7", 0),
        ("2001:db8::1", 0),
    ])
    func `bans on IPv4 networks keep working`(address: String, shared: Int) {
        let (left, right) = (self.labels("192.0.2.7").reversed(), self.labels(address).reversed())
        #expect(zip(left, right).prefix { $0 == $1 }.count == shared)
        #expect(Set(left).intersection(right).count == shared)
    }

    @Test(arguments: [
        ("2001:db8:1:2::8", 3), ("[2001:DB8:1:2:3:4:5:6]", 3), ("2001:db8:1:3::7", 2), ("2001:db8:2:2::7", 1),
        ("2001:db9:1:2::7", 0), ("fe80::1%eth0", 0),
    ])
    func `bans on IPv6 networks keep working`(address: String, shared: Int) {
        let (left, right) = (self.labels("2001:db8:1:2::7").reversed(), self.labels(address).reversed())
        #expect(zip(left, right).prefix { $0 == $1 }.count == shared)
    }

    @Test(arguments: ["192.0.2.7", "2001:db8::1", "::1", "::", "/run/roost.sock", "", "not an address"])
    func `a cloak is a host name without the address`(address: String) {
        let host = self.cloak.cloak(address: address)
        #expect(DNSName.host(host) == host)
        #expect(host.utf8.count <= 63)
        #expect(address.isEmpty || !host.contains(address))
    }

    @Test(arguments: [("alice", "user.alice"), ("Alice", "user.alice"), ("x-1", "user.x-1")])
    func `who is logged in shows the account instead`(account: String, host: String) {
        #expect(self.cloak.cloak(account: account) == host)
    }

    @Test func `no cloak of an address or of nonsense is the host of an account`() {
        for guest in ["192.0.2.7", "2001:db8::1", "/run/roost.sock", "user.bob", "bob", "al ice"] {
            #expect(!self.cloak.cloak(address: guest).hasPrefix("user."))
        }
        #expect(self.cloak.cloak(account: "al ice").hasPrefix("local."), "no account is called that")
    }
}
