import Chat

/// How a client of an account came to its session.
struct MemberArrival {
    let session: SessionID
    /// Whether no other client of the account took part in it.
    let isAlone: Bool
    /// When the session had come into the channels that it was in then, by folded name; see ``StayOrigin/join``.
    let joins: [String: Int]
    /// The process on which the last one had been, if up to where it had been told is known exactly.
    let successor: UInt64?
}

/// What the first message of a stay in a channel goes on from.
struct StayOrigin {
    let session: SessionID
    /// How many messages the channel had when the session came in.
    let join: Int
    /// The place of the last message that any of its clients has heard.
    let heard: Int
    /// The place of the last message that was told where the last one left, if that is known exactly.
    let told: Int?
    /// Whether nothing may be missing.
    let isWhole: Bool
}
