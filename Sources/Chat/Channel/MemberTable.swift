import IRC
import NIOCore

/// A channel's members by session, each as its field's bytes until somebody looks at it or changes it.
///
/// A channel of thousands is loaded for the first one here who comes in, and hardly anybody looks at those elsewhere: so that
/// costs what it takes to keep their bytes.
package struct MemberTable: Sendable {
    fileprivate enum Slot: Sendable {
        case field(MemberField)
        case member(Member)

        var member: Member? {
            switch self {
            case .field(let field): field.member
            case .member(let member): member
            }
        }
    }

    private var slots: [SessionID: Slot] = [:]
    /// Folded nicknames of those who are decoded.
    private var nicks: [String: SessionID] = [:]

    package init() {}

    package var count: Int { self.slots.count }
    package var isEmpty: Bool { self.slots.isEmpty }

    package subscript(session: SessionID) -> Member? { self.slots[session]?.member }

    package func contains(_ session: SessionID) -> Bool { self.slots.index(forKey: session) != nil }

    /// A member's ranks, at no more cost than those; nil if there is no such member.
    package func modes(of session: SessionID) -> MemberModes? {
        switch self.slots[session] {
        case .field(let field): field.modes
        case .member(let member): member.modes
        case nil: nil
        }
    }

    /// The member who goes by a nickname.
    func named(_ nick: Nickname) -> Member? {
        if let session = self.nicks[nick.folded] { return self[session] }
        for case .field(let field) in self.slots.values where field.isNamed(nick) { return field.member }
        return nil
    }

    /// Whether a member is the same in both.
    package func isSame(_ session: SessionID, in other: MemberTable) -> Bool {
        switch (self.slots[session], other.slots[session]) {
        case (.field(let left)?, .field(let right)?) where left == right: true
        case (let left, let right): left?.member == right?.member
        }
    }

    /// The sessions, in no order.
    package var sessions: some Collection<SessionID> { self.slots.keys }

    /// The table with these members alone.
    func only(_ sessions: some Sequence<SessionID>) -> MemberTable {
        var table = MemberTable()
        for session in sessions { if let member = self[session] { table.insert(member) } }
        return table
    }

    // MARK: Changes

    /// Takes a member as its field has it; what cannot be one is passed over.
    mutating func insert(field: [UInt8]) {
        guard let field = MemberField(field) else { return }
        self.slots[field.session] = .field(field)
    }

    mutating func insert(_ member: Member) {
        self.forgetNick(of: self.slots.updateValue(.member(member), forKey: member.session))
        self.nicks[member.user.nick.folded] = member.session
    }

    mutating func remove(_ session: SessionID) { self.forgetNick(of: self.slots.removeValue(forKey: session)) }

    private mutating func forgetNick(of slot: Slot?) {
        guard case .member(let member)? = slot, self.nicks[member.user.nick.folded] == member.session else { return }
        self.nicks[member.user.nick.folded] = nil
    }
}

extension MemberTable: Sequence {
    /// All members, each decoded when it is its turn.
    package struct Iterator: IteratorProtocol {
        fileprivate var slots: [SessionID: Slot].Values.Iterator

        package mutating func next() -> Member? {
            while let slot = self.slots.next() { if let member = slot.member { return member } }
            return nil
        }
    }

    package func makeIterator() -> Iterator { Iterator(slots: self.slots.values.makeIterator()) }

    package var underestimatedCount: Int { 0 }
}

extension MemberTable: Hashable {
    package static func == (left: MemberTable, right: MemberTable) -> Bool {
        left.count == right.count && left.slots.keys.allSatisfy { left.isSame($0, in: right) }
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(self.count) }
}
