// What roles are called to people.

import Chat
import IRC

extension Role {
    /// What others are told that an operator is.
    var shown: Phrase {
        switch self {
        case .user: "is an operator"
        case .guide: "is a guide of the network"
        case .moderator: "is a moderator of the network"
        case .admin: "is an administrator of the network"
        }
    }

    /// What somebody is told who is one from now on.
    var given: Phrase {
        switch self {
        case .user: "You are now an operator"
        case .guide: "You are now a guide of the network"
        case .moderator: "You are now a moderator of the network"
        case .admin: "You are now an administrator of the network"
        }
    }
}
