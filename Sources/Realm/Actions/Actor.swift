package import Chat

/// Who does something.
///
/// Rights come from the roles of its account; where it acts through a session, those that the session asked for.
package struct Actor {
    /// The session that it acts through.
    package let session: Session
    /// What of the session it acts through.
    package let attachment: any Attachment

    package init(_ session: Session, through attachment: any Attachment) {
        self.session = session
        self.attachment = attachment
    }

    /// None of who is kept apart.
    package var rights: Rights { self.session.quarantine(of: self.attachment) == nil ? self.session.rights : [] }
    package var author: Author { self.session.author }

    /// Its account, for what is given to accounts.
    package var account: AccountReference? { self.session.requester.account }

    package func may(_ rights: Rights) -> Bool { self.rights.isSuperset(of: rights) }
}
