import Chat
import Checks
import IRC
import NIOCore
import StateStore
import Tenant

/// What messages go through on their way to the store: the one place that asks the network's checks, whoever says something and how.
extension Network {
    /// The checks, ready to be used; nil if there are none.
    func pipeline(of checks: [Check]) -> CheckPipeline? {
        self.shard.environment.checkCounts.keep(checks, of: self.id)
        if checks.isEmpty { return nil }
        return CheckPipeline(checks, revision: self.shard.nextRevision()) { Likeness.form(ofText: $0) }
    }

    /// Looks at a message that might be said now, and does what the checks say of it.
    ///
    /// - Returns: Whether it is not said, or not yet: then its end is told from here.
    func withholds(
        _ utterance: Utterance,
        to place: String,
        _ minimum: MemberModes,
        by checks: CheckPipeline
    ) -> Bool {
        let saying = utterance.saying
        // One that is said again was looked at, and that somebody is typing says nothing.
        if utterance.isChecked { return false }
        utterance.isChecked = true
        if saying.verb == .tagmsg, ChatMessage.tellOnlyTyping(saying.clientTags), saying.textOfTags == nil {
            return false
        }
        let verdict = self.judge(utterance, by: checks)
        if verdict.hits.isEmpty, verdict.searchesCut == 0 { return false }
        self.shard.environment.checkCounts.add(verdict, of: self.id)
        guard let hit = verdict.deciding else { return false }
        switch utterance.action(of: hit) {
        case .warn:
            let text: Phrase = "Your message was let through, but mind: \(hit.reason.told)"
            if saying.verb != .notice { utterance.attachment.tell(.flagged(saying.verb, target: place, text)) }
            return false
        case .refuse: self.end(utterance, .refused(utterance.refusal(for: hit)))
        case .hide: self.hide(utterance, to: place, minimum)
        case .hold: self.hold(utterance, to: place, minimum, for: hit)
        case .mute, .kick, .ban:
            if case .channel(let replica, _, _, _) = utterance.destination {
                self.carryOut(hit, on: utterance, in: replica)
            }
            self.end(utterance, .refused(utterance.refusal(for: hit)))
        }
        return true
    }

    private func judge(_ utterance: Utterance, by checks: CheckPipeline) -> CheckVerdict {
        let (session, saying, now) = (utterance.session, utterance.saying, self.shard.now)
        let text = saying.lines.map(\.combined) ?? saying.text.map { String(buffer: $0) } ?? saying.textOfTags
        var rank = Check.Rank.none
        let place: CheckedMessage.Place
        switch utterance.destination {
        case .channel(let replica, _, _, _):
            place = .channel(replica.state.name.folded)
            rank = Check.Rank(replica.state.members.modes(of: session.id) ?? [])
        case .user, nil: place = .person
        }
        if let relayed = saying.relayed {
            // Somebody behind a bridge is nobody here, whatever the bridge is.
            var memory = session.checkedRelayed[relayed.raw] ?? SenderMemory()
            let verdict = checks.judge(CheckedMessage(text, to: place), &memory, now: now)
            session.checkedRelayed.renew(memory, relayed.raw)
            return verdict
        }
        return self.judge(text, to: place, rank: rank, by: session, checks)
    }

    /// Looks at what somebody says themselves; nothing is counted yet but that they said it.
    private func judge(
        _ text: String?,
        to place: CheckedMessage.Place,
        rank: Check.Rank,
        by session: Session,
        _ checks: CheckPipeline
    ) -> CheckVerdict {
        let (account, host) = (session.user.account, session.user.host)
        let sender = CheckedMessage.Sender(
            hasRole: !session.shield.isEmpty,
            hasAccount: account != nil,
            rank: rank
        )
        // A guest who comes back has said what they said.
        if account == nil, session.checked.count == 0, let past = self.checkedGuests[host] { session.checked = past }
        let message = CheckedMessage(text, to: place, by: sender)
        let verdict = checks.judge(message, &session.checked, now: self.shard.now)
        if account == nil, session.checked.count > 0 { self.checkedGuests.renew(session.checked, host) }
        return verdict
    }

