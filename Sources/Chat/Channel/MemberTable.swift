import IRC
import NIOCore

/// A channel's members by session, each as its field's bytes until somebody looks at it or changes it.
///
/// A channel of thousands is loaded for the first one here who comes in, and hardly anybody looks at those elsewhere: so that
/// costs what it takes to keep their bytes.
package struct MemberTable: Sendable {
    enum Slot: Sendable {
        case field(MemberField)
        case member(Member)

        var member: Member? {
            switch self {
            case .field(let field): field.member
            case .member(let member): member
            }
        }

        var session: SessionID {
            switch self {
            case .field(let field): field.session
            case .member(let member): member.session
            }
        }

        var modes: MemberModes {
            switch self {
            case .field(let field): field.modes
            case .member(let member): member.modes
            }
        }
    }

    /// In no order; all are gone through again and again (NAMES), so one lies beside the other.
    private(set) var slots: [Slot] = []
    private(set) var places: [SessionID: Int] = [:]
    /// Folded nicknames of those who are decoded.
    private var nicks: [String: SessionID] = [:]

    package init() {}

    package var count: Int { self.slots.count }
    package var isEmpty: Bool { self.slots.isEmpty }
    /// Where members stand, for ``writeName(at:of:_:to:)``.
    package var indices: Range<Int> { self.slots.indices }

    package subscript(session: SessionID) -> Member? { self.places[session].flatMap { self.slots[$0].member } }

    package func contains(_ session: SessionID) -> Bool { self.places.index(forKey: session) != nil }

    /// A member's ranks, at no more cost than those; nil if there is no such member.
    package func modes(of session: SessionID) -> MemberModes? {
        self.places[session].map { self.slots[$0].modes }
    }

    /// The member who goes by a nickname.
    func named(_ nick: Nickname) -> Member? {
        if let session = self.nicks[nick.folded] { return self[session] }
        for case .field(let field) in self.slots where field.isNamed(nick) { return field.member }
        return nil
    }

    /// Whether a member is the same in both.
    package func isSame(_ session: SessionID, in other: MemberTable) -> Bool {
        guard let place = self.places[session], let otherPlace = other.places[session] else {
            return self.contains(session) == other.contains(session)
        }
        return switch (self.slots[place], other.slots[otherPlace]) {
        case (.field(let left), .field(let right)) where left == right: true
        case (let left, let right): left.member == right.member
        }
    }

    /// The sessions, in no order.
    package var sessions: some Collection<SessionID> { self.places.keys }

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
        self.put(.field(field))
    }

    mutating func insert(_ member: Member) {
        self.put(.member(member))
        self.nicks[member.user.nick.folded] = member.session
    }

    private mutating func put(_ slot: Slot) {
        if let place = self.places[slot.session] {
            self.forgetNick(of: self.slots[place])
            self.slots[place] = slot
        } else {
            self.places[slot.session] = self.slots.count
            self.slots.append(slot)
        }
    }

    /// The last one takes the place of who goes.
    mutating func remove(_ session: SessionID) {
        guard let place = self.places.removeValue(forKey: session) else { return }
        self.forgetNick(of: self.slots[place])
        let last = self.slots.removeLast()
        guard place < self.slots.count else { return }
        self.slots[place] = last
        self.places[last.session] = place
    }

    private mutating func forgetNick(of slot: Slot) {
        guard case .member(let member) = slot, self.nicks[member.user.nick.folded] == member.session else { return }
        self.nicks[member.user.nick.folded] = nil
    }
}

extension MemberTable: Sequence {
    /// All members, each decoded when it is its turn.
    package struct Iterator: IteratorProtocol {
        fileprivate var slots: [Slot].Iterator

        package mutating func next() -> Member? {
            while let slot = self.slots.next() { if let member = slot.member { return member } }
            return nil
        }
    }

    package func makeIterator() -> Iterator { Iterator(slots: self.slots.makeIterator()) }

    package var underestimatedCount: Int { 0 }
}

extension MemberTable: Hashable {
    package static func == (left: MemberTable, right: MemberTable) -> Bool {
        left.count == right.count && left.places.keys.allSatisfy { left.isSame($0, in: right) }
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(self.count) }
}
