import Chat
import StateStore

/// What a session gives up in its channels that leaves its account: the ranks by level.
struct RanksGivenUp {
    /// What it comes to in the logs of these channels.
    private(set) var changes: [LogChange] = []
    /// That whose the channels are is as it was looked at.
    private(set) var conditions: [Condition] = []
    /// What the session is in these channels then.
    private(set) var left: [LogKey: MemberModes] = [:]

    init(by session: Session) {
        for replica in session.memberships {
            let events = replica.state.ranksGivenUp(by: session.requester)
            guard !events.isEmpty else { continue }
            let given = replica.change(events)
            self.changes += given.changes
            self.conditions += given.conditions
            var state = replica.state
            for event in events { state.evolve(event) }
            self.left[replica.key] = state.members.modes(of: session.id)
        }
    }
}
