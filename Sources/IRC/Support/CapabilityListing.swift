// What CAP says and is asked, https://ircv3.net/specs/extensions/capability-negotiation.

package import NIOCore

extension Capabilities {
    /// The words of a `CAP LS`.
    ///
    /// The values are by name, such as `["sasl": "PLAIN,SCRAM-SHA-256"]`; `nil` for clients that did not ask for
    /// version 302, which are given none.
    package func words(values: [String: String]?) -> [String] {
        self.sortedNames.map { name in
            guard let value = values?[name], !value.isEmpty else { return name }
            return name + "=" + value
        }
    }

    /// `CAP target subcommand [*] :words` in as many lines as it takes.
    ///
    /// The subcommand is `LS`, `LIST`, `NEW`, `DEL` or `ACK`; the target is the client's nick, `*` before it has one.
    /// `isContinued` is whether the client knows that `*` means more lines follow: LS and LIST under version 302. All
    /// but the last line have it then; other clients get several whole lines. Without words there is one line, empty.
    package static func lines(
        _ subcommand: String,
        words: [String],
        target: String,
        source: String,
        isContinued: Bool
    ) -> [ByteBuffer] {
        // `:source CAP target subcommand * :` CR LF, and the space that the first word has not.
        let overhead = 1 + source.utf8.count + 5 + target.utf8.count + 1 + subcommand.utf8.count + 4 + 2 - 1
        var groups = TextSplitter.groups(of: words, bytes: LineLimits.fromServer.body - overhead)
        if groups.isEmpty { groups = [[]] }
        return groups.indices.map { index in
            var writer = LineWriter()
            writer.source(source)
            writer.command("CAP")
            writer.parameter(target)
            writer.parameter(subcommand)
            if isContinued, index < groups.count - 1 { writer.parameter("*") }
            writer.trailing(groups[index].joined(separator: " "))
            writer.end()
            return writer.take()
        }
    }
}

/// What a `CAP REQ` asks for.
package struct CapabilityRequest: Sendable, Hashable {
    package private(set) var enabled: Capabilities = []
    package private(set) var disabled: Capabilities = []

    /// Reads names separated by spaces, with `-` before those to be given up.
    ///
    /// The last word on one wins. `nil` if a name is unknown or not among `offered`; the whole request is refused then
    /// (`NAK`).
    package init?(_ text: some StringProtocol, offered: Capabilities = .all) {
        for word in text.split(separator: " ") {
            let isRemoval = word.utf8.first == UInt8(ascii: "-")
            guard let capability = Capabilities(named: isRemoval ? word.dropFirst() : word[...]),
                offered.contains(capability)
            else { return nil }
            if isRemoval {
                self.disabled.insert(capability)
                self.enabled.remove(capability)
            } else {
                self.enabled.insert(capability)
                self.disabled.remove(capability)
            }
        }
    }

    /// What is in force after the request.
    package func applied(to current: Capabilities) -> Capabilities {
        current.union(self.enabled).subtracting(self.disabled)
    }
}
