package import Chat

/// Who does something.
///
/// Rights come from the roles of its account; where it acts through a session, those that the session asked for.
package struct Actor {
    /// How it got here.
    package enum Origin: Sendable {
        /// A client's connection.
        case client
    }

    package let origin: Origin
    /// The session that it acts through.
    package let session: Session

    package init(_ session: Session, origin: Origin = .client) {
        self.session = session
        self.origin = origin
    }

    package var rights: Rights { self.session.rights }
    package var author: Author { self.session.author }

    package func may(_ rights: Rights) -> Bool { self.rights.isSuperset(of: rights) }
}
