import Chat
import IRC
import NIOCore
import StateStore

/// MONITOR (IRCv3): told when nicknames come and go, wherever they are.
enum MonitorCommands {
    static let rows: [CommandRow] = [CommandRow("MONITOR", parameters: 1) { Self.monitor($0) }]

    private static func monitor(_ call: Call) {
        guard let session = call.connection.session else { return }
        let nicks = call[1].split(separator: ",").map(String.init)
        switch call[0].uppercased() {
        case "+": Self.add(nicks, session, call)
        case "-":
            for nick in nicks.compactMap({ Nickname($0, under: Names.caseMapping) }) {
                guard session.monitored.removeValue(forKey: nick.folded) != nil else { continue }
                call.core.stopMonitoring(nick.folded, session, in: call.scope)
            }
        case "C":
            for nick in session.monitored.keys { call.core.stopMonitoring(nick, session, in: call.scope) }
            session.monitored = [:]
        case "L":
            for line in Self.lines(session.monitored.values.sorted()) { call.reply(.rplMonList, text: line) }
            call.reply(.rplEndOfMonList)
        case "S":
            Self.status(session.monitored.values.sorted(), call)
        default:
            call.fail("INVALID_SUBCOMMAND", ShardCore.word(call[0]), text: "MONITOR takes +, -, C, L and S")
        }
    }

    private static func add(_ nicks: [String], _ session: Session, _ call: Call) {
        var added: [String] = []
        for (index, text) in nicks.enumerated() {
            guard let nick = Nickname(text, under: Names.caseMapping) else { continue }
            if session.monitored[nick.folded] == nil {
                guard session.monitored.count < call.core.limits.monitorLimit else {
                    call.reply(
                        .errMonListFull,
                        String(call.core.limits.monitorLimit),
                        nicks[index...].joined(separator: ","),
                        text: "Monitor list is full"
                    )
                    break
                }
                session.monitored[nick.folded] = text
                call.core.startMonitoring(nick.folded, session, in: call.scope)
            }
            added.append(text)
        }
        Self.status(added, call)
    }

    private static func status(_ nicks: [String], _ call: Call, online: [String] = [], offline: [String] = []) {
        guard let nick = nicks.first else {
            for line in Self.lines(online) { call.reply(.rplMonOnline, text: line) }
            for line in Self.lines(offline) { call.reply(.rplMonOffline, text: line) }
            return
        }
        call.core.find(nick, for: call) { found, call in
            let rest = Array(nicks.dropFirst())
            if let found {
                Self.status(rest, call, online: online + [found.user.prefix], offline: offline)
            } else {
                Self.status(rest, call, online: online, offline: offline + [nick])
            }
        }
    }

    private static func lines(_ targets: [String]) -> [String] {
        var lines: [String] = []
        for target in targets {
            if let last = lines.last, last.utf8.count + target.utf8.count < 300 {
                lines[lines.count - 1] = last + "," + target
            } else {
                lines.append(target)
            }
        }
        return lines
    }
}

extension ShardCore {
    func startMonitoring(_ nick: String, _ session: Session, in scope: TenantScope) {
        scope.monitors[nick, default: []].append(session)
        guard scope.monitors[nick]?.count == 1 else { return }
        let tenant = scope.id
        self.store.follow(LogKey(scope.id, .nick, nick)) { result in
            // The store was away: once more when it may be back, while somebody still wants it.
            guard case .failure = result, let shard = self.shard else { return }
            self.loop.scheduleTask(in: .seconds(5)) {
                shard.assumeIsolated { shard in
                    guard let scope = shard.core.scopes[tenant], let first = scope.monitors[nick]?.first else { return }
                    scope.monitors[nick]?.removeFirst()
                    let others = scope.monitors.removeValue(forKey: nick) ?? []
                    shard.core.startMonitoring(nick, first, in: scope)
                    scope.monitors[nick]?.append(contentsOf: others)
                }
            }
        }
    }

    func stopMonitoring(_ nick: String, _ session: Session, in scope: TenantScope) {
        scope.monitors[nick]?.removeAll { $0 === session }
        guard scope.monitors[nick]?.isEmpty == true else { return }
        scope.monitors[nick] = nil
        self.store.unfollow(LogKey(scope.id, .nick, nick))
    }

    func tellMonitors(_ event: NickEvent, of nick: String, in scope: TenantScope) {
        for session in scope.monitors[nick] ?? [] {
            switch event {
            case .online(let prefix): self.notify(session.connection, .rplMonOnline, prefix)
            case .offline(let nick): self.notify(session.connection, .rplMonOffline, nick)
            }
        }
    }

    func tellTenant(_ event: TenantEvent, in scope: TenantScope) {
        guard case .wallops(let text, let actor) = event else { return }
        for session in scope.sessions.values
        where session.user.modes.contains(.wallops) || session.user.modes.contains(.operator) {
            self.notify(session.connection) {
                $0.message(source: actor.prefix, command: "WALLOPS", parameters: [text], forcesTrailing: true)
            }
        }
    }
}
