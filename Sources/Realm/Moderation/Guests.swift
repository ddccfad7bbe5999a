// What a tenant lets people do who have no account, and what all of them do not do while the network is closed to newcomers. Asked
// where something is done, as quarantine is; operators who are guests are asked nothing.

import Chat
import IRC
import NIOCore
import StateStore
import Tenant

extension Session {
    /// Whether the tenant may let its user do less than others.
    private var isPlainGuest: Bool { self.user.account == nil && self.rights.isEmpty }

    /// Why its user, who has no account, does not come into a channel; nil if it may.
    func guestMayNotEnter(_ name: String) -> Refusal? {
        guard self.isPlainGuest else { return nil }
        if let refusal = self.refusedByRaid(name) { return refusal }
        guard let most = self.network.guests.maximumChannels, self.memberships.count >= most else { return nil }
        let text: Phrase = "Guests are in \(most) channels at most: log in to an account"
        return Refusal(.accountNeeded, name, text: text)
    }

    /// Why a channel does not begin with its user; nil if it may.
    func guestMayNotFound(_ name: String) -> Refusal? {
        guard self.isPlainGuest, !self.network.guests.createChannels else { return nil }
        let text: Phrase = "There is no such channel, and guests begin none: log in to an account"
        return Refusal(.accountNeeded, name, text: text)
    }

    /// Why its user does not write to somebody; nil if it may.
    func guestMayNotWrite(to found: FoundUser) -> Refusal? {
        guard self.isPlainGuest, found.session !== self, !found.standing.rights.contains(.quarantine) else {
            return nil
        }
        if let refusal = self.refusedByRaid(found.nick) { return refusal }
        guard !self.network.guests.directMessages else { return nil }
        let text: Phrase = "Guests write in channels and to operators alone: log in to an account"
        return Refusal(.accountNeeded, found.nick, text: text)
    }

    /// How long its user sends no links yet, in milliseconds; nil if it may.
    private var waitForLinks: Int64? {
        let wait = self.network.guests.linksAfter.milliseconds
        guard wait > 0, self.isPlainGuest else { return nil }
        let left = self.user.signedOn + wait - self.network.shard.now
        return left > 0 ? left : nil
    }

    /// Whether its user does not say on leaving what it would: it has a link, and they send none yet.
    func leavesWithoutWord(_ text: String) -> Bool { self.waitForLinks != nil && Said.hasLink(text.utf8) }

    /// Why its user does not say something, wherever that goes; nil if it may.
    func guestMayNotSay(_ saying: Saying, to target: String) -> Refusal? {
        guard let left = self.waitForLinks, saying.hasLink else { return nil }
        let minutes = (left + 59_999) / 60_000
        let text: Phrase = "Guests send links once they have been here for a while: in \(minutes) minutes, or logged in"
        return Refusal(.accountNeeded, target, text: text)
    }
}

extension Saying {
    /// Whether something of what is said looks like a link.
    fileprivate var hasLink: Bool {
        let texts = (self.text.map { [$0] } ?? []) + (self.lines?.lines.map(\.text) ?? [])
        return texts.contains { Said.hasLink($0.readableBytesView) }
    }
}
