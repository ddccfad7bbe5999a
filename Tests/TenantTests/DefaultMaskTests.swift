// What clients ban when somebody says "ban this one": their default masks over our hosts must mean what people mean.

import Chat
import Crypto
import IRC
import Tenant
import Testing

@Suite struct `Masks that clients make` {
    /// How clients make a mask of a host.
    enum Kind: String, CaseIterable {
        /// WeeChat, HexChat's 1 and 3, mIRC's 1 and 2, irssi's `host`, The Lounge, gamja: the whole host.
        case whole
        /// irssi's `normal` and `domain`: without the first label, if there are more than two.
        case domain
        /// HexChat's 0 and 2, mIRC's 3 and 4: without the first label.
        case withoutFirst
        /// Bots that keep the last two labels, as if those were somebody's domain.
        case lastTwo
        /// As if the last label were a network.
        case last

        func mask(_ host: String) -> String {
            let labels = host.split(separator: ".")
            switch self {
            case .whole: return "*!*@" + host
            case .domain: return "*!*@" + (labels.count > 2 ? "*." + labels.dropFirst().joined(separator: ".") : host)
            case .withoutFirst: return "*!*@*." + labels.dropFirst().joined(separator: ".")
            case .lastTwo: return "*!*@*" + (labels.count > 2 ? "." : "") + labels.suffix(2).joined(separator: ".")
            case .last: return "*!*@*." + labels[labels.count - 1]
            }
        }
    }

    private static let accounts = [
        "alice", "bob", "bob_", "al_ice", "net-a", "net", "user", "local", "b--1", "b-1", "b", "a.b", "____", "n",
    ]
    private static let addresses = [
        "192.0.2.7", "192.0.2.8", "192.0.3.1", "192.1.2.7", "10.0.2.7", "2001:db8:1:2::7", "2001:db8:1:2::8",
        "2001:db8:1:3::7", "2001:db8:2:2::7", "2001:db9::1", "/run/roost.sock",
    ]

    private let cloak = HostCloak(tenantKey: SymmetricKey(data: [UInt8](repeating: 1, count: 32)))

    /// Which of the accounts and addresses above a mask means.
    private func meant(by mask: String) throws -> [String] {
        let mask = try #require(Mask(mask, under: Names.caseMapping))
        let people =
            Self.accounts.map { ($0, self.cloak.cloak(account: $0)) }
            + Self.addresses.map { ($0, self.cloak.cloak(address: $0)) }
        return people.filter { mask.matches(nick: "nick", user: "~user", host: $0.1) }.map(\.0)
    }

    @Test(arguments: Kind.allCases)
    func `a ban of who is logged in means that account and nobody else`(kind: Kind) throws {
        for account in Self.accounts {
            #expect(try self.meant(by: kind.mask(self.cloak.cloak(account: account))) == [account])
        }
    }

    @Test(arguments: [
        (Kind.whole, "192.0.2.7", ["192.0.2.7"]), (.domain, "192.0.2.7", ["192.0.2.7", "192.0.2.8"]),
        (.withoutFirst, "192.0.2.7", ["192.0.2.7", "192.0.2.8"]), (.lastTwo, "192.0.2.7", ["192.0.2.7", "192.0.2.8"]),
        (.last, "192.0.2.7", ["192.0.2.7", "192.0.2.8", "192.0.3.1"]), (.domain, "10.0.2.7", ["10.0.2.7"]),
        (.last, "10.0.2.7", ["10.0.2.7"]), (.whole, "2001:db8:1:2::7", ["2001:db8:1:2::7", "2001:db8:1:2::8"]),
        (.domain, "2001:db8:1:2::7", ["2001:db8:1:2::7", "2001:db8:1:2::8", "2001:db8:1:3::7"]),
        (
            .last, "2001:db8:1:2::7",
            ["2001:db8:1:2::7", "2001:db8:1:2::8", "2001:db8:1:3::7", "2001:db8:2:2::7"]
        ), (.last, "/run/roost.sock", ["/run/roost.sock"]),
    ])
    func `a ban of who is not logged in means the address or a network around it, never everybody`(
        kind: Kind,
        address: String,
        expected: [String]
    ) throws {
        #expect(try self.meant(by: kind.mask(self.cloak.cloak(address: address))) == expected)
    }

    @Test func `nobody can have an account whose bans mean a network`() throws {
        let network = try #require(self.cloak.cloak(address: "192.0.2.7").split(separator: ".").last)
        for name in [String(network), String(network.dropFirst("net-".count))] {
            for kind in Kind.allCases {
                let mask = try #require(Mask(kind.mask(self.cloak.cloak(account: name)), under: Names.caseMapping))
                #expect(!mask.matches(nick: "n", user: "u", host: self.cloak.cloak(address: "192.0.2.7")))
            }
        }
    }
}
