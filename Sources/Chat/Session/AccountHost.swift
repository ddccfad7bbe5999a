// An account's name as a part of a host name. Bans are made of hosts, so a host means one account and an account has one
// host: the name can be read back from it.

import IRC

/// The label of a host that stands for an account.
///
/// ```
/// alice  →  alice        what is a label stands for itself
/// al_ice →  al-ice--1    signs become a dash, and behind two dashes stands which they were
/// bob__  →  bob--1c      a label neither begins nor ends with a dash
/// ____   →  nccc--z      nothing but signs
/// ```
/// Behind the two dashes stands one character a sign: its place among ``signs``, and whether it begins a run of signs, goes on
/// with one, or begins one in front of the name. A run between letters is one dash, so dashes and runs match from the left, and
/// the run that is left over ends the name. `z` stands for no sign. A name with two dashes in a row, or one that begins like a
/// network's label, is spelled so too: then no two accounts have one label, and no account has a network's. With names of 32
/// bytes a label has 49 bytes at most.
package struct AccountHost: Hashable, Sendable {
    /// In lower case.
    package let label: String

    /// What a network's label begins with.
    package static let networkPrefix = "net-"
    /// What stands between the name as it is shown and its signs.
    private static let mark = "--"
    /// What names have beside letters and digits.
    private static let signs = Array("-_.[]{}|^`\\".utf8)
    private static let digits = Array("0123456789abcdefghijklmnopqrstuvwxyz".utf8)

    /// How a sign stands to what is before it; the raw value is its part of the sign's code.
    private enum Place: Int {
        case beginsRun = 0
        case goesOn = 1
        case inFront = 2
    }

    /// Takes an account's name in any spelling; `nil` if no account is called that.
    package init?(_ account: String) {
        guard Self.isName(account) else { return nil }
        let name = Names.accountMapping.fold(account)
        // A label of its own, RFC 1123 section 2.1.
        if Self.isLabel(name), !name.hasPrefix(Self.networkPrefix), !name.contains(Self.mark) {
            self.label = name
            return
        }
        var (shown, code): ([UInt8], [UInt8]) = ([], [])
        var isInRun = false
        for byte in name.utf8 {
            if let sign = Self.signs.firstIndex(of: byte) {
                let place: Place = isInRun ? .goesOn : shown.isEmpty ? .inFront : .beginsRun
                code.append(Self.digits[sign + Self.signs.count * place.rawValue])
                isInRun = true
            } else {
                if isInRun, !shown.isEmpty { shown.append(UInt8(ascii: "-")) }
                shown.append(byte)
                isInRun = false
            }
        }
        let (text, signs) = (String(decoding: shown, as: UTF8.self), String(decoding: code, as: UTF8.self))
        self.label = shown.isEmpty ? signs + Self.mark + "z" : text + Self.mark + signs
    }

    private static func isName(_ text: String) -> Bool {
        1...32 ~= text.utf8.count
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: Self.signs.contains(byte)
                }
            }
    }

    /// Whether a text is a label of a host name in lower case (RFC 1123 section 2.1).
    private static func isLabel(_ text: String) -> Bool {
        let (bytes, dash) = (text.utf8, UInt8(ascii: "-"))
        return 1...63 ~= bytes.count && bytes.first != dash && bytes.last != dash
            && bytes.allSatisfy { byte in
                byte == dash || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
                    || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
            }
    }

    /// The host that a user is shown under who is logged in, and has no other; nil if no account is called that.
    package static func host(of account: String) -> String? {
        AccountHost(account).map { "\(Self.domain).\($0.label)" }
    }

    /// What such a host begins with.
    static let domain = "user"
}
