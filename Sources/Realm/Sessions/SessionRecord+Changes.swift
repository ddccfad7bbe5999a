import Chat
import IRC
import StateStore
import Tenant

/// What changes of a user come to, whether somebody here follows its logs or not.
extension SessionRecord {
    /// Its membership of a channel, as the channel has it.
    struct Membership {
        let log: LogKey
        let member: Member
        /// The member's field.
        let bytes: [UInt8]
    }

    /// Holds as long as the user is as the record has it.
    func userIsUnchanged(in inbox: LogKey) -> Condition {
        let field = self.userUpdate
        return Condition(inbox, .equals(FieldName(field.key), field.value ?? []))
    }

    /// Its memberships of its channels, as these have them.
    func memberships(
        in tenant: TenantID,
        through store: any LiveStoreClient,
        _ then: @escaping (Result<[Membership], LiveStoreError>) -> Void
    ) {
        let channels = self.channels.sorted().map { LogKey(tenant, .channel, $0) }
        let field = FieldName(ChannelState.memberField(self.session))
        store.excerpts(of: channels, Excerpt.Request(fields: [field])) { result in
            then(
                result.map { excerpts in
                    excerpts.compactMap { excerpt in
                        excerpt.fields[field].flatMap { bytes in
                            Member(field: bytes).map { Membership(log: excerpt.log, member: $0, bytes: bytes) }
                        }
                    }
                }
            )
        }
    }

    /// Tells changes that hold together in the session's log, in those of its channels and to who watches the nickname: each is
    /// an entry of its own, the fields are those after the last.
    ///
    /// It rests on the session's membership of each channel, not on what else changes there; on what of the user it rests
    /// the caller says.
    ///
    /// - Parameters:
    ///   - changes: What changes.
    ///   - memberships: Its channels.
    ///   - tenant: Whose session it is.
    ///   - isFed: Whether what happens in channels goes into the feed.
    /// - Returns: The transaction.
    func transaction(
        _ changes: [UserChange],
        _ memberships: [Membership],
        in tenant: TenantID,
        isFed: Bool
    ) -> Transaction {
        let author = Author(self.session, self.user)
        let first = self.changes &+ 1
        let numbered = changes.enumerated().map { (change: $1, number: first &+ UInt32(clamping: $0)) }
        var next = self
        for change in changes { next.user.apply(change) }
        next.changes &+= UInt32(clamping: changes.count)
        var transaction = Transaction(changes: [])
        for membership in memberships {
            var member = membership.member
            (member.user, member.changes) = (next.user, next.changes)
            let update = ChannelState.memberUpdate(member)
            transaction.conditions.append(Condition(membership.log, .equals(FieldName(update.key), membership.bytes)))
            for (change, number) in numbered {
                transaction.changes.append(
                    LogChange(
                        membership.log,
                        payload: ChannelEvent.changed(self.session, change, by: author, number: number).encoded,
                        fields: [FieldChange(update)],
                        feed: isFed ? FeedLabel(Conversation.channel(membership.log.name).text) : nil
                    )
                )
            }
        }
        let nick = NameClaim.log(of: self.user.nick, in: tenant)
        let inbox = LogKey(tenant, .user, self.session.text)
        for (change, number) in numbered {
            if change.isMonitored {
                let event = NickEvent.changed(change, by: author)
                transaction.changes.append(LogChange(nick, payload: event.encoded))
            }
            transaction.changes.append(
                LogChange(
                    inbox,
                    payload: UserEvent.changed(change, by: author, number: number).encoded,
                    fields: [FieldChange(next.userUpdate)]
                )
            )
        }
        return transaction
    }
}

extension UserChange {
    /// Whether those are told who watch the nickname; of another nickname they hear otherwise.
    fileprivate var isMonitored: Bool {
        switch self {
        case .away, .account, .host, .realname, .metadata: true
        case .nick, .modes: false
        }
    }
}
