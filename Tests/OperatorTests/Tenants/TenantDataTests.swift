import KubeClient
import Operator
import StateStore
import Tenant
import Testing

/// Whose data lies where, and what that asks for.
struct TenantDataTests {
    /// A tenant that lives in `old` and is to live in `one`.
    private func moving(_ notes: [String: StoredTenant], _ change: (inout TenantView) -> Void = { _ in }) throws
        -> TenantPlan
    {
        TenantPlanner.plan(
            try Views.view {
                $0.object = Views.object(status: Views.living(in: "old"))
                $0.home = .init(name: "old", certificateNames: ["*.example.com"])
                $0.notes = notes
                change(&$0)
            }
        )
    }

    private func ready(_ plan: TenantPlan) -> String? {
        plan.conditions["Ready"].map { "\($0.status.rawValue) \($0.reason)" }
    }

    private static let out: [TenantStep] = [.withdraw(cell: "old"), .removeCertificate(cell: "old")]

    // MARK: Moving

    /// What has it served where it lives.
    private static func served() throws -> [TenantStep] {
        [
            .removeCertificate(cell: "old"), .project(try Views.hosted(), cell: "old"),
            .provisionAdmins(try Views.hosted(), cell: "old"), .removeRoutes,
        ]
    }

    @Test func `who waits for the turn of its copy is served until then, as it is written now`() throws {
        let plan = try self.moving(["old": Views.note()])
        #expect(plan.steps == (try Self.served()) + [.move(from: "old", to: "one", isBegun: false)])
        #expect(self.ready(plan) == "True Moving")
        #expect(plan.conditions["Ready"]?.message.contains("served in cell old") == true)
        let suspended = try self.moving(["old": Views.note()]) {
            $0.hosted = (try? Views.hosted(state: .suspended)).map { .success($0) } ?? $0.hosted
        }
        #expect(suspended.steps.contains(.project(try Views.hosted(state: .suspended), cell: "old")))
        #expect(self.ready(suspended) == "False Suspended")
        // It lives where its data is, and keeps its hostnames.
        #expect(plan.cell == "old")
        #expect(plan.hostnames == ["acme.example.com"])
    }

    @Test func `a copy that was cut off, or is of an earlier attempt, is not taken for the data`() throws {
        for copy in [
            try Views.note(.arriving, updatedAt: 5), try Views.note(.active, updatedAt: 4),
            try Views.note(.active, uid: "other", updatedAt: 5), try Views.note(.moved, updatedAt: 5),
        ] {
            let plan = try self.moving(["old": Views.note(.leaving, updatedAt: 5), "one": copy])
            let departs = TenantStep.depart(cell: "old", to: "one", hasArrived: false)
            #expect(plan.steps == [departs, .move(from: "old", to: "one", isBegun: true)], "\(copy)")
            #expect(plan.cell == "old")
            #expect(self.ready(plan) == "False Moving")
        }
        // Who was served at the old place again has no use for what was copied before.
        let served = try self.moving(["old": Views.note(updatedAt: 5), "one": Views.note(updatedAt: 5)])
        #expect(served.steps.last == .move(from: "old", to: "one", isBegun: false))
    }

    @Test(arguments: [true, false])
    func `a copy that failed leaves its tenant on the air, and is tried again after a while`(isPausing: Bool) throws {
        let note = try Views.note(.leaving, updatedAt: 5)
        let plan = try self.moving(["old": note, "one": Views.note(.arriving, updatedAt: 5)]) {
            $0.setback = .init(reason: "the disk is full", isPausing: isPausing)
        }
        let again: [TenantStep] = isPausing ? [] : [.move(from: "old", to: "one", isBegun: false)]
        #expect(plan.steps == [.claimName(cell: "old", over: note)] + (try Self.served()) + again)
        #expect(self.ready(plan) == "True Moving")
        #expect(plan.conditions["Ready"]?.message.contains("the disk is full") == true)
        #expect(plan.cell == "old")
    }

