import Chat
import IRC
import NIOCore
import Numbers
import Observability
import Realm
import StateStore

/// `PRIVMSG *playback` (znc.in/playback, wiki.znc.in/Playback): a client that knows it is told nothing of what it missed until it
/// asks, conversation by conversation, from one time to another.
enum Playback {
    /// Whom requests are sent to; nobody can be called so.
    static let nick = "*playback"
    /// How many conversations with people are played back at once.
    private static let mostPeople = 300

    /// Whether a message is a request.
    static func isMeant(_ target: String) -> Bool {
        // Asked of every message: nearly none is for a name like that.
        target.utf8.first == UInt8(ascii: "*") && Names.caseMapping.fold(target) == self.nick
    }

    static func run(_ call: Call, _ actor: Actor) {
        let words = call[1].split(separator: " ").map(String.init)
        switch words.first?.uppercased() {
        case "PLAY" where (2...4).contains(words.count): self.play(words, call, actor)
        case "LIST": self.list(words, call, actor)
        case "CLEAR":
            self.say("What is kept is kept for as long as the network says: nothing was cleared", to: call.connection)
        default:
            self.say(
                "PLAY <target>{,<target>} [<from> [<to>]], in seconds since 1970; LIST [<target>]",
                to: call.connection
            )
        }
    }

    private static func say(_ text: Phrase, to connection: Connection) {
        let text = text.text(in: connection.language)
        connection.write(.news) { writer in
            writer.message(
                source: "\(self.nick)!playback@\(connection.network.serverName)",
                command: "PRIVMSG",
                parameters: [connection.nick, text],
                forcesTrailing: true
            )
        }
    }

    /// Seconds since 1970 with what is behind the point, in milliseconds; what is no number is the beginning.
    private static func time(_ text: String) -> Int64 {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let fraction = parts.count > 1 ? (parts[1].prefix(3) + "000").prefix(3) : "0"
        guard let seconds = Int64(parts[0]), let thousandths = Int64(fraction) else { return 0 }
        return max(0, seconds).times(1000).plus(thousandths)
    }

    private static func text(_ time: Int64) -> String {
        "\(time / 1000).\(String(1000 + time % 1000).dropFirst())"
    }

    // MARK: Which conversations

    /// The conversations that a list names; with `*` all channels that one is in, and people with whom something was said later.
    private static func targets(
        _ list: String,
        after time: Int64,
        _ call: Call,
        _ actor: Actor,
        _ then: @escaping ([String]) -> Void
    ) {
        let names = list.split(separator: ",").map(String.init)
        guard names.contains("*") else { return then(names) }
        call.network.pastTargets(
            from: time,
            to: .max,
            limit: self.mostPeople,
            .people,
            for: actor,
            call.awaiting { people in then(actor.session.memberships.map { $0.state.name.raw } + people.map(\.name)) }
        )
    }

    // MARK: PLAY

    /// What a client asked for that may come into channels now: Textual asks before it joins.
    ///
    /// A class, since few clients have one.
    final class Request {
        fileprivate let targets: Set<String>
        fileprivate let part: HistoryRepository.Part
        /// In the shard's seconds.
        fileprivate let lapses: UInt32

        /// For how many seconds after it asked.
        fileprivate static let term: UInt32 = 30

        fileprivate init(_ targets: Set<String>, _ part: HistoryRepository.Part, lapses: UInt32) {
            self.targets = targets
            self.part = part
            self.lapses = lapses
        }

        fileprivate func includes(_ channel: String, at now: UInt32) -> Bool {
            now < self.lapses && (self.targets.contains("*") || self.targets.contains(Names.caseMapping.fold(channel)))
        }
    }

    /// Plays back a channel that a client came into just now, if it asked for it.
    static func entered(_ channel: String, _ call: Call, _ actor: Actor) {
        guard let request = call.connection.playback,
            request.includes(channel, at: call.connection.clients.realm.seconds)
        else { return }
        self.play([channel][...], request.part, call, actor)
    }

