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

    /// Where a tenant is to be served now.
    enum Place {
        case nowhere
        /// In the cell that it is to live in.
        case here
        /// In the one that it lives in still, and what is to be done then to bring it away from there.
        case atHome(TenantView.Cell, TenantStep?)
    }

    /// Brings the data to where the tenant is to live, as far as that is not done, and says where it may be served meanwhile.
    static func place(_ view: TenantView, _ cell: TenantView.Cell, _ plan: inout TenantPlan) -> Place {
        if let home = view.home, home.name != cell.name, !home.isLost {
            return Self.move(view, from: home, to: cell, &plan)
        }
        guard cell.isReady else {
            let text = "cell \(cell.name) is not ready: \(cell.problem)"
            plan.conditions.append(Condition("StoreReady", .no, "CellNotReady", text))
            return .nowhere
        }
        let note = view.notes[cell.name]
        if note?.isNote(of: view.object, .active) != true {
            // A copy that was left for another cell is still the data itself if nobody came to live there.
            let isHome = view.object.status["cell"].string == cell.name
            if let note, !note.state.isOriginal, !(isHome && note.isNote(of: view.object, .moved)) {
                plan.steps.append(.clear(cell: cell.name, note))
                let text = "what a tenant of this name left in cell \(cell.name) is erased first"
                plan.conditions.append(Condition("StoreReady", .no, "Erasing", text))
                return .nowhere
            }
            plan.steps.append(.claimName(cell: cell.name, over: note))
        }
        guard view.isFoundElsewhere else { return .here }
        Self.arrive(in: cell.name, &plan)
        return .nowhere
    }

    /// Nobody is served by two cells: first out of the one, then the data, then the status, then into the other.
    private static func move(
        _ view: TenantView,
        from home: TenantView.Cell,
        to cell: TenantView.Cell,
        _ plan: inout TenantPlan
    ) -> Place {
        func tell(_ status: Condition.Status, _ text: String) {
            plan.conditions.append(Condition("StoreReady", status, "Moving", text))
        }
        plan.cell = home.name
        guard home.isReady else {
            tell(.no, "moving waits for cell \(home.name): \(home.problem)")
            return .nowhere
        }
        let (source, copy) = (view.notes[home.name], view.notes[cell.name])
        let out: [TenantStep] = [.withdraw(cell: home.name), .removeCertificate(cell: home.name)]
        if let copy, copy.isNote(of: view.object, .active), let source, copy.isCopy(of: source) {
            plan.steps += [.depart(cell: home.name, to: cell.name, hasArrived: true), .leave(cell: home.name)]
            Self.arrive(in: cell.name, &plan)
            return .nowhere
        }
        let lives = view.object.status["cell"].string == home.name
        let isOff = source?.isNote(of: view.object, .leaving, .moved) == true
        if isOff, cell.isReady, !lives || view.setback == nil {
            // A copy that was begun and cut off goes on where it ended.
            plan.steps += [
                .depart(cell: home.name, to: cell.name, hasArrived: false),
                .move(from: home.name, to: cell.name, isBegun: true),
            ]
            let text =
                "its data is copied from cell \(home.name) to cell \(cell.name); nobody can connect until that is done"
            tell(.no, text)
            return .nowhere
        }
        let isOwn = source?.isNote(of: view.object, .active) ?? true
        guard lives, isOff || isOwn else {
            if source?.state != .active { plan.steps += out }
            let (step, text) = Self.nextAttempt(view, from: home, to: cell)
            if let step { plan.steps.append(step) }
            tell(.no, text)
            return .nowhere
        }
        // What failed, or waits, leaves nobody off the air: back to where it lives, which makes what was copied worthless.
        if isOff || source == nil { plan.steps.append(.claimName(cell: home.name, over: source)) }
        let (step, text) = Self.nextAttempt(view, from: home, to: cell)
        tell(.yes, "\(text); it is served in cell \(home.name) until then")
        return .atHome(home, step)
    }

    /// What is to be done now for who waits to be moved, and what it waits for.
    private static func nextAttempt(
        _ view: TenantView,
        from home: TenantView.Cell,
        to cell: TenantView.Cell
    ) -> (TenantStep?, String) {
        guard cell.isReady else { return (nil, "moving waits for cell \(cell.name): \(cell.problem)") }
        guard cell.hasEdges else { return (nil, "moving waits for cell \(cell.name): none of its edges is ready") }
        let attempt = TenantStep.move(from: home.name, to: cell.name, isBegun: false)
        guard let setback = view.setback else {
            return (attempt, "it moves from cell \(home.name) to cell \(cell.name) when its turn comes")
        }
        let text = "it could not be moved to cell \(cell.name), which is tried again: \(setback.reason)"
        return (setback.isPausing ? nil : attempt, text)
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
        if let home = view.home, home.isLost {
            plan.steps.append(.giveUp(cell: home.name))
        } else if let home = view.home {
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
            if let hold = view.hold {
                // Nobody is served any more, and nothing of it goes.
                plan.hasStatus = true
                plan.cell = home.name
                plan.hostnames = view.object.hostnamesHeld
                let text = "deleting waits until spec.archive.hold is removed: \(hold)"
                plan.conditions = [
                    Condition("Ready", .no, "Held", text), Condition("StoreReady", .no, "Held", text),
                ]
                return plan
            }
        }
        // What was noted for others, or is kept for whoever comes back, is left alone.
        let isErased = Self.erasures(view).map { cell in
            plan.steps.append(.erase(cell: cell))
        }.isEmpty
        if let home = view.home, !home.isLost, view.deletionPolicy == .retain {
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
        if let home = view.home, !home.isLost, view.notes[home.name] == nil, view.deletionPolicy == .delete {
            cells.append(home.name)
        }
        return cells.sorted()
    }
}
