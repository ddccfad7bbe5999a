import Chat
import IRC
import Logging
import NIOCore
import Realm
import StateStore

/// From a line to a command's handler: the one place that checks what the rows say, and in which order a client's commands
/// are carried out.
final class LineDispatcher {
    /// Looked at several times for each line; it is never gone before what it alone holds.
    unowned(unsafe) let clients: ShardClients
    /// The row of the command before: most likely that of the next, too.
    private var latest: CommandRow?

    init(_ clients: ShardClients) { self.clients = clients }

    // MARK: Lines

    /// Handles lines for as long as nothing is in the way: a command under way, the flood control, the store.
    func process(_ connection: Connection) {
        if connection.reading.holds.contains(.turn) { return }
        guard connection.reading.isFree else { return self.settle(connection) }
        connection.reading.hold(.turn)
        let store = connection.network.store
        lines: while connection.isOpen, connection.reading.hasBytes, !connection.reading.holds.contains(.command) {
            guard store.isReady(for: connection.network.id) else {
                connection.reading.hold(.store)
                self.clients.wait(connection)
                break
            }
            if connection.isBehind {
                self.waitForReader(connection)
                break
            }
            switch connection.reading.next(now: self.clients.loop.now.uptimeNanoseconds) {
            case .line(let frame): self.handle(frame, from: connection)
            case .pause(let nanoseconds):
                self.pause(connection, for: nanoseconds)
                break lines
            case .nothing: break lines
            }
        }
        connection.reading.release(.turn)
        self.settle(connection)
        self.clients.endIfFinished(connection)
    }

    private func settle(_ connection: Connection) {
        if let isReading = connection.reading.settle() { connection.wire.setReading(isReading) }
    }

    /// Many answers are as much as a long one: the next command begins when the client has read enough.
    private func waitForReader(_ connection: Connection) {
        connection.reading.hold(.reader)
        connection.whenDrained {
            connection.reading.release(.reader)
            self.process(connection)
        }
    }

    private func pause(_ connection: Connection, for nanoseconds: UInt64) {
        connection.reading.hold(.pace)
        let id = connection.id
        let dispatcher = NIOLoopBound(self, eventLoop: self.clients.loop)
        self.clients.loop.scheduleTask(in: .nanoseconds(Int64(clamping: nanoseconds))) {
            guard let connection = dispatcher.value.clients.connections[id] else { return }
            connection.reading.release(.pace)
            dispatcher.value.process(connection)
        }
    }

    private func handle(_ frame: LineFramer.Frame, from connection: Connection) {
        switch frame {
        case .tagsTooLong: self.refuseLength(of: LineHead(tags: ByteBuffer()), from: connection)
        case .bodyTooLong(let tags): self.refuseLength(of: LineHead(tags: tags), from: connection)
        case .line(let line):
            do throws(MessageError) {
                self.dispatch(try Message(line), from: connection)
            } catch {
                self.refuse(LineHead(line), error, from: connection)
            }
        }
    }

    // MARK: Lines that are none

    private func refuseLength(of head: LineHead, from connection: Connection) {
        self.refuse(head, cost: 2, "line too long", from: connection) { connection.reply(.errInputTooLong) }
    }

    private func refuse(_ head: LineHead, _ error: MessageError, from connection: Connection) {
        self.refuse(head, cost: 1, error.description, from: connection) {
            let isEncoding = error == .notUTF8
            let text = isEncoding ? "Messages must be UTF-8; yours was not sent on" : error.phrase
            connection.standardReply(
                .fail,
                command: head.command ?? "*",
                code: isEncoding ? "INVALID_UTF8" : "INVALID_MESSAGE",
                isForAll: isEncoding,
                text
            )
            // Without what it said nobody gets in: who does not understand that must not wait for it.
            guard isEncoding || error == .forbiddenByte, !connection.isRegistered,
                !connection.capabilities.contains(.standardReplies)
            else { return }
            connection.close(text, .answer)
        }
    }

    /// Answers a line that is no message, under its label as far as that came whole.
    private func refuse(
        _ head: LineHead,
        cost: Int,
        _ reason: String,
        from connection: Connection,
        _ tell: () -> Void
    ) {
        connection.reading.flood.spend(cost)
        self.clients.statistics.badInput += 1
        connection.log(.debug, "bad line", ["reason": "\(reason)"])
        if let label = self.label(in: head.tags, from: connection) {
            connection.answer = LabeledAnswer(label: label, endsWithEcho: false)
        }
        tell()
        connection.finishAnswer()
    }

    // MARK: Commands

    private func dispatch(_ message: Message, from connection: Connection) {
        if let batch = connection.commands.batch, BatchCommand.takes(message, batch, from: connection) { return }
        let label = message.hasTags ? self.label(in: message.tags, from: connection) : nil
        let found = self.row(of: message.command)
        if connection.commands.messages > 0, label != nil || found?.isBarrier == true {
            connection.commands.held = HeldCommand(message)
            return connection.reading.hold(.command)
        }
        if let label { connection.answer = LabeledAnswer(label: label, endsWithEcho: found?.isMessage == true) }
        guard let row = found else {
            connection.reading.flood.spend(1)
            // Nobody who is not in yet is told what there is.
            if connection.isRegistered {
                connection.reply(.errUnknownCommand, [message.command])
            } else {
                connection.reply(.errNotRegistered)
            }
            return self.advance(connection)
        }
        connection.reading.flood.spend(row.cost)
        let call = Call(connection: connection, row: row, message: message)
        if self.check(call) {
            if let list = row.list, call.isList(list.parameter) || list.pairs.map(call.isList) == true {
                connection.commands.waiting = self.split(call, list)
            } else {
                self.run(call)
            }
        }
        self.advance(connection)
    }