    @Test func `nobody is taken off for a cell that is away, or serves nobody`() throws {
        for note in [try Views.note(), try Views.note(.leaving)] {
            let away = try self.moving(["old": note]) {
                $0.cell = .success(.init(name: "one", isReady: false, problem: "Redis is away"))
            }
            #expect(away.steps.suffix(4) == (try Self.served())[...], "\(note)")
            #expect(self.ready(away) == "True Moving")
            #expect(away.conditions["Ready"]?.message.contains("Redis is away") == true)
        }
        let empty = try self.moving(["old": Views.note()]) { $0.cell = .success(.init(name: "one", hasEdges: false)) }
        #expect(empty.steps == (try Self.served()))
        #expect(empty.conditions["Ready"]?.message.contains("none of its edges") == true)
    }

    @Test func `without edges where it lives nobody is said to be served while it waits`() throws {
        let plan = try self.moving(["old": Views.note()]) {
            $0.home = .init(name: "old", certificateNames: ["*.example.com"], hasEdges: false)
        }
        #expect(self.ready(plan) == "False NoPodsReady")
    }

    // MARK: Lost stores

    @Test func `who lived in stores that are lost begins anew elsewhere`() throws {
        let plan = try self.moving([:]) { $0.home = .init(name: "old", isReady: false, isLost: true) }
        #expect(plan.steps.first == .claimName(cell: "one", over: nil))
        #expect(plan.steps.contains(.project(try Views.hosted(), cell: "one")))
        #expect(plan.cell == "one")
        // A copy that was begun is not the whole.
        let copy = try Views.note(.arriving)
        let cutOff = try self.moving(["one": copy]) { $0.home = .init(name: "old", isReady: false, isLost: true) }
        #expect(cutOff.steps == [.clear(cell: "one", copy)])
    }

    @Test(arguments: [DeletionPolicy.retain, .delete])
    func `who lived in stores that are lost can go`(policy: DeletionPolicy) throws {
        let plan = try self.deleting([:], policy) { $0.home = .init(name: "old", isReady: false, isLost: true) }
        #expect(plan.steps == [.giveUp(cell: "old"), .removeRoutes, .removeFinalizer])
    }

    @Test(arguments: [StoredTenant.State.leaving, .moved])
    func `once it is copied the status says so before anybody is served`(source: StoredTenant.State) throws {
        let plan = try self.moving(["old": Views.note(source, updatedAt: 5), "one": Views.note(updatedAt: 5)])
        #expect(plan.steps == [.depart(cell: "old", to: "one", hasArrived: true), .leave(cell: "old")])
        #expect(plan.cell == "one")
        #expect(plan.isUnderway)
        #expect(self.ready(plan) == "False Moving")
    }

    @Test func `who arrived is served`() throws {
        let plan = TenantPlanner.plan(
            try Views.view {
                $0.object = Views.object(status: Views.living(in: "one"))
                $0.home = .init(name: "one")
            }
        )
        #expect(plan.steps.contains(.project(try Views.hosted(), cell: "one")))
        #expect(self.ready(plan) == "True Serving")
    }

    @Test(arguments: [StoredTenant.State.leaving, .moved])
    func `who turns back in the middle of a move is served where it lives`(state: StoredTenant.State) throws {
        let note = try Views.note(state, eraseAt: 7)
        let plan = TenantPlanner.plan(
            try Views.view {
                $0.object = Views.object(status: Views.living(in: "one"))
                $0.home = .init(name: "one")
                $0.notes = ["one": note]
            }
        )
        #expect(plan.steps.first == .claimName(cell: "one", over: note))
        #expect(plan.steps.contains(.project(try Views.hosted(), cell: "one")))
    }

    @Test func `who names no cell in its status moves from where its data is kept`() throws {
        let plan = try self.moving(["old": Views.note()]) { $0.object = Views.object() }
        #expect(plan.cell == "old")
        // The status says first where it lives.
        #expect(plan.steps == [.move(from: "old", to: "one", isBegun: false)])
        #expect(self.ready(plan) == "False Moving")
    }

    @Test func `a move of what nothing is noted of takes nobody out before its turn`() throws {
        let plan = try self.moving([:])
        #expect(plan.steps.first == .claimName(cell: "old", over: nil))
        #expect(plan.steps.dropFirst() == (try Self.served())[...] + [.move(from: "old", to: "one", isBegun: false)])
    }

