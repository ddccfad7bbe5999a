package import StateStore
package import Tenant

/// Where the devices of accounts are kept, and with which keys is signed what they are pushed.
package struct PushDevices: Sendable {
    let registrations: PushRepository
    package let keys: VapidKeys
    /// How many an account may have.
    static let limit = 10
    /// How long one counts, in milliseconds: clients say so again whenever they connect.
    static let lifetime: Int64 = 30 * 86_400_000

    package init(registrations: PushRepository, keys: VapidKeys) {
        self.registrations = registrations
        self.keys = keys
    }
}
