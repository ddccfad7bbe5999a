// Which rights each role gives: the one place that says so.

package import Chat
package import StateStore

extension Account.Role {
    /// What a role gives whoever has it.
    package var rights: Rights {
        switch self {
        case .admin: .all
        case .user: []
        }
    }
}
