import IRC
import NIOCore
import Realm

/// ISUPPORT, and how its tokens are told (RPL_ISUPPORT; https://ircv3.net/specs/extensions/extended-isupport).
enum SupportCommand {
    static let rows: [CommandRow] = [
        CommandRow(
            "ISUPPORT",
            of: .extendedISupport,
            help: ["ISUPPORT", "What this network is like, for your client."],
            .always { call in
                let connection = call.connection
                guard connection.isRegistered || connection.capabilities.contains(.extendedISupport) else {
                    return call.reply(.errNotRegistered)
                }
                connection.tellSupport()
            }
        )
    ]
}

extension Connection {
    /// All tokens.
    func tellSupport() {
        self.tell(support: self.clients.welcome.support(for: self), .answer)
    }

    /// 005 lines, in a batch for those who know it.
    func tell(support lines: ByteBuffer, _ told: Told) {
        guard self.capabilities.isSuperset(of: [.batch, .extendedISupport]) else { return self.write(lines, told) }
        self.write(batch: ["draft/isupport"], lines, told)
    }
}

extension ByteBuffer {
    /// All lines in one.
    init(_ lines: [ByteBuffer]) {
        self.init()
        for line in lines { self.writeImmutableBuffer(line) }
    }
}