    private static func play(_ words: [String], _ call: Call, _ actor: Actor) {
        let from = words.count > 2 ? self.time(words[2]) : -1
        let to = words.count > 3 ? self.time(words[3]) : nil
        // Counted from the end: what was said last is what there is to see.
        let part =
            to.map { HistoryRepository.Part.between(.end(of: max($0, from)), .end(of: from)) }
            ?? .latest(after: .end(of: from))
        call.connection.playback = Request(
            Set(words[1].split(separator: ",").map { Names.caseMapping.fold(String($0)) }),
            part,
            lapses: call.connection.clients.realm.seconds &+ Request.term
        )
        self.targets(words[1], after: from, call, actor) { self.play($0[...], part, call, actor) }
    }

    /// One after the other, no faster than the client reads.
    private static func play(
        _ targets: ArraySlice<String>,
        _ part: HistoryRepository.Part,
        _ call: Call,
        _ actor: Actor
    ) {
        let (connection, limit) = (call.connection, call.network.limits.missedMessages)
        guard let target = targets.first, connection.isOpen else { return }
        connection.reading.flood.spend(1)
        call.network.past(
            of: target,
            part,
            limit: limit.plus(1),
            events: false,
            for: actor,
            call.awaitingAny { result in
                switch result {
                case .success(let records):
                    if records.count > limit {
                        connection.notice(
                            ChannelName.isChannel(target)
                                ? "More was said in \(target) than is played back here"
                                : "More was said with \(target.asWord) than is played back here"
                        )
                    }
                    self.write(records.suffix(limit), of: target, to: connection)
                case .failure(let refusal) where refusal.reason == .unavailable: return call.refuse(refusal)
                // A channel that one is not in has nothing to play.
                case .failure: break
                }
                let end: (Result<Void, Refusal>) -> Void = call.awaiting {
                    self.play(targets.dropFirst(), part, call, actor)
                }
                connection.whenDrained { end(.success(())) }
            }
        )
    }

    private static func write(_ records: ArraySlice<HistoryRecord>, of target: String, to connection: Connection) {
        guard !records.isEmpty else { return }
        let reference = connection.capabilities.contains(.batch) ? connection.clients.nextBatchReference() : nil
        let server = connection.network.serverName
        connection.write(.news) { writer in
            func batch(_ parameters: [String]) {
                writer.message(source: server, command: "BATCH", parameters: parameters)
            }
            if let reference { batch(["+\(reference)", "chathistory", target]) }
            for record in records {
                connection.clients.encoder.write(
                    record,
                    of: target,
                    in: reference,
                    for: connection.capabilities,
                    seeing: connection.ranks,
                    &writer
                )
            }
            if let reference { batch(["-\(reference)"]) }
        }
    }

    // MARK: LIST

    private static func list(_ words: [String], _ call: Call, _ actor: Actor) {
        self.targets(words.count > 1 ? words[1] : "*", after: -1, call, actor) { self.list($0[...], call, actor) }
    }

    /// Each conversation with the times of the first and the last that was said in it.
    private static func list(_ targets: ArraySlice<String>, _ call: Call, _ actor: Actor) {
        guard let target = targets.first, call.connection.isOpen else { return }
        call.connection.reading.flood.spend(1)
        func ask(_ part: HistoryRepository.Part, _ then: @escaping (Int64?) -> Void) {
            call.network.past(
                of: target,
                part,
                limit: 1,
                events: false,
                for: actor,
                call.awaitingAny { result in
                    if case .failure(let refusal) = result, refusal.reason == .unavailable {
                        return call.refuse(refusal)
                    }
                    then((try? result.get())?.first?.id.time)
                }
            )
        }
        ask(.after(.start(of: .min))) { first in
            ask(.latest(after: nil)) { last in
                if let first, let last {
                    self.say(.verbatim("\(target) \(self.text(first)) \(self.text(last))"), to: call.connection)
                }
                self.list(targets.dropFirst(), call, actor)
            }
        }
    }
}
