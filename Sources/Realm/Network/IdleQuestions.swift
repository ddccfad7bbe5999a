import Chat
import IRC
import NIOCore
import StateStore

/// How long people on other shards have said nothing.
///
/// Only their shards know: to write it down would cost each message. So it is asked, in the session's log, and the answer
/// comes in the log of who asks.
final class IdleQuestions {
    unowned let network: Network
    /// For how many milliseconds answers are waited for.
    private static let patience: Int64 = 1000
    private var open: [Question] = []

    /// One question about several sessions.
    private final class Question {
        let asked: Set<SessionID>
        var left: Set<SessionID>
        var known: [SessionID: UInt32] = [:]
        let then: ([SessionID: UInt32]) -> Void

        init(_ sessions: Set<SessionID>, _ then: @escaping ([SessionID: UInt32]) -> Void) {
            (self.asked, self.left, self.then) = (sessions, sessions, then)
        }
    }

    init(_ network: Network) { self.network = network }

    /// Asks after some sessions in the name of one that is here.
    ///
    /// - `then`: gets the seconds of those that answered in time.
    func ask(
        after sessions: Set<SessionID>,
        for asker: SessionID,
        _ then: @escaping ([SessionID: UInt32]) -> Void
    ) {
        if sessions.isEmpty { return then([:]) }
        let network = self.network
        let question = Question(sessions, then)
        self.open.append(question)
        let payload = UserEvent.askedHowIdle(by: asker).encoded
        for session in sessions {
            let inbox = network.inboxKey(session)
            network.store.append(LogChange(inbox, payload: payload), if: Condition(inbox, .exists)) { result in
                if case .success(_?) = result { return }
                self.settle(session, in: question)
            }
        }
        network.shard.later(.milliseconds(Self.patience)) { self.end(question) }
    }

    /// A shard that holds a session says how long it has said nothing there.
    func answered(_ session: SessionID, _ seconds: UInt32) {
        for question in self.open where question.asked.contains(session) {
            // Several shards may hold it: it spoke where that is the least.
            question.known[session] = min(seconds, question.known[session] ?? .max)
            self.settle(session, in: question)
        }
    }

    private func settle(_ session: SessionID, in question: Question) {
        question.left.remove(session)
        if question.left.isEmpty { self.end(question) }
    }

    private func end(_ question: Question) {
        guard let place = self.open.firstIndex(where: { $0 === question }) else { return }
        self.open.remove(at: place)
        // Not while entries are delivered: what goes on from here appends others.
        let loop = self.network.shard.loop
        let then = NIOLoopBound({ question.then(question.known) }, eventLoop: loop)
        loop.execute { then.value() }
    }
}
