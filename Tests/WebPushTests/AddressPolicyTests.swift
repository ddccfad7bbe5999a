import Tenant
import Testing
import WebPush

/// Where pushes may be sent to.
struct AddressPolicyTests {
    @Test(arguments: [
        ("1.1.1.1", true), ("93.184.216.34", true), ("223.255.255.255", true), ("100.63.255.255", true),
        ("100.128.0.0", true), ("172.15.255.255", true), ("172.32.0.0", true), ("198.17.0.0", true),
        ("2606:4700::1111", true), ("2a00:1450:4001::5", true), ("2001:200::1", true),
        ("0.0.0.0", false), ("0.1.2.3", false), ("10.0.0.1", false), ("100.64.0.1", false), ("100.127.255.255", false),
        ("127.0.0.1", false), ("127.255.0.9", false), ("169.254.169.254", false), ("172.16.0.1", false),
        ("172.31.255.255", false), ("192.0.0.8", false), ("192.0.2.1", false), ("192.88.99.1", false),
        ("192.168.1.1", false), ("198.18.0.1", false), ("198.19.255.255", false), ("198.51.100.7", false),
        ("203.0.113.9", false), ("224.0.0.1", false), ("239.255.255.255", false), ("240.0.0.1", false),
        ("255.255.255.255", false), ("::", false), ("::1", false), ("::ffff:127.0.0.1", false),
        ("::ffff:10.0.0.1", false), ("::ffff:1.1.1.1", true), ("::7f00:1", false), ("64:ff9b::7f00:1", false),
        ("64:ff9b:1::1", false), ("100::1", false), ("2001::1", false), ("2001:2::1", false), ("2001:20::1", false),
        ("2001:db8::1", false), ("2002:7f00:1::", false), ("3fff::1", false), ("5f00::1", false), ("fc00::1", false),
        ("fd00:ec2::254", false), ("fe80::1", false), ("fec0::1", false), ("ff02::1", false),
    ])
    func `only what is everybody's on the internet is sent to`(text: String, isAllowed: Bool) throws {
        #expect(AddressPolicy().allows(try #require(IPAddress(text))) == isAllowed)
    }

    @Test func `a network that is trusted is sent to, and no other`() throws {
        let policy = AddressPolicy(trusted: [try #require(IPNetwork("10.1.0.0/16"))])
        #expect(policy.allows(try #require(IPAddress("10.1.2.3"))))
        #expect(!policy.allows(try #require(IPAddress("10.2.2.3"))))
    }
}
