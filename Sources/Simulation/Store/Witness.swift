// Who sees everything the store applies, when it applies it.

import Chat
import Edge
import IRC
import NIOCore
import Realm
import StateStore
import Tenant

/// Checks each applied transaction against the rules, told once more in other words, and remembers the order.
final class Witness {
    /// Everything that was published about one log, over all its lives.
    private(set) var history: [LogKey: [(position: Position, payload: ByteBuffer)]] = [:]
    /// What each channel is, by its entries alone.
    private(set) var states: [LogKey: ChannelState] = [:]
    private(set) var violations: [String] = []
    /// The number in its text of the latest message to a channel from each client.
    private var latest: [LogKey: [UInt32: Int]] = [:]
    private(set) var counts: [String: Int] = [:]
    /// Ids of messages in the order of their log, by folded name of the channel.
    private(set) var messages: [String: [String]] = [:]
    /// Where each of them stands.
    private(set) var places: [String: Int] = [:]
    let sessions = SessionWitness()
    /// Sessions of operators of the network.
    private var operators: Set<SessionID> = []

    /// Looks who is who.
    func learn(_ shards: [RealmShard], _ tenant: TenantID) {
        for shard in shards {
            for session in shard.networks[tenant]?.sessions.all.map({ $0 }) ?? [] {
                if session.rights.contains(.runAnyChannel) { self.operators.insert(session.id) }
            }
        }
    }

    /// Gets each violation when it is noticed.
    var trace: ((String) -> Void)?

    func violation(_ text: String) {
        self.violations.append(text)
        self.trace?("broken: \(text)")
    }

    func count(_ what: String) { self.counts[what, default: 0] += 1 }

    func saw(_ transaction: Transaction, _ outcome: Outcome) {
        guard case .appended(let stamps) = outcome else { return self.count("refused by the store") }
        for (change, stamp) in zip(transaction.changes, stamps) {
            self.sessions.saw(change)
            guard change.log.kind == .channel else { continue }
            self.number(change, stamp)
            guard let event = ChannelEvent(change.payload) else {
                self.violation("an entry of \(change.log) cannot be read")
                continue
            }
            if case .message(let message) = event, message.verb == .privmsg {
                let place = self.messages[change.log.name]?.count ?? 0
                self.places[stamp.messageID] = place
                self.messages[change.log.name, default: []].append(stamp.messageID)
            }
            self.check(event, change.log)
            if case .continued = event { self.arrived(change) } else { self.apply(event, change.log) }
        }
    }

    /// A channel has come here from another name.
    private func arrived(_ change: LogChange) {
        guard let name = ChannelName(change.log.name, under: Names.caseMapping) else { return }
        if self.states[change.log] != nil { self.violation("\(change.log): a channel came to where one was") }
        let state = ChannelState(name: name, fields: change.chatFields)
        if state.members.isEmpty { self.violation("\(change.log): a channel came without members") }
        self.states[change.log] = state
        for id in state.members.sessions {
            self.sessions.joined(id, change.log.name, messages: self.messages[change.log.name]?.count ?? 0)
        }
    }

    private func number(_ change: LogChange, _ stamp: Stamp) {
        if let last = self.history[change.log]?.last {
            let isNext =
                stamp.position.epoch == last.position.epoch
                ? stamp.position.sequence == last.position.sequence + 1
                : stamp.position.sequence == 1 && stamp.position.epoch > last.position.epoch
            if !isNext { self.violation("\(change.log): \(stamp.position) after \(last.position)") }
        }
        self.history[change.log, default: []].append((stamp.position, change.payload))
    }

    private func apply(_ event: Chat.ChannelEvent, _ log: LogKey) {
        guard var state = self.states[log] ?? ChannelName(log.name, under: Names.caseMapping).map(Self.empty) else {
            return self.violation("\(log) is no channel's name")
        }
        state.evolve(event)
        self.states[log] = state.members.isEmpty && state.awaited.isEmpty ? nil : state
    }

    static func empty(_ name: ChannelName) -> ChannelState { ChannelState(name: name, created: 0) }

    // MARK: The rules in other words

