/// Why a client is told something.
enum Told {
    /// It is part of the answer to the command in hand, and carries its label (IRCv3 labeled-response).
    case answer
    /// It happened by itself.
    case news
}
