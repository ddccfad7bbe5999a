// Who used which right, when, on whom and why.

import NIOCore

/// Something that somebody did by right, as it is kept.
package struct AuditEntry: Hashable, Sendable {
    /// What was done, called like the command.
    package enum Action: String, Hashable, Sendable, CaseIterable {
        case kill = "KILL"
        /// A ban was set, or one that keeps apart.
        case ban = "UBAN"
        /// It was lifted.
        case unban = "UNBAN"
        case quarantine = "QUARANTINE"
        case unquarantine = "UNQUARANTINE"
        case mute = "MUTE"
        case unmute = "UNMUTE"
        /// Doors were closed to guests, or opened.
        case raid = "RAID"
        case takeIn = "SAJOIN"
        case takeOut = "SAPART"
        case rename = "SANICK"
        case global = "GLOBAL"
        case wallops = "WALLOPS"
        case reload = "REHASH"
        /// Became an operator.
        case becomeOperator = "OPER"
        /// Set or removed what another, or a channel, says by keys.
        case describe = "METADATA"
        /// A report was taken on, or closed.
        case report = "REPORTS"
        /// Ended clients of another account.
        case logOut = "LOGOUT"
        // In a channel, where their rank there would not have done.
        case modes = "MODE"
        case kick = "KICK"
        case topic = "TOPIC"
        case join = "JOIN"
        case invite = "INVITE"
        case moveChannel = "RENAME"
        /// A link into it was made, or ended.
        case inviteLink = "INVITELINK"
        /// Took back what another said.
        case redact = "REDACT"
        /// Of a registered channel, where their level there would not have done.
        case channel = "CHANSERV"
        /// What a check of messages did by itself.
        case check = "CHECK"
        /// A message that was held was let through or rejected.
        case held = "HELD"
        /// Decided which host an account is shown under.
        case host = "HOSTSERV"
    }

    /// The account of who did it; nil if they had none.
    package let account: String?
    /// What they were called.
    package let nick: String
    /// What they were.
    package let role: Role
    /// An ``Action``, or what a later version knows.
    package let action: String
    /// Whom or what it was done to; empty for everybody.
    package let target: String
    /// Why, or what exactly.
    package let detail: String

    package init(
        account: String?,
        nick: String,
        role: Role,
        _ action: String,
        _ target: String,
        detail: String
    ) {
        (self.account, self.nick, self.role) = (account, nick, role)
        (self.action, self.target, self.detail) = (action, target, detail)
    }

    func encode(into buffer: inout ByteBuffer) {
        buffer.writeOptionalText(self.account)
        for text in [self.nick, self.role.rawValue, self.action, self.target, self.detail] { buffer.writeText(text) }
    }

    init?(from buffer: inout ByteBuffer) {
        guard let account = buffer.readOptionalText(), let nick = buffer.readText(), let role = buffer.readText(),
            let action = buffer.readText(), let target = buffer.readText(), let detail = buffer.readText()
        else { return nil }
        self.init(account: account, nick: nick, role: Role(stored: role), action, target, detail: detail)
    }
}