    @Test func `data that was kept is moved without anybody being served meanwhile`() throws {
        let plan = try self.moving(["old": Views.note(.retained, uid: "before", eraseAt: 7)])
        #expect(plan.steps == Self.out + [.move(from: "old", to: "one", isBegun: false)])
        #expect(self.ready(plan) == "False Moving")
    }

    @Test func `what a move left behind is cleared before its tenant comes back, unless it never went`() throws {
        for (cell, clears) in [("old", true), ("one", false)] {
            let note = try Views.note(.moved)
            let plan = TenantPlanner.plan(
                try Views.view {
                    $0.object = Views.object(status: Views.living(in: cell))
                    $0.notes = ["one": note]
                }
            )
            #expect(plan.steps.contains(.clear(cell: "one", note)) == clears)
            #expect(plan.steps.contains(.claimName(cell: "one", over: note)) != clears)
        }
    }

    @Test func `moving waits for the cell that has the data`() throws {
        let plan = try self.moving(["old": Views.note()]) {
            $0.home = .init(name: "old", isReady: false, problem: "PostgreSQL is away")
        }
        #expect(self.ready(plan) == "False Moving")
        #expect(plan.conditions["Ready"]?.message.contains("PostgreSQL is away") == true)
        #expect(plan.steps.isEmpty)
        #expect(plan.cell == "old")
        #expect(plan.hostnames == ["acme.example.com"])
    }

    @Test func `who asks for a cell where the name is another's is served where it lives`() throws {
        let plan = try self.moving([
            "old": Views.note(), "one": Views.note(.retained, uid: "other", namespace: "other", eraseAt: 7),
        ])
        #expect(self.ready(plan) == "False NameTaken")
        #expect(plan.cell == "old")
        #expect(plan.hostnames == ["acme.example.com"])
        #expect(plan.steps == [.keep(cell: "old", without: [], state: .active)])
    }

    @Test func `a mistake in an edit in the middle of a move does not claim that anybody is served`() throws {
        let plan = try self.moving(["old": Views.note(.leaving)]) { $0.hosted = .failure(.init("InvalidSpec", "no")) }
        #expect(plan.conditions["StoreReady"]?.status == .no)
        #expect(plan.conditions["Admitted"]?.message == "no")
        // It keeps what it holds until it can go on.
        #expect(plan.hostnames == ["acme.example.com"])
        #expect(plan.cell == "old")
    }

    // MARK: Coming

    @Test(arguments: [StoredTenant.State.active, .leaving, .retained])
    func `the data of a deleted tenant of the same namespace comes back`(state: StoredTenant.State) throws {
        let note = try Views.note(state, uid: "before")
        let plan = TenantPlanner.plan(
            try Views.view {
                $0.home = .init(name: "one")
                $0.notes = ["one": note]
            }
        )
        #expect(plan.steps.first == .claimName(cell: "one", over: note))
        #expect(self.ready(plan) == "True Serving")
    }

    @Test(arguments: [StoredTenant.State.arriving, .moved, .erasing])
    func `a copy that an earlier tenant left is given to nobody`(state: StoredTenant.State) throws {
        let note = try Views.note(state, uid: "before", eraseAt: 7)
        let plan = TenantPlanner.plan(try Views.view { $0.notes = ["one": note] })
        #expect(plan.steps == [.clear(cell: "one", note)])
        #expect(self.ready(plan) == "False Erasing")
        #expect(plan.cell == nil)
    }

    @Test func `who names no cell lives where its data is kept, and is served once the status says so`() throws {
        let note = try Views.note(.retained, uid: "before", eraseAt: 7)
        let plan = TenantPlanner.plan(
            try Views.view {
                $0.home = .init(name: "one")
                $0.isFoundElsewhere = true
                $0.notes = ["one": note, "default": try Views.note(.moved, uid: "before", eraseAt: 7)]
            }
        )
        #expect(plan.steps == [.claimName(cell: "one", over: note)])
        #expect(plan.cell == "one")
        #expect(plan.isUnderway)
    }

    // MARK: Going

