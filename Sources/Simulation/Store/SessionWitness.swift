import Chat
import IRC
import NIOCore
import StateStore

/// What the store holds of sessions, by what it has applied alone: who holds them, and how they come and go.
final class SessionWitness {
    struct Known {
        var user: User?
        var holds: SessionHolds?
        /// Where the last who took part in it had been.
        var leaver: UInt64?
        /// Up to when the last of them had been told.
        var received: Int64?
        /// Somebody ended it.
        var isKilled = false
    }

    /// How somebody came back to a session that nobody took part in.
    struct Resumed {
        /// Where the last had left it.
        let pod: UInt64
        /// Whether it was known up to where they had been told.
        let isExact: Bool
    }

    private(set) var sessions: [SessionID: Known] = [:]
    /// Whose lease keeps a log alive.
    private(set) var holders: [LogKey: UInt64] = [:]
    private(set) var accounts: [String: SessionID] = [:]
    private(set) var resumed: [SessionID: Resumed] = [:]
    /// How many messages a channel had when a session came into it, by folded name.
    private(set) var joins: [SessionID: [String: Int]] = [:]
    /// Called when an account's session ends.
    var ended: (SessionID, Known) -> Void = { _, _ in }

    func saw(_ change: LogChange) {
        switch change.holder {
        case .set(let pod): self.holders[change.log] = pod.rawValue
        case .cleared: self.holders[change.log] = nil
        case .unchanged: break
        }
        if change.lifetime == .drop { self.holders[change.log] = nil }
        switch change.log.kind {
        case .user: if let id = SessionID(text: change.log.name) { self.sawSession(id, change) }
        case .account:
            if change.lifetime == .drop { self.accounts[change.log.name] = nil }
            for case .set(_, let bytes) in change.fields { self.accounts[change.log.name] = NameClaim.session(bytes) }
        case .channel, .hold, .logins, .nick, .tenant, .projection: break
        }
    }

    private func sawSession(_ id: SessionID, _ change: LogChange) {
        if case .killed? = UserEvent(change.payload) { self.sessions[id]?.isKilled = true }
        if let record = SessionRecord(fields: change.chatFields) {
            self.sessions[id, default: Known()].user = record.user
        }
        for case .set(FieldName(SessionHolds.field), let bytes) in change.fields {
            let (before, after) = (self.sessions[id]?.holds, SessionHolds(bytes))
            self.sessions[id, default: Known()].holds = after
            self.resumed[id] = nil
            if before?.detached == nil, let detached = after?.detached {
                // Who came and went without having been told anything leaves it as the one before did, whose process may have
                // told others more since: nobody can say here then what comes twice.
                let isAsBefore = detached.received == self.sessions[id]?.received
                self.sessions[id]?.leaver = isAsBefore ? nil : after?.holders.first?.pod
                self.sessions[id]?.received = detached.received
            } else if let detached = before?.detached, after?.detached == nil, let pod = self.sessions[id]?.leaver {
                self.resumed[id] = Resumed(pod: pod, isExact: detached.isExact)
            }
        }
        guard change.lifetime == .drop, let known = self.sessions.removeValue(forKey: id) else { return }
        self.joins[id] = nil
        if known.holds != nil { self.ended(id, known) }
    }

    func joined(_ id: SessionID, _ channel: String, messages: Int) { self.joins[id, default: [:]][channel] = messages }

    func left(_ id: SessionID, _ channel: String) { self.joins[id]?[channel] = nil }
}

extension LogChange {
    /// What it sets.
    var chatFields: [(FieldKey, [UInt8])] {
        self.fields.compactMap {
            guard case .set(let name, let value) = $0 else { return nil }
            return FieldKey.Section(rawValue: Unicode.Scalar(name.section.byte)).map {
                (FieldKey($0, name.name), value)
            }
        }
    }
}

extension SessionHolds {
    fileprivate init?(_ bytes: [UInt8]) {
        var buffer = ByteBuffer(bytes: bytes)
        self.init(from: &buffer)
    }
}
