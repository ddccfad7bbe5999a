import Chat
import Crypto
import Tenant
import Testing

@Suite struct `Hosts of accounts` {
    private static let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8)
    private static let signs = Array("-_.[]{}|^`\\".utf8)

    private func host(_ account: String) -> String {
        HostCloak(tenantKey: SymmetricKey(data: Array(repeating: 1, count: 32))).cloak(account: account)
    }

    /// splitmix64: the same numbers for the same seed.
    private struct Seeded: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            self.state &+= 0x9e37_79b9_7f4a_7c15
            var mixed = (self.state ^ (self.state >> 30)) &* 0xbf58_476d_1ce4_e5b9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
            return mixed ^ (mixed >> 31)
        }
    }

    /// The account whose host it is: what makes each host mean one account.
    private func account(_ host: String) throws -> String {
        let label = try #require(host.wholeMatch(of: /user\.([^.]+)/)?.1)
        let parts = label.split(separator: "--").map { Array($0.utf8) }
        if parts.count == 1 { return String(label) }
        try #require(parts.count == 2)
        let hasOnlySigns = parts[1] == [UInt8(ascii: "z")]
        let code = try (hasOnlySigns ? parts[0] : parts[1]).map { byte in
            try #require(Int(String(decoding: [byte], as: UTF8.self), radix: 36))
        }
        // Runs of signs, and whether the first one stands in front.
        var runs: [[UInt8]] = []
        for value in code {
            if value / 11 == 1 {
                runs[runs.count - 1].append(Self.signs[value % 11])
            } else {
                runs.append([Self.signs[value % 11]])
            }
        }
        var name: [UInt8] = code[0] / 11 == 2 ? runs.removeFirst() : []
        for byte in hasOnlySigns ? [] : parts[0] {
            if byte == UInt8(ascii: "-") { name += runs.removeFirst() } else { name.append(byte) }
        }
        return String(decoding: name + runs.joined(), as: UTF8.self)
    }

    @Test(arguments: [
        ("alice", "alice"), ("mary-jane", "mary-jane"), ("x--1", "x-1--0b"), ("bob_", "bob--1"),
        ("al_ice", "al-ice--1"),
        ("[bot]", "bot--p4"), ("_away_", "away--n1"), ("a-b_c", "a-b-c--01"), ("bob__", "bob--1c"),
        ("____", "nccc--z"), ("-", "m--z"), ("a.b", "a-b--2"), ("net-abc", "net-abc--0"), ("network", "network"),
        ("net", "net"),
    ])
    func `a name can be read in its host`(account: String, label: String) {
        #expect(self.host(account) == "user.\(label)")
    }

    @Test func `what an account is shown as is no other account's host`() throws {
        // An account's labels are the name of another, if its host can be guessed.
        for account in ["bob_", "____", "al_ice", "a-b_c", "[bot]"] {
            let shown = String(self.host(account).dropFirst("user.".count))
            for other in [shown, shown.replacing("--", with: "-"), shown.replacing("--", with: "")] {
                #expect(self.host(other) != self.host(account), "\(other) is shown as \(account)")
            }
        }
    }

    @Test func `all short names have hosts of their own`() throws {
        var hosts: Set<String> = []
        var count = 0
        // Letters that are codes too, dashes and other signs, in every order.
        let alphabet = Array("1cz-_.".utf8)
        var names: [[UInt8]] = [[]]
        for _ in 1...6 {
            names = names.flatMap { name in alphabet.map { name + [$0] } }
            for name in names { hosts.insert(self.host(String(decoding: name, as: UTF8.self))) }
            count += names.count
        }
        #expect(hosts.count == count)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `a host means one account, in any spelling of it`(seed: UInt64) throws {
        var random = Seeded(state: seed)
        for _ in 0..<500 {
            let share = Int.random(in: 0...10, using: &random)
            let name = (0..<Int.random(in: 1...32, using: &random)).map { _ in
                let set = Int.random(in: 0..<10, using: &random) < share ? Self.signs : Self.letters
                return set.randomElement(using: &random) ?? 0
            }
            let account = String(decoding: name, as: UTF8.self)
            let host = self.host(account)
            #expect(try self.account(host) == account)
            let spelled = String(account.map { Bool.random(using: &random) ? Character($0.uppercased()) : $0 })
            #expect(self.host(spelled) == host)
            // Digits alone would be no top-level domain.
            #expect(DNSName.host(host + ".x") == host + ".x")
            // RFC 2812 section 2.3.1.
            #expect(host.utf8.count <= 63)
        }
    }
}
