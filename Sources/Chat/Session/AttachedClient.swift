package import NIOCore

/// A client that takes part in a session, as it is shown to who may look after the account's clients.
package struct AttachedClient: Hashable, Sendable {
    /// By what it came.
    package enum Kind: UInt8, Hashable, Sendable {
        case irc = 1
        case webSocket = 2
    }

    package let session: SessionID
    /// Tells it from the session's other clients.
    package let number: UInt32
    /// When it connected, milliseconds since 1970.
    package let since: Int64
    package let facts: UserFacts
    package let kind: Kind
    /// What it calls itself; nil if it does not say.
    package let agent: String?
    /// Whether nobody is before it, for all that it says.
    package let isUnattended: Bool

    package init(
        session: SessionID,
        number: UInt32,
        since: Int64,
        facts: UserFacts,
        kind: Kind,
        agent: String?,
        isUnattended: Bool
    ) {
        self.session = session
        self.number = number
        self.since = since
        self.facts = facts
        self.kind = kind
        self.agent = agent
        self.isUnattended = isUnattended
    }

    /// How it is named to people.
    package var id: String { Self.id(self.number) }

    /// How the client of a number is named to people.
    package static func id(_ number: UInt32) -> String { String(number, radix: 36) }

    package func encode(into buffer: inout ByteBuffer) {
        buffer.writeSession(self.session)
        buffer.writeMultipleIntegers(self.number, self.since)
        buffer.writeText(self.facts.address)
        buffer.writeFlag(self.facts.isSecure)
        buffer.writeOptionalText(self.facts.fingerprint)
        buffer.writeInteger(self.kind.rawValue)
        buffer.writeOptionalText(self.agent)
        buffer.writeFlag(self.isUnattended)
    }

    /// - Returns: nil if the bytes are not what ``encode(into:)`` wrote.
    package init?(from buffer: inout ByteBuffer) {
        guard let session = buffer.readSession(),
            let (number, since) = buffer.readMultipleIntegers(as: (UInt32, Int64).self),
            let address = buffer.readText(), let isSecure = buffer.readFlag(),
            let fingerprint = buffer.readOptionalText(), let kind = buffer.readInteger(as: UInt8.self),
            let agent = buffer.readOptionalText(), let isUnattended = buffer.readFlag()
        else { return nil }
        self.init(
            session: session,
            number: number,
            since: since,
            facts: UserFacts(address: address, isSecure: isSecure, fingerprint: fingerprint),
            // What a later version knows besides is some IRC.
            kind: Kind(rawValue: kind) ?? .irc,
            agent: agent,
            isUnattended: isUnattended
        )
    }

    static func encode(_ clients: [AttachedClient], into buffer: inout ByteBuffer) {
        buffer.writeInteger(UInt16(clamping: clients.count))
        for client in clients.prefix(Int(UInt16.max)) { client.encode(into: &buffer) }
    }

    static func read(from buffer: inout ByteBuffer) -> [AttachedClient]? {
        guard let count = buffer.readInteger(as: UInt16.self) else { return nil }
        var clients: [AttachedClient] = []
        for _ in 0..<count {
            guard let client = AttachedClient(from: &buffer) else { return nil }
            clients.append(client)
        }
        return clients
    }
}
