// Which of the tags that clients give their messages are passed on, https://ircv3.net/specs/extensions/message-tags.

/// The client-only tags that a network does not pass on (ISUPPORT CLIENTTAGDENY).
package struct ClientTagPolicy: Sendable, Hashable {
    private let deniesAll: Bool
    /// Names without `+`: those that are denied, or those that are not where all others are.
    private let exceptions: Set<String>
    /// As the token tells it; `nil` if all are passed on.
    package let value: String?

    /// - Parameter denied: names without `+`, or `*` for all and names behind a `-` for those that are passed on nevertheless.
    package init(_ denied: [String]) {
        self.deniesAll = denied.contains("*")
        let (all, deniesAll) = (denied.filter { $0 != "*" }, self.deniesAll)
        let named = all.filter { $0.hasPrefix("-") == deniesAll }
        self.exceptions = Set(named.map { deniesAll ? String($0.dropFirst()) : $0 })
        self.value = denied.isEmpty ? nil : denied.joined(separator: ",")
    }

    /// Whether all are passed on.
    package var passesAll: Bool { !self.deniesAll && self.exceptions.isEmpty }

    /// Leaves out those that are not passed on.
    ///
    /// - Parameter tags: client-only tags as on the wire, without `@`.
    /// - Returns: the others, in the same form.
    package func passed(_ tags: String) -> String {
        tags.split(separator: ";").filter { tag in
            let name = String(tag.dropFirst().prefix { $0 != "=" })
            return self.exceptions.contains(name) == self.deniesAll
        }
        .joined(separator: ";")
    }
}
