import NIOCore

/// Outcomes that wait for entries: what the subscription does not bring soon is asked for.
extension RedisFollowing {
    /// Puts a replica on the list of those that something waits for.
    func watch(_ replica: RedisReplica) {
        if !replica.isListed {
            replica.isListed = true
            self.listed.append(replica)
        }
        if !self.link.isUp { self.checkIfLate(replica, .now()) }
        guard !self.watchIsDue else { return }
        self.watchIsDue = true
        let delay = TimeAmount(self.link.settings.configuration.repairDelay)
        self.link.loop.assumeIsolated().scheduleTask(in: delay) { [weak self] in self?.lookForLate() }
    }

    func lookForLate() {
        self.watchIsDue = false
        guard !self.isClosed else { return }
        let now = NIODeadline.now()
        let listed = self.listed
        self.listed = []
        for replica in listed {
            replica.isListed = false
            guard replica.isWaitedFor else { continue }
            self.checkIfLate(replica, now)
            self.watch(replica)
        }
    }

    func checkIfLate(_ replica: RedisReplica, _ now: NIODeadline) {
        guard self.isLive(replica), let since = replica.waitedForSince else { return }
        let delay = TimeAmount(self.link.settings.configuration.repairDelay)
        if !self.link.isUp || now - since >= delay { self.check(replica) }
    }
}
