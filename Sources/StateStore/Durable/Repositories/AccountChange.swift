package import Tenant

/// Something that was changed of an account from outside of chat.
package struct AccountChange: Hashable, Sendable {
    /// What was changed; what there is of the account by now says the account itself.
    package enum What: String, Hashable, Sendable {
        case deleted
        /// What proves that somebody owns it: the password, or codes beside it.
        case proof
        case role
        /// Whether somebody may log in to it.
        case state
        /// Nothing; but who is logged in is to be so no more.
        case logOut = "log-out"
    }

    package let tenant: TenantID
    /// The account's folded name.
    package let account: String
    /// Nil for what a later version knows besides.
    package let what: What?
    /// Tells it from others of the same account.
    package let serial: String
    /// When it was, by the database's clock, milliseconds since 1970.
    package let time: Int64

    package init(tenant: TenantID, account: String, what: What?, serial: String, time: Int64) {
        (self.tenant, self.account, self.what) = (tenant, account, what)
        (self.serial, self.time) = (serial, time)
    }
}
