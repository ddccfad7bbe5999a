// From a connection to a session, whatever order a client takes.

import Chat
import IRC
import Testing

@Suite struct RegistrationTests {
    enum Step: CaseIterable, Sendable {
        case nick, user, capLS, capEnd, authBegin, authEnd, pass
    }

    private static let alice = Nickname("Alice", under: Names.caseMapping)

    /// All orders of some steps.
    private static func orders(of steps: [Step]) -> [[Step]] {
        guard let first = steps.first else { return [[]] }
        return Self.orders(of: Array(steps.dropFirst())).flatMap { rest in
            (0...rest.count).map { Array(rest[..<$0]) + [first] + Array(rest[$0...]) }
        }
    }

    /// Orders in which what begins comes before what ends.
    private static func sensible(_ steps: [Step]) -> [[Step]] {
        Self.orders(of: steps).filter { order in
            func place(_ step: Step) -> Int { order.firstIndex(of: step) ?? -1 }
            return place(.capLS) <= place(.capEnd) && place(.authBegin) <= place(.authEnd)
        }
    }

    /// What the machine answers to a step; those without an answer cannot complete.
    private func take(_ step: Step, _ machine: inout RegistrationMachine) throws -> RegistrationMachine.Action {
        switch step {
        case .nick: return machine.receivedNick(try #require(Self.alice))
        case .user: return machine.receivedUser(username: "alice", realname: "Alice A.")
        case .capLS: machine.negotiationBegan()
        case .capEnd: return machine.negotiationEnded()
        case .authBegin: machine.authenticationBegan()
        case .authEnd: return machine.authenticationEnded()
        case .pass: machine.receivedPassword("secret")
        }
        return .wait
    }

    private func candidate(password: String? = nil) throws -> RegistrationMachine.Candidate? {
        var machine = RegistrationMachine()
        if let password { machine.receivedPassword(password) }
        _ = machine.receivedNick(try #require(Self.alice))
        guard case .register(let candidate) = machine.receivedUser(username: "alice", realname: "Alice A.") else {
            return nil
        }
        return candidate
    }

    /// Everything the client began has ended, and it has said who it is.
    private func isComplete(_ steps: ArraySlice<Step>) -> Bool {
        steps.contains(.nick) && steps.contains(.user)
            && steps.filter { $0 == .capLS }.count == steps.filter { $0 == .capEnd }.count
            && steps.filter { $0 == .authBegin }.count == steps.filter { $0 == .authEnd }.count
    }

    @Test(arguments: [
        [Step.nick, .user], [.nick, .user, .pass], [.nick, .user, .capLS, .capEnd],
        [.nick, .user, .capLS, .capEnd, .authBegin, .authEnd],
        [.nick, .user, .capLS, .capEnd, .authBegin, .authEnd, .pass],
    ])
    func `a session begins once, with the step that completes it, in every order`(steps: [Step]) throws {
        for order in Self.sensible(steps) {
            var machine = RegistrationMachine()
            var registered = 0
            for (index, step) in order.enumerated() {
                let action = try self.take(step, &machine)
                let shouldRegister = registered == 0 && self.isComplete(order[...index])
                if shouldRegister {
                    registered += 1
                    let hasPassword = order[...index].contains(.pass)
                    let expected = try #require(try self.candidate(password: hasPassword ? "secret" : nil))
                    #expect(action == .register(expected), "\(order)")
                } else {
                    #expect(action == .wait, "\(order) at \(index)")
                }
            }
            #expect(registered == 1, "\(order)")
        }
    }

    @Test func `the last nickname before the end of negotiation counts`() throws {
        var machine = RegistrationMachine()
        machine.negotiationBegan()
        _ = machine.receivedNick(try #require(Nickname("First", under: Names.caseMapping)))
        _ = machine.receivedUser(username: "alice", realname: "Alice A.")
        _ = machine.receivedNick(try #require(Self.alice))
        #expect(machine.nick == Self.alice)
        #expect(machine.negotiationEnded() == .register(try #require(try self.candidate())))
    }

    @Test func `a second USER is refused and changes nothing`() throws {
        var machine = RegistrationMachine()
        #expect(machine.receivedUser(username: "alice", realname: "Alice A.") == .wait)
        #expect(machine.receivedUser(username: "other", realname: "Other") == .refuseRepeatedUser)
        let action = machine.receivedNick(try #require(Self.alice))
        #expect(action == .register(try #require(try self.candidate())))
    }

    @Test func `the last password counts`() throws {
        var machine = RegistrationMachine()
        machine.receivedPassword("first")
        machine.receivedPassword("secret")
        _ = machine.receivedNick(try #require(Self.alice))
        let action = machine.receivedUser(username: "alice", realname: "Alice A.")
        #expect(action == .register(try #require(try self.candidate(password: "secret"))))
    }

    @Test func `a taken nickname asks for another and keeps the rest`() throws {
        var machine = RegistrationMachine()
        _ = machine.receivedUser(username: "alice", realname: "Alice A.")
        _ = machine.receivedNick(try #require(Nickname("Taken", under: Names.caseMapping)))
        machine.refuseNick()
        #expect(machine.nick == nil)
        let action = machine.receivedNick(try #require(Self.alice))
        #expect(action == .register(try #require(try self.candidate())))
    }

    @Test func `negotiation that begins after a refused nickname holds the next one back`() throws {
        var machine = RegistrationMachine()
        _ = machine.receivedUser(username: "alice", realname: "Alice A.")
        _ = machine.receivedNick(try #require(Nickname("Taken", under: Names.caseMapping)))
        machine.refuseNick()
        machine.negotiationBegan()
        #expect(machine.receivedNick(try #require(Self.alice)) == .wait)
        #expect(machine.negotiationEnded() == .register(try #require(try self.candidate())))
    }

    @Test func `nothing that comes while the session is made begins another`() throws {
        var machine = RegistrationMachine()
        _ = machine.receivedNick(try #require(Self.alice))
        _ = machine.receivedUser(username: "alice", realname: "Alice A.")
        for step in Step.allCases { #expect(try self.take(step, &machine) == .wait, "\(step)") }
        machine.completed()
        for step in Step.allCases { #expect(try self.take(step, &machine) == .wait, "\(step)") }
        #expect(machine.nick == nil)
    }
}