    private func row(of command: String) -> CommandRow? {
        if let latest, latest.name == command { return latest }
        guard let row = self.clients.table[command] else { return nil }
        self.latest = row
        return row
    }

    /// The label to answer with (IRCv3 labeled-response).
    private func label(in tags: Tags, from connection: Connection) -> String? {
        guard connection.capabilities.isSuperset(of: [.labeledResponse, .batch]), let label = tags["label"],
            1...64 ~= label.utf8.count
        else { return nil }
        return label
    }

    private func check(_ call: Call) -> Bool {
        let told: () -> Void
        switch call.row.handler {
        case .registering where call.connection.isRegistered: told = { call.reply(.errAlreadyRegistered) }
        case .registered where !call.connection.isRegistered: told = { call.reply(.errNotRegistered) }
        default:
            if call.count < call.row.minimumParameters {
                told = { call.reply(.errNeedMoreParams, call.row.name) }
            } else if !call.row.rights.isEmpty, !self.mayUse(call) {
                told = { call.refuse(Refusal(.rightNeeded)) }
            } else {
                return true
            }
        }
        if !call.row.isSilent { told() }
        return false
    }

    private func mayUse(_ call: Call) -> Bool {
        call.connection.session.map { Actor($0, through: call.connection).may(call.row.rights) } ?? false
    }

    private func split(_ call: Call, _ list: CommandRow.List) -> [Call] {
        func elements(_ parameter: Int) -> [String] {
            call[parameter].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        var targets = elements(list.parameter)
        let keys = list.keys.map(elements)
        var pairs = list.pairs.map(elements)
        if let others = pairs {
            if targets.count == 1 { targets = Array(repeating: targets[0], count: others.count) }
            pairs = others.count == 1 ? Array(repeating: others[0], count: targets.count) : others
        }
        // Of lists that do not go together nothing is done.
        let isPaired = pairs.map { $0.count == targets.count } ?? true
        // What is empty is passed over, together with what stands at its place beside it.
        let places = targets.indices.filter {
            isPaired && !targets[$0].isEmpty && pairs?[$0].isEmpty != true
        }
        if places.isEmpty {
            if !call.row.isSilent { call.reply(.errNeedMoreParams, call.row.name) }
            return []
        }
        if places.count > list.limit, !call.row.isSilent {
            call.reply(.errTooManyTargets, targets[places[list.limit]])
        }
        return places.prefix(list.limit).map { place in
            var parameters = call.parameters
            parameters[list.parameter] = targets[place]
            if let parameter = list.pairs, let pairs { parameters[parameter] = pairs[place] }
            if let parameter = list.keys, let keys, parameter < parameters.count {
                parameters[parameter] = place < keys.count ? keys[place] : ""
            }
            var one = call
            one.replaced = parameters
            return one
        }
    }

    private func run(_ call: Call) {
        guard call.takeTurn() else { return }
        switch call.row.handler {
        case .always(let handler), .registering(let handler): handler(call)
        case .registered(let handler):
            guard let session = call.connection.session else { return }
            let actor = Actor(session, through: call.connection)
            if call.row.servers.isEmpty { return handler(call, actor) }
            call.ifMeant(call.row.servers[...]) { handler(call, actor) }
        }
    }

    /// A part of the command in hand has ended.
    func endStep(of connection: Connection) {
        connection.commands.steps -= 1
        self.advance(connection)
    }

    /// Runs the commands that wait, one after the other, and ends the answer when none is left.
    func advance(_ connection: Connection) {
        guard !connection.commands.isAdvancing, connection.isOpen else { return }
        defer { self.clients.endIfFinished(connection) }
        connection.commands.isAdvancing = true
        while connection.isOpen, connection.commands.steps == 0, !connection.commands.waiting.isEmpty {
            if connection.isBehind {
                connection.commands.beginStep(holding: &connection.reading)
                connection.whenDrained { self.endStep(of: connection) }
            } else {
                self.run(connection.commands.waiting.removeFirst())
            }
        }
        connection.commands.isAdvancing = false
        guard connection.isOpen, connection.commands.steps == 0, connection.commands.waiting.isEmpty else { return }
        connection.finishAnswer()
        if connection.commands.messages == 0, let held = connection.commands.held {
            connection.commands.held = nil
            self.dispatch(held.message, from: connection)
        }
        guard connection.reading.holds.contains(.command), connection.isOpen, !connection.commands.isBusy else {
            return
        }
        connection.reading.release(.command)
        if connection.reading.hasBytes || connection.reading.isPaused { self.process(connection) }
    }
}
