import Operator
import StateStore
import Tenant
import Testing

/// What becomes of data that a cell notes, by the note, by who goes by the name, and by what is noted where that one lives.
struct RetentionVerdictTests {
    private static let now: Int64 = 1000

    private func verdict(
        _ note: StoredTenant,
        _ tenant: RetentionVerdict.Tenant? = nil,
        home: StoredTenant? = nil
    ) -> RetentionVerdict {
        RetentionVerdict.on(note, in: "here", tenant: tenant, home: home, now: Self.now)
    }

    private func tenant(
        _ uid: String = "uid-1",
        in cell: String? = "there",
        wants: String? = nil,
        isDeleting: Bool = false
    ) -> RetentionVerdict.Tenant {
        .init(uid: uid, isDeleting: isDeleting, cell: cell, wanted: wants ?? cell)
    }

    @Test func `what is kept goes at its date and not before, and never from under who is back`() throws {
        #expect(self.verdict(try Views.note(.retained, eraseAt: 1001)) == .keep)
        #expect(self.verdict(try Views.note(.retained, eraseAt: 1000)) == .erase(late: nil))
        #expect(self.verdict(try Views.note(.retained)) == .keep)
        let due = try Views.note(.retained, uid: "before", eraseAt: 1)
        for back in [self.tenant(in: nil), self.tenant(in: "here"), self.tenant(in: "there", wants: "here")] {
            #expect(self.verdict(due, back) == .keep)
        }
        #expect(self.verdict(due, self.tenant(in: "there")) == .erase(late: nil))
    }

    @Test func `an erasure that was cut off goes on at once, and a second look is at its date`() throws {
        #expect(self.verdict(try Views.note(.erasing)) == .erase(late: nil))
        #expect(self.verdict(try Views.note(.erasing, eraseAt: 1001)) == .keep)
        #expect(self.verdict(try Views.note(.erasing, eraseAt: 1000)) == .erase(late: nil))
    }

    @Test func `what a move left goes at its date, after what came late, and at once if its tenant is gone`() throws {
        let left = try Views.note(.moved, eraseAt: 1000)
        let home = try Views.note()
        #expect(self.verdict(try Views.note(.moved, eraseAt: 1001), self.tenant(), home: home) == .keep)
        #expect(self.verdict(left, self.tenant(), home: home) == .erase(late: "there"))
        // Where it lives cannot be asked, or is being left itself.
        #expect(self.verdict(left, self.tenant()) == .wait)
        #expect(self.verdict(left, self.tenant(), home: try Views.note(.leaving)) == .wait)
        // The status was not written yet: it still lives here.
        #expect(self.verdict(left, self.tenant(in: "here")) == .keep)
        for eraseAt in [1000, 1001] as [Int64] {
            let left = try Views.note(.moved, eraseAt: eraseAt)
            #expect(self.verdict(left) == .erase(late: nil))
            // Nothing of it comes to another object of the same name.
            let newer = try Views.note(uid: "uid-2")
            #expect(self.verdict(left, self.tenant("uid-2"), home: newer) == .erase(late: nil))
            #expect(self.verdict(left, self.tenant("uid-2", in: "here")) == .erase(late: nil))
        }
    }

    @Test(arguments: [StoredTenant.State.arriving, .active])
    func `a copy that its tenant turned away from goes`(state: StoredTenant.State) throws {
        let copy = try Views.note(state, updatedAt: 5)
        #expect(self.verdict(copy, self.tenant(), home: try Views.note(updatedAt: 6)) == .erase(late: nil))
        // On its way to a third cell, it will not come back to this copy.
        #expect(self.verdict(copy, self.tenant(), home: try Views.note(.leaving, updatedAt: 6)) == .erase(late: nil))
        // It is this move's, or about to be made anew, or nobody can say.
        #expect(self.verdict(copy, self.tenant(), home: try Views.note(.leaving, updatedAt: 5)) == .keep)
        #expect(self.verdict(copy, self.tenant(), home: try Views.note(.moved, updatedAt: 5)) == .keep)
        #expect(self.verdict(copy, self.tenant(wants: "here"), home: try Views.note(updatedAt: 6)) == .keep)
        #expect(self.verdict(copy, self.tenant()) == .keep)
        // Two cells that share a database by mistake share the note, and the data.
        #expect(self.verdict(copy, self.tenant(), home: copy) == .keep)
    }

    @Test(arguments: [StoredTenant.State.active, .leaving])
    func `data without a tenant is kept as if that had been deleted`(state: StoredTenant.State) throws {
        let note = try Views.note(state)
        #expect(self.verdict(note) == .retain)
        #expect(self.verdict(note, self.tenant("uid-2")) == .retain)
        // Whoever is restored from a backup has another id and the same name.
        for back in [self.tenant("uid-2", in: nil), self.tenant("uid-2", in: "here")] {
            #expect(self.verdict(note, back) == .keep)
        }
        #expect(self.verdict(note, self.tenant(in: "here")) == .keep)
        #expect(self.verdict(note, self.tenant(in: nil)) == .keep)
    }

    @Test func `a copy stays where it is not certain that its tenant turned away`() throws {
        let copy = try Views.note(.arriving, updatedAt: 5)
        let home = try Views.note(updatedAt: 6)
        #expect(self.verdict(copy, self.tenant(), home: home) == .erase(late: nil))
        for owner in [self.tenant(in: nil, wants: "there"), self.tenant(in: "here", wants: "there")] {
            #expect(self.verdict(copy, owner, home: home) == .keep)
        }
        for home in [try Views.note(uid: "uid-2", updatedAt: 6), try Views.note(.retained, updatedAt: 6)] {
            #expect(self.verdict(copy, self.tenant(), home: home) == .keep)
        }
    }

    @Test func `a copy without a tenant goes`() throws {
        #expect(self.verdict(try Views.note(.arriving)) == .erase(late: nil))
        #expect(self.verdict(try Views.note(.arriving), self.tenant("uid-2", in: "here")) == .erase(late: nil))
    }

    @Test func `whoever is being deleted clears up behind it`() throws {
        for state in StoredTenant.State.allCases {
            let note = try Views.note(state, eraseAt: 1)
            #expect(self.verdict(note, self.tenant(isDeleting: true), home: try Views.note(updatedAt: 9)) == .keep)
        }
    }
}