    private func deleting(
        _ notes: [String: StoredTenant],
        _ policy: DeletionPolicy = .retain,
        _ change: (inout TenantView) -> Void = { _ in }
    ) throws -> TenantPlan {
        TenantPlanner.plan(
            try Views.view {
                $0.object = Views.object(status: Views.living(in: "old"), deleted: true)
                $0.home = .init(name: "old")
                $0.deletionPolicy = policy
                $0.notes = notes
                change(&$0)
            }
        )
    }

    @Test func `deleting keeps the data by default and lets the object go`() throws {
        let plan = try self.deleting(["old": Views.note()])
        #expect(plan.steps == Self.out + [.retain(cell: "old", days: 30), .removeRoutes, .removeFinalizer])
        // Looked at once more before it is gone, the date stays.
        let again = try self.deleting(["old": Views.note(.retained, eraseAt: 7)])
        #expect(again.steps == Self.out + [.removeRoutes, .removeFinalizer])
    }

    @Test func `what nothing is noted of is kept as well, and copies go also without a home`() throws {
        #expect(try self.deleting([:]).steps.contains(.retain(cell: "old", days: 30)))
        let homeless = try self.deleting(["one": Views.note(.moved)]) { $0.home = nil }
        #expect(homeless.steps == [.erase(cell: "one")])
    }

    @Test func `an object that asks for it goes once its data is erased`() throws {
        let first = try self.deleting(["old": Views.note()], .delete)
        #expect(first.steps == Self.out + [.erase(cell: "old")])
        let cutOff = try self.deleting(["old": Views.note(.erasing)], .delete)
        #expect(cutOff.steps == Self.out + [.erase(cell: "old")])
        let last = try self.deleting(["old": Views.note(.erasing, eraseAt: 7)], .delete)
        #expect(last.steps == Self.out + [.removeRoutes, .removeFinalizer])
        // Without a note there may still be something live.
        #expect(try self.deleting([:], .delete).steps == Self.out + [.erase(cell: "old")])
    }

    @Test(arguments: [StoredTenant.State.arriving, .active, .moved])
    func `whatever the policy, copies in other cells are erased`(copy: StoredTenant.State) throws {
        let kept = try self.deleting(["old": Views.note(.leaving), "one": Views.note(copy)])
        #expect(kept.steps == Self.out + [.erase(cell: "one"), .retain(cell: "old", days: 30)])
        let erased = try self.deleting(["old": Views.note(updatedAt: 2), "one": Views.note(copy)], .delete)
        #expect(erased.steps == Self.out + [.erase(cell: "old"), .erase(cell: "one")])
    }

    @Test func `what two cells share by mistake is kept once, not kept and erased`() throws {
        let plan = try self.deleting(["old": Views.note(), "one": Views.note()])
        #expect(plan.steps == Self.out + [.retain(cell: "old", days: 30), .removeRoutes, .removeFinalizer])
    }

    @Test func `deleting leaves alone what is another's`() throws {
        let others = try Views.note(.retained, uid: "other", namespace: "other", eraseAt: 7)
        for policy in [DeletionPolicy.retain, .delete] {
            let plan = try self.deleting(["one": others, "old": Views.note(.erasing, eraseAt: 7)], policy)
            #expect(plan.steps == Self.out + [.removeRoutes, .removeFinalizer])
            // One that never had the name at all.
            let refused = try self.deleting(["one": others], policy) {
                $0.object = Views.object(deleted: true)
                $0.home = nil
            }
            #expect(refused.steps == [.removeFinalizer])
        }
    }

    @Test func `an object is not let go while its cell's stores are away`() throws {
        let plan = try self.deleting([:]) { $0.home = .init(name: "old", isReady: false, problem: "Redis is away") }
        #expect(plan.steps.isEmpty)
        #expect(self.ready(plan) == "False StoreUnavailable")
        // The status goes on to say where it lives, and as what.
        #expect(plan.hasStatus && plan.cell == "old" && plan.hostnames == ["acme.example.com"])
        #expect(plan.conditions["StoreReady"]?.message == "deleting waits for cell old: Redis is away")
    }

    @Test func `deleting what nobody finalizes does nothing`() throws {
        let plan = try self.deleting(["old": Views.note()]) {
            $0.object = Views.object(finalizers: ["other/finalizer"], deleted: true)
        }
        #expect(plan.steps.isEmpty)
    }
}
