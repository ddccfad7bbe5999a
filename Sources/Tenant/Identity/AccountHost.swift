// An account's name as a part of a host name. Bans are made of hosts, so a host means one account and an account has one
// host: the name can be read back from it.

import Chat
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
        guard let name = AccountName.check(account).map(Names.accountMapping.fold) else { return nil }
        // A label of its own, RFC 1123 section 2.1.
        if TenantID(name) != nil, !name.hasPrefix(Self.networkPrefix), !name.contains(Self.mark) {
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
}