    /// Looks at what somebody leaves for a person who is away, and counts what is hit.
    ///
    /// - Returns: What is done of it; nil if it is as any other.
    func judgeMemo(_ text: String, by session: Session) -> CheckVerdict.Hit? {
        guard let checks = self.checks else { return nil }
        let verdict = self.judge(text, to: .person, rank: .none, by: session, checks)
        if !verdict.hits.isEmpty || verdict.searchesCut > 0 {
            self.shard.environment.checkCounts.add(verdict, of: self.id)
        }
        return verdict.deciding
    }

    /// Answers as if it had been said.
    private func hide(_ utterance: Utterance, to place: String, _ minimum: MemberModes) {
        let session = utterance.session
        let message = utterance.entry(to: place, minimum)
        // An id that no log gives.
        let position = Position(epoch: self.shard.environment.random() >> 16, sequence: 1)
        let stamp = Stamp(position: position, time: self.shard.now)
        if session.isShared { session.tellOthers(message, stamp, but: utterance) }
        if case .user(let found) = utterance.destination {
            let away = utterance.saying.verb == .privmsg ? found.away : nil
            self.end(utterance, .withUser(stamp, message, nick: found.nick, away: away))
        } else {
            self.end(utterance, .inChannel(stamp, message, isEchoed: false))
        }
    }

    /// Tells moderators here of what a check did, on whichever shard.
    func tellModerators(of entry: AuditEntry) {
        guard entry.action == AuditEntry.Action.check.rawValue else { return }
        for session in self.sessions.all where session.rights.contains(.reviewMessages) {
            session.tell(.checked(entry))
        }
    }

    /// What a check did by itself, as the audit log has it.
    func entryOfCheck(_ target: String, _ detail: String) -> AuditEntry {
        let action = AuditEntry.Action.check.rawValue
        return AuditEntry(
            account: nil,
            nick: self.serverName,
            role: .admin,
            action,
            target,
            detail: detail
        )
    }
}

extension Utterance {
    /// What is done for a hit: who is behind a bridge is not taken out of a channel with it, and tags alone are not held.
    fileprivate func action(of hit: CheckVerdict.Hit) -> Check.Action {
        if hit.action == .hold, self.saying.verb == .tagmsg { return .refuse }
        if hit.action.needsChannel, self.saying.relayed != nil { return .refuse }
        return hit.action
    }

    /// Why it is not said.
    func refusal(for hit: CheckVerdict.Hit) -> Refusal {
        switch self.destination {
        case .channel(let replica, _, _, _):
            let text: Phrase = "Cannot send to channel: \(hit.reason.told)"
            return Refusal(.cannotSpeak, replica.state.name.raw, text: text)
        case .user(let found):
            return Refusal(.messageRefused, found.nick, text: "Your message was not sent: \(hit.reason.told)")
        case nil: return Refusal(.messageRefused, text: "Your message was not sent: \(hit.reason.told)")
        }
    }
}

extension Saying {
    /// What tags say without a text: a reaction, or what is no state of typing; nil if they say nothing.
    fileprivate var textOfTags: String? {
        guard self.verb == .tagmsg else { return nil }
        let said = self.clientTags.split(separator: ";").compactMap { tag -> String? in
            let parts = tag.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            switch parts[0] {
            case "+draft/react", "+react": return TagValue.unescape(parts[1])
            case "+typing", "+draft/typing":
                return ["active", "paused", "done"].contains(parts[1]) ? nil : TagValue.unescape(parts[1])
            default: return nil
            }
        }
        return said.isEmpty ? nil : said.joined(separator: " ")
    }
}

extension Check.Rank {
    init(_ modes: MemberModes) {
        if modes.contains(.owner) {
            self = .owner
        } else if modes.contains(.host) {
            self = .host
        } else {
            self = modes.contains(.voice) ? .voice : .none
        }
    }
}
