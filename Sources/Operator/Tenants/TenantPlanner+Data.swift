// Where a tenant's data is, and what that asks for. In every cell's database a note says whose data lies there and what it is
// worth; the plan follows from those notes and from the one cell that the status names, which is where the tenant lives:
//
// - it is served only there, and only once the note there says that its data is in use for this very object;
// - the data itself may be had again by an object of the same name and namespace, copies and what is being erased by nobody;
// - another namespace has the name once nothing is noted under it any more;
// - deletion keeps or erases what is noted for this object in any cell.

import KubeClient
import StateStore
import Tenant

extension TenantPlanner {
    /// Who else the name belongs to in the cell that the tenant is to live in.
    static func nameHolder(_ view: TenantView) -> TenantView.Refusal? {
        guard let cell = try? view.cell.get(), let note = view.notes[cell.name],
            note.namespace != view.object.namespace
        else { return nil }
        let text =
            switch note.state {
            case .active, .leaving, .retained:
                "the name \(view.object.name) is kept with the data of a tenant of namespace \(note.namespace): "
                    + "create it there to have it back, or choose another name"
            case .arriving, .moved, .erasing:
                "what a tenant \(view.object.name) of namespace \(note.namespace) left in cell \(cell.name) is being erased: "
                    + "the name is free then; wait, or choose another"
            }
        return TenantView.Refusal("NameTaken", text)
    }

    /// Brings the data to where the tenant is to live, as far as that is not done.
    ///
    /// - Returns: whether it may be served there now.
    static func bringData(_ view: TenantView, _ cell: TenantView.Cell, _ plan: inout TenantPlan) -> Bool {
        if let home = view.home, home.name != cell.name { return Self.move(view, from: home, to: cell, &plan) }
        let note = view.notes[cell.name]
        if note?.isNote(of: view.object, .active) != true {
            // A copy that was left for another cell is still the data itself if nobody came to live there.
            let isHome = view.object.status["cell"].string == cell.name
            if let note, !note.state.isOriginal, !(isHome && note.isNote(of: view.object, .moved)) {
                plan.steps.append(.clear(cell: cell.name, note))
                let text = "what a tenant of this name left in cell \(cell.name) is erased first"
                plan.conditions.append(Condition("StoreReady", .no, "Erasing", text))
                return false
            }
            plan.steps.append(.claimName(cell: cell.name, over: note))
        }
        guard view.isFoundElsewhere else { return true }
        Self.arrive(in: cell.name, &plan)
        return false
    }

    /// Nobody is served by two cells: first out of the one, then the data, then the status, then into the other.
    private static func move(
        _ view: TenantView,
        from home: TenantView.Cell,
        to cell: TenantView.Cell,
        _ plan: inout TenantPlan
    ) -> Bool {
        func waits(_ text: String) { plan.conditions.append(Condition("StoreReady", .no, "Moving", text)) }
        plan.cell = home.name
        guard home.isReady else {
            waits("moving waits for cell \(home.name): \(home.problem)")
            return false
        }
        let out: [TenantStep] = [.withdraw(cell: home.name), .removeCertificate(cell: home.name)]
        if let copy = view.notes[cell.name], copy.isNote(of: view.object, .active),
            let source = view.notes[home.name], copy.isCopy(of: source)
        {
            plan.steps += out + [.leave(cell: home.name)]
            Self.arrive(in: cell.name, &plan)
        } else {
            // Copies take turns: it is taken out when its own begins, and served until then.
            let hasBegun = view.notes[home.name].map { $0.state != .active } ?? false
            plan.steps += (hasBegun ? out : []) + [.move(from: home.name, to: cell.name)]
            waits(
                "its data is copied from cell \(home.name) to cell \(cell.name) when its turn comes; nobody can connect from "
                    + "then until that is done"
            )
        }
        return false
    }

    /// Before it is served, the status says where it lives: who goes on after that finds it there.
    private static func arrive(in cell: String, _ plan: inout TenantPlan) {
        plan.cell = cell
        plan.isUnderway = true
        plan.conditions.append(
            Condition("StoreReady", .no, "Moving", "its data is in cell \(cell), where it is served in a moment")
        )
    }

    // MARK: Going

    static func deletion(_ view: TenantView) -> TenantPlan {
        var plan = TenantPlan()
        plan.hasStatus = false
        guard view.object.finalizers.contains(OperatorNames.finalizer) else { return plan }
        if let home = view.home {
            guard home.isReady else {
                plan.hasStatus = true
                plan.cell = home.name
                plan.hostnames = view.object.hostnamesHeld
                let text = "deleting waits for cell \(home.name): \(home.problem)"
                plan.conditions = [
                    Condition("Ready", .no, "StoreUnavailable", text),
                    Condition("StoreReady", .no, "StoreUnavailable", text),
                ]
                return plan
            }
            plan.steps += [.withdraw(cell: home.name), .removeCertificate(cell: home.name)]
        }
        // What was noted for others, or is kept for whoever comes back, is left alone.
        let isErased = Self.erasures(view).map { cell in
            plan.steps.append(.erase(cell: cell))
        }.isEmpty
        if let home = view.home, view.deletionPolicy == .retain {
            let note = view.notes[home.name]
            if note.map({ $0.uid == view.object.uid && ![.retained, .erasing].contains($0.state) }) ?? true {
                plan.steps.append(.retain(cell: home.name, days: Self.retentionDays))
            }
        }
        // What is left to erase is done beside the queue, and then everything is looked at once more.
        guard isErased else { return plan }
        if view.home != nil { plan.steps.append(.removeRoutes) }
        plan.steps.append(.removeFinalizer)
        return plan
    }

    /// The cells in which something of this very object is to be erased.
    private static func erasures(_ view: TenantView) -> [String] {
        var cells = view.notes.filter { cell, note in
            guard note.uid == view.object.uid, !note.isErased else { return false }
            if view.deletionPolicy == .delete { return true }
            // The same note is the same database.
            return view.home.map { cell != $0.name && note != view.notes[$0.name] } ?? true
        }.map(\.key)
        // Where it lived there may be something that is not noted.
        if let home = view.home, view.notes[home.name] == nil, view.deletionPolicy == .delete {
            cells.append(home.name)
        }
        return cells.sorted()
    }
}
