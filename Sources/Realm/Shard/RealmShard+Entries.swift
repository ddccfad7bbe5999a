import Chat
import IRC
import Logging
import NIOCore
package import StateStore

/// Entries of the logs that the shard follows: put into replicas and told to those who are here.
extension RealmShard: LiveStoreReceiver {
    package func storeBecameReady() {
        for network in self.networks.values { network.registry.doubt() }
        self.storeBecameReadyAction()
    }

    package func received(_ entry: Entry, of log: LogKey) {
        switch self.owner(of: log) {
        case .channel(let replica): replica.received(entry)
        case .session(let session): session.received(entry)
        case nil:
            guard let network = self.networks[log.tenant] else { return }
            switch log.kind {
            // Not followed any more, or never here.
            case .channel, .user, .account, .hold, .logins, .projection: return
            case .nick:
                if let event = NickEvent(entry.payload) { network.monitor.tell(event, of: log.name, at: entry.time) }
            case .tenant:
                if let event = TenantEvent(entry.payload) { network.tell(event) }
            }
        }
    }

    /// The log could not be followed entry by entry: what holds now is told.
    package func reloaded(_ snapshot: Snapshot) {
        switch self.followed[snapshot.log] {
        case .session(let session): session.reloaded(snapshot)
        case .channel(let replica): replica.reloaded(snapshot, missed: true)
        case nil:
            guard snapshot.log.kind == .nick, let network = self.networks[snapshot.log.tenant] else { return }
            network.monitor.reloaded(snapshot)
        }
    }
}
