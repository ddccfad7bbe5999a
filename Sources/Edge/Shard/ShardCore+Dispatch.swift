import Chat
import IRC
import Logging
import NIOCore
import StateStore

/// From a line to a command's handler: the one place that checks what the rows say.
extension ShardCore {
    func handle(_ frame: LineFramer.Frame, from connection: Connection) {
        switch frame {
        case .tagsTooLong, .bodyTooLong:
            connection.flood.spend(2)
            self.statistics.badInput += 1
            self.log(.debug, "line too long", of: connection)
            self.reply(connection, .errInputTooLong)
        case .line(let line):
            do throws(MessageError) {
                self.dispatch(try Message(line), from: connection)
            } catch {
                connection.flood.spend(1)
                self.statistics.badInput += 1
                self.log(.debug, "bad line", of: connection, ["reason": "\(error)"])
                self.refuse(error, from: connection)
            }
        }
    }

    private func refuse(_ error: MessageError, from connection: Connection) {
        switch error {
        case .notUTF8:
            self.standardReply(
                connection,
                .fail,
                command: "*",
                code: "INVALID_UTF8",
                "Messages must be UTF-8; yours was not sent on"
            )
        default:
            self.standardReply(connection, .fail, command: "*", code: "INVALID_MESSAGE", error.description)
        }
    }

    private func dispatch(_ message: Message, from connection: Connection) {
        if connection.messagesInFlight > 0, self.label(of: message, from: connection) != nil {
            connection.heldMessage = message
            return
        }
        guard let row = self.table[message.command] else {
            connection.flood.spend(1)
            self.beginResponse(to: message, from: connection)
            // Nobody who is not in yet is told what there is.
            if connection.phase == .registered {
                self.reply(connection, .errUnknownCommand, [message.command])
            } else {
                self.reply(connection, .errNotRegistered)
            }
            return self.advance(connection)
        }
        connection.flood.spend(row.cost)
        self.beginResponse(to: message, from: connection)
        let call = Call(core: self, connection: connection, row: row, message: message)
        if let refusal = self.check(call) {
            call.refuse(refusal)
            return self.advance(connection)
        }
        if let list = row.list, call[list.parameter].utf8.contains(UInt8(ascii: ",")) {
            connection.calls = self.split(call, list)
            self.advance(connection)
        } else {
            self.run(call)
            self.advance(connection)
        }
    }

    private func check(_ call: Call) -> Refusal? {
        switch call.connection.phase {
        case .registered:
            if !call.row.phases.contains(.registered) { return Refusal(.errAlreadyRegistered) }
        case .admitting, .registering, .closing:
            if !call.row.phases.contains(.registering) { return Refusal(.errNotRegistered) }
        }
        if call.count < call.row.minimumParameters { return Refusal(.errNeedMoreParams, call.row.name) }
        if call.row.isForOperators, call.connection.session?.requester.isOperator != true {
            return Refusal(.errNoPrivileges)
        }
        return nil
    }

    private func beginResponse(to message: Message, from connection: Connection) {
        guard let label = self.label(of: message, from: connection) else { return }
        connection.response = LabeledResponse(label: label)
    }

    /// The label to answer with (IRCv3 labeled-response).
    private func label(of message: Message, from connection: Connection) -> String? {
        guard message.hasTags, connection.capabilities.contains(.labeledResponse),
            connection.capabilities.contains(.batch), let label = message.tags["label"], !label.isEmpty,
            label.utf8.count <= 64
        else { return nil }
        return label
    }

    private func split(_ call: Call, _ list: (parameter: Int, keys: Int?, limit: Int)) -> [Call] {
        let elements = call[list.parameter].split(separator: ",").map(String.init)
        if elements.isEmpty {
            call.refuse(Refusal(.errNeedMoreParams, call.row.name))
            return []
        }
        let keys = list.keys.map { call[$0].split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        if elements.count > list.limit {
            self.reply(call.connection, .errTooManyTargets, [elements[list.limit]])
        }
        return elements.prefix(list.limit).enumerated().map { index, element in
            var parameters = call.parameters
            parameters[list.parameter] = element
            if let place = list.keys, let keys, place < parameters.count {
                parameters[place] = index < keys.count ? keys[index] : ""
            }
            return Call(
                core: self,
                connection: call.connection,
                row: call.row,
                message: call.message,
                replaced: parameters
            )
        }
    }

    /// Runs the commands that wait, one after the other, and ends the answer when none is left.
    func advance(_ connection: Connection) {
        guard !connection.isAdvancing else { return }
        connection.isAdvancing = true
        while connection.isOpen, connection.stepsUnderWay == 0, let call = self.nextCall(of: connection) {
            self.run(call)
        }
        connection.isAdvancing = false
        guard connection.stepsUnderWay == 0, connection.calls.isEmpty else { return }
        if let response = connection.response { self.finish(response, of: connection) }
        if let message = connection.heldMessage, connection.messagesInFlight == 0 {
            connection.heldMessage = nil
            self.dispatch(message, from: connection)
            // It went on from here itself if it is done already.
            if connection.isBusy { return }
        }
        if connection.inbound.readableBytes > 0 || connection.isReadingPaused { self.process(connection) }
    }

    /// Sends the answer to a labelled command.
    func finish(_ response: LabeledResponse, of connection: Connection) {
        connection.response = nil
        self.send(
            response.finished(server: connection.scope.serverName, reference: self.nextBatchReference()),
            to: connection
        )
    }

    private func nextCall(of connection: Connection) -> Call? {
        if connection.calls.isEmpty { return nil }
        // One that was held back for messages in flight waits until they have landed.
        if connection.isHeldBack, connection.messagesInFlight > 0 { return nil }
        connection.isHeldBack = false
        return connection.calls.removeFirst()
    }

    /// Gets what the row needs, then runs its handler.
    func run(_ call: Call) {
        let step = call.beginStep()
        defer { step.end() }
        switch call.row.need {
        case .nothing:
            call.row.handler(call)
        case .channel(let index):
            self.withChannel(call[index], for: call) { call in call.row.handler(call) }
        case .followedChannel(let index):
            self.withFollowedChannel(call[index], for: call) { call in call.row.handler(call) }
        case .user(let index):
            self.withUser(call[index], for: call) { call in call.row.handler(call) }
        case .target(let index):
            let target = call[index]
            if Self.namesChannel(target) {
                let name = target.drop { MemberModes.rank(prefix: $0) != nil }
                self.withChannel(String(name), for: call) { call in call.row.handler(call) }
            } else {
                self.withUser(target, for: call) { call in call.row.handler(call) }
            }
        case .userAndChannel(let user, let channel):
            self.withUser(call[user], for: call) { call in
                self.withChannel(call[channel], for: call) { call in call.row.handler(call) }
            }
        }
    }

    /// Whether a message target is a channel, perhaps behind STATUSMSG prefixes.
    static func namesChannel(_ target: String) -> Bool {
        if ChannelName.isChannel(target) { return true }
        guard let first = target.first, MemberModes.rank(prefix: first) != nil else { return false }
        return ChannelName.isChannel(target.drop { MemberModes.rank(prefix: $0) != nil })
    }
}

extension MemberModes {
    /// The rank that a prefix stands for.
    static func rank(prefix: Character) -> MemberModes? { self.ranks.first { $0.prefix == prefix }?.mode }
}
