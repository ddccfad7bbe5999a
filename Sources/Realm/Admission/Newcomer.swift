import Chat

/// How far somebody has come, which says what is known and which steps decide.
enum AdmissionStage: String {
    /// Just connected: nothing was said yet.
    case connecting
    /// Has said who it is, and wants to be on the network.
    case signingOn = "signing-on"
    /// May be there, and takes a place.
    case entering
    /// Wants an account.
    case registering
    /// Logs in for the first time by a token, which makes an account.
    case registeringByToken = "registering-by-token"
}

/// Who comes, or asks for an account, as far as that is known by then.
struct Newcomer {
    let attachment: any Attachment
    /// What counts as one client: an address, or the network that one client has all of.
    let clients: String
    /// Which rights the account has that is logged in to.
    var shield: Rights = []
    var isLoggedIn = false
    /// Takes up a session that waits: of whom is known then.
    var comesBack = false
    /// Has said by SASL that it is nobody in particular (RFC 4505).
    var isAnonymous = false
    /// Has said its user name and real name, or is there.
    var isUserKnown = true
    /// Who it says it is; nil before it has said so.
    var requester: () -> Requester? = { nil }
}
