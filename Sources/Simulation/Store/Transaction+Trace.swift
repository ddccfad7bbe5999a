// What transactions change, for somebody who reads a trace.

import Chat
import StateStore

extension Transaction {
    /// What it changes, for somebody who reads a trace.
    var traced: String {
        self.changes.map { change in
            let event: String
            switch change.log.kind {
            case .channel: event = ChannelEvent(change.payload).map { "\($0)" } ?? "-"
            case .user: event = UserEvent(change.payload).map { "\($0)" } ?? "-"
            case .account, .hold, .logins, .nick, .tenant, .projection: event = "-"
            }
            return "\(change.log) \(event) \(change.lifetime)"
        }.joined(separator: " | ")
    }
}
