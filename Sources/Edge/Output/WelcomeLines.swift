// What everybody on a network is told alike but for the nickname: kept as bytes, since to write it anew is a tenth of what it
// takes to let somebody in.

import Chat
import IRC
import NIOCore
import Observability
import Realm
import Tenant

/// Lines that are the same for everybody but for the nickname that they are addressed to.
struct AddressedLines {
    /// What stands before, between and behind the nicknames.
    private let parts: [ByteBuffer]

    /// - Parameter write: Writes the lines for a nickname.
    init(_ write: (inout LineWriter, String) -> Void) {
        // Of a character that no nickname has.
        let mark = UInt8(1)
        var lines = ByteBuffer()
        lines.withLineWriter { write(&$0, String(repeating: "\u{1}", count: Lengths.nick)) }
        let bytes = lines.readableBytesView
        var parts: [ByteBuffer] = []
        var (start, run) = (bytes.startIndex, 0)
        for index in bytes.indices {
            run = bytes[index] == mark ? run + 1 : 0
            guard run == Lengths.nick else { continue }
            parts.append(ByteBuffer(bytes[start..<index + 1 - run]))
            (start, run) = (index + 1, 0)
        }
        parts.append(ByteBuffer(bytes[start...]))
        self.parts = parts
    }

    func lines(for nick: String) -> ByteBuffer {
        var lines = ByteBuffer()
        lines.reserveCapacity(self.parts.reduce(0) { $0 + $1.readableBytes + nick.utf8.count })
        for (index, part) in self.parts.enumerated() {
            if index > 0 { lines.writeString(nick) }
            lines.writeImmutableBuffer(part)
        }
        return lines
    }
}

/// The welcome of each network (RFC 2812 5.1), for as long as its tenant stays as it is.
final class WelcomeLines {
    private struct Known {
        let revision: UInt64
        let language: Language
        let server: AddressedLines
        let support: AddressedLines
        let motd: AddressedLines
    }

    private struct Key: Hashable {
        let network: TenantID
        let language: Language
    }

    private let environment: EdgeEnvironment
    private let support: SupportLines
    private var known: [Key: Known] = [:]
    /// Those of the connection before: most likely those of the next, too.
    private var latest: Known?

    init(_ environment: EdgeEnvironment, _ support: SupportLines) {
        self.environment = environment
        self.support = support
    }

    /// 002 to 004.
    func server(for connection: Connection) -> ByteBuffer {
        self.known(to: connection).server.lines(for: connection.nick)
    }

    /// 005.
    func support(for connection: Connection) -> ByteBuffer {
        self.known(to: connection).support.lines(for: connection.nick)
    }

    /// The message of the day.
    func motd(for connection: Connection) -> ByteBuffer {
        self.known(to: connection).motd.lines(for: connection.nick)
    }

    private func known(to connection: Connection) -> Known {
        let (network, language) = (connection.network, connection.language)
        // No two networks have the same revision.
        if let latest, latest.revision == network.revision, latest.language == language { return latest }
        let known = self.known(of: network, in: language)
        self.latest = known
        return known
    }

    private func known(of network: Network, in language: Language) -> Known {
        let key = Key(network: network.id, language: language)
        if let known = self.known[key], known.revision == network.revision { return known }
        let known = Known(
            revision: network.revision,
            language: language,
            server: AddressedLines { self.writeServer(of: network, for: $1, in: language, to: &$0) },
            support: AddressedLines { self.writeSupport(of: network, for: $1, to: &$0) },
            motd: AddressedLines { Self.writeMotd(of: network, for: $1, in: language, to: &$0) }
        )
        self.known[key] = known
        return known
    }

    private func writeServer(
        of network: Network,
        for nick: String,
        in language: Language,
        to writer: inout LineWriter
    ) {
        let server = network.serverName
        var timestamps = TimestampCache()
        let began = timestamps.text(at: self.environment.realm.started)
        writer.numeric(
            .rplYourHost,
            server,
            nick,
            text: "Your host is \(server), running version \(Product.nameAndVersion)",
            in: language
        )
        writer.numeric(.rplCreated, server, nick, text: "This server was created \(began)", in: language)
        let letters = [
            server, Product.nameAndVersion, String(UserModes.letters.map(\.letter)), ChannelModeTable.allLetters,
            ChannelModeTable.parameterLetters,
        ]
        writer.numeric(.rplMyInfo, server, nick, letters, in: language)
    }

    private func writeSupport(of network: Network, for nick: String, to writer: inout LineWriter) {
        for tokens in self.support.lines(of: network) {
            writer.supportLine(tokens, for: nick, source: network.serverName)
        }
    }

    private static func writeMotd(
        of network: Network,
        for nick: String,
        in language: Language,
        to writer: inout LineWriter
    ) {
        let (server, lines) = (network.serverName, network.tenant.motd)
        if lines.isEmpty { return writer.numeric(.errNoMotd, server, nick, in: language) }
        writer.numeric(.rplMotdStart, server, nick, text: "- \(server) Message of the day -", in: language)
        for line in lines { writer.numeric(.rplMotd, server, nick, text: .verbatim("- \(line)"), in: language) }
        writer.numeric(.rplEndOfMotd, server, nick, in: language)
    }
}

extension LineWriter {
    /// A numeric; its usual text comes last unless another is given.
    mutating func numeric(
        _ numeric: Numeric,
        _ server: String,
        _ nick: String,
        _ parameters: [String] = [],
        text: Phrase? = nil,
        in language: Language
    ) {
        self.source(server)
        self.command(numeric)
        self.parameter(nick)
        for parameter in parameters { self.parameter(parameter) }
        if let text = text ?? numeric.text { self.trailing(text.text(in: language)) }
        self.end()
    }
}
