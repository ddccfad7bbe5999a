// Which rights each role gives: the one place that says so.

package import Chat

extension Role {
    /// What a role gives whoever has it.
    package var rights: Rights {
        switch self {
        case .user: []
        case .guide: [.seeHidden, .quarantine]
        case .moderator:
            Role.guide.rights.union([
                .enterAnyChannel, .runAnyChannel, .endSessions, .banFromNetwork, .seeAddresses, .announce,
                .describeOthers, .moveOthers, .readAudit, .handleReports, .reviewMessages,
                .assignHosts,
            ])
        case .admin: .all
        }
    }
}
