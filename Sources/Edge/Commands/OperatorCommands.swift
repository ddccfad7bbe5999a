import Chat
import IRC
import StateStore
import Tenant

/// OPER, KILL, WALLOPS and REHASH, each within the operator's own tenant (RFC 2812 3.1.4, 3.7.1, 4.7).
enum OperatorCommands {
    static let rows: [CommandRow] = [
        CommandRow("OPER", parameters: 2, cost: 3) { Self.oper($0) },
        CommandRow("KILL", parameters: 2, operators: true, need: .user(0)) { Self.kill($0) },
        CommandRow("WALLOPS", parameters: 1, operators: true) { Self.wallops($0) },
        CommandRow("REHASH", operators: true) { call in
            call.core.environment.rehash()
            call.reply(.rplRehashing, "tenants")
        },
    ]

    /// The tenant's admins become operators with the password of their account.
    private static func oper(_ call: Call) {
        let connection = call.connection
        guard call.core.mayTryLogin(connection) else {
            return call.core.close(connection, reason: "Too many failed log-ins, try again in a minute")
        }
        let id = connection.id
        let (authenticator, tenant, message, row) = (
            call.core.environment.authenticator, call.scope.id, call.message, call.row
        )
        let (account, password) = (call[0], call[1])
        connection.stepsUnderWay += 1
        call.core.later {
            do throws(AuthenticationError) {
                return Result<LoggedIn?, AuthenticationError>.success(
                    try await authenticator.verify(account: account, password: password, in: tenant)
                )
            } catch { return .failure(error) }
        } then: { core, result in
            guard let connection = core[id] else { return }
            let call = Call(core: core, connection: connection, row: row, message: message)
            switch result {
            case .success(let login?) where login.isAdmin:
                if let session = connection.session {
                    core.change(session, .modes(session.user.modes.union(.operator)), for: call) {
                        call.reply(.rplYoureOper)
                    }
                }
            case .success:
                core.countFailedLogin(connection)
                call.reply(.errPasswdMismatch)
            case .failure(let error):
                call.fail("TEMPORARILY_UNAVAILABLE", text: error.description)
            }
            connection.stepsUnderWay -= 1
            core.advance(connection)
        }
    }

    private static func kill(_ call: Call) {
        guard let session = call.connection.session, let found = call.user else { return }
        let reason = call[1].truncated(toBytes: 300)
        call.commit(
            Transaction(
                conditions: [found.claim],
                changes: [
                    LogChange(found.inbox, payload: UserEvent.killed(by: session.actor, reason: reason).encoded)
                ]
            )
        )
    }

    private static func wallops(_ call: Call) {
        guard let session = call.connection.session else { return }
        let text = call[0].truncated(toBytes: 400)
        call.commit(
            Transaction(
                changes: [
                    LogChange(
                        call.scope.ownLog,
                        payload: TenantEvent.wallops(text: text, by: session.actor).encoded
                    )
                ]
            )
        )
    }
}