    private func check(_ event: Chat.ChannelEvent, _ log: LogKey) {
        let state = self.states[log]
        switch event {
        case .joined(let member, let founding):
            self.count("join")
            self.sessions.joined(member.session, log.name, messages: self.messages[log.name]?.count ?? 0)
            self.check(member, founding, joining: state, log)
        case .message(let message):
            self.count("message")
            self.check(message, in: state, log)
        case .kicked(let session, _, let actor, _):
            self.count("kick")
            self.sessions.left(session, log.name)
            if state?.members[session] == nil { self.violation("\(log): kicked \(session), who is not in it") }
            self.check(actor, runs: state, log)
        case .modes(_, let actor):
            self.count("modes")
            self.check(actor, runs: state, log)
            if state == nil { self.violation("\(log): modes of a channel that is not") }
        case .parted(let session, _, _):
            self.count("part")
            self.sessions.left(session, log.name)
            if state?.members[session] == nil { self.violation("\(log): parted \(session), who is not in it") }
        case .topic: self.count("topic")
        case .invited: self.count("invite")
        case .redacted: self.count("redact")
        case .knocked: self.count("knock")
        case .renamed(let name, let actor, _):
            self.count("rename")
            self.check(actor, runs: state, log)
            guard name.folded != log.name else { break }
            for session in state.map({ Array($0.members.sessions) }) ?? [] { self.sessions.left(session, log.name) }
        case .continued: self.count("continued")
        case .metadata(_, let actor):
            self.count("metadata")
            self.check(actor, runs: state, log)
        case .registration: self.count("registration")
        case .restored: self.count("restored")
        case .awaited: self.count("awaited")
        case .raid(_, let actor, _):
            self.count("raid")
            self.check(actor, runs: state, log)
        case .quit: self.count("quit")
        case .changed(let session, _, _, _):
            self.count("change")
            if state?.members[session] == nil { self.violation("\(log): changed \(session), who is not in it") }
        }
    }

    private func check(_ member: Member, _ founding: Founding?, joining state: ChannelState?, _ log: LogKey) {
        guard let state else {
            if founding == nil { self.violation("\(log): nobody founded it") }
            return
        }
        if founding != nil { self.violation("\(log): founded while it has members") }
        if state.members[member.session] != nil { self.violation("\(log): \(member.session) joined twice") }
        if state.nicks(member.user.nick) { self.violation("\(log): two members are called \(member.user.nick)") }
        if self.operators.contains(member.session) { return }
        if let limit = state.limit, state.members.count >= limit {
            self.violation("\(log): \(member.session) joined \(state.members.count) members, the limit is \(limit)")
        }
        if state.invited.contains(member.session) { return }
        if self.isListed(member.user, .ban, state),
            !self.isListed(member.user, .exception, state)
        {
            self.violation("\(log): \(member.session) is banned and joined")
        }
        if state.modes.contains(.inviteOnly), !self.isListed(member.user, .inviteException, state) {
            self.violation("\(log): \(member.session) was not invited and joined")
        }
    }

    private func check(_ message: ChatMessage, in state: ChannelState?, _ log: LogKey) {
        guard let state else { return self.violation("\(log): a message to a channel that is not") }
        let member = state.members[message.sender]
        if member == nil, state.modes.contains(.noExternal) {
            self.violation("\(log): \(message.sender) spoke from outside")
        }
        if state.modes.contains(.moderated), member?.modes.isEmpty ?? true {
            self.violation("\(log): \(message.sender) spoke without voice")
        }
        if let member, member.modes.isEmpty, self.isListed(member.user, .ban, state),
            !self.isListed(member.user, .exception, state)
        {
            self.violation("\(log): \(message.sender) is banned and spoke")
        }
        guard let number = String(buffer: message.line).split(separator: "-").compactMap({ Int($0) }).last else {
            return
        }
        if let last = self.latest[log]?[message.origin], last >= number {
            self.violation("\(log): message \(number) of \(message.sender) behind its message \(last)")
        }
        self.latest[log, default: [:]][message.origin] = number
    }

    private func check(_ actor: Author, runs state: ChannelState?, _ log: LogKey) {
        guard let session = actor.session, !self.operators.contains(session) else { return }
        let rank = state?.members[session]?.modes ?? []
        if rank.isDisjoint(with: [.owner, .host]) { self.violation("\(log): \(session) ran it without being host") }
    }

    private func isListed(_ user: User, _ list: ListMode, _ state: ChannelState) -> Bool {
        (state.lists[list] ?? []).contains { entry in
            Mask(entry.mask, under: Names.caseMapping)?.matches(user.prefix) == true
        }
    }
}

extension ChannelState {
    /// Whether a member has the nickname.
    fileprivate func nicks(_ nick: Nickname) -> Bool { self.members.contains { $0.user.nick == nick } }
}
