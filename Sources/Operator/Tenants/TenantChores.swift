// Long work on what is stored of tenants, beside the queue of tenants: a copy of a large one may take an hour, and everybody
// else is to be looked at meanwhile. There is one chore at a time for a name, so that nobody copies what somebody erases, and
// a few in all. Nothing depends on a chore being remembered: its notes in the databases say what is left to do, and who finds
// that something is asks for it again.

package import KubeClient
import Synchronization
package import Tenant

/// Copies and erasures on their way.
package final class TenantChores: Sendable {
    /// What is done.
    package enum Kind: Sendable, Hashable {
        case move(from: String, to: String)
        case erase(cell: String)
    }

    /// Why it was not.
    package struct Failure: Error, Sendable, CustomStringConvertible {
        package let kind: Kind
        package let description: String

        /// Whether it was a copy that failed.
        package var isMove: Bool { if case .move = self.kind { true } else { false } }
    }

    private struct Chore {
        let kind: Kind
        /// The tenant that asked for it; nil if it is what somebody left behind.
        let owner: ObjectKey?
        let body: @Sendable () async throws -> Void
        var task: Task<Void, any Error>?
        var isCancelled = false
        /// Who is to be looked at when it ends.
        var waiting: Set<ObjectKey> = []
    }

    private struct State {
        var chores: [TenantID: Chore] = [:]
        var failures: [ObjectKey: Failure] = [:]
    }

    private let state = Mutex(State())
    private let moves = WorkQueue<TenantID>()
    private let erasures = WorkQueue<TenantID>()
    private let wake: @Sendable (ObjectKey) -> Void

    /// Begins with nothing to do.
    ///
    /// - Parameter wake: Has a tenant looked at, since something it waited for ended.
    package init(wake: @escaping @Sendable (ObjectKey) -> Void) { self.wake = wake }

    /// What is being done for a tenant.
    package func current(of owner: ObjectKey) -> Kind? {
        guard let id = TenantID(owner.name) else { return nil }
        return self.state.withLock { state in state.chores[id].flatMap { $0.owner == owner ? $0.kind : nil } }
    }

    /// Has something done for a tenant, which is looked at again when that ends, well or not.
    ///
    /// If something else is being done under its name, that comes first, and it is to be asked for again.
    ///
    /// - Throws: ``Failure``, once, if it was done before and failed.
    package func begin(
        _ kind: Kind,
        of id: TenantID,
        for owner: ObjectKey,
        _ body: @escaping @Sendable () async throws -> Void
    ) throws(Failure) {
        let (failure, isFree) = self.state.withLock { state -> (Failure?, Bool) in
            if let failure = state.failures.removeValue(forKey: owner), failure.kind == kind { return (failure, false) }
            guard state.chores[id] == nil else {
                state.chores[id]?.waiting.insert(owner)
                return (nil, false)
            }
            state.chores[id] = Chore(kind: kind, owner: owner, body: body, waiting: [owner])
            return (nil, true)
        }
        if let failure { throw failure }
        if isFree { self.queue(for: kind).add(id) }
    }

    /// Has something done that nobody waits for, unless something is being done under the name.
    package func begin(_ kind: Kind, of id: TenantID, _ body: @escaping @Sendable () async throws -> Void) {
        let isFree = self.state.withLock { state in
            guard state.chores[id] == nil else { return false }
            state.chores[id] = Chore(kind: kind, owner: nil, body: body)
            return true
        }
        if isFree { self.queue(for: kind).add(id) }
    }

    /// Ends what is being done for a tenant; it is looked at when that has ended.
    package func cancel(_ owner: ObjectKey) {
        guard let id = TenantID(owner.name) else { return }
        let task = self.state.withLock { state -> Task<Void, any Error>? in
            guard state.chores[id]?.owner == owner else { return nil }
            state.chores[id]?.isCancelled = true
            return state.chores[id]?.task
        }
        task?.cancel()
    }

    private func queue(for kind: Kind) -> WorkQueue<TenantID> {
        switch kind {
        case .move: self.moves
        case .erase: self.erasures
        }
    }

    /// Works until the task is cancelled, which cuts off what is being done.
    package func run(moves: Int = 2, erasures: Int = 4) async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.moves.run(workers: moves) { await self.work($0) } }
            group.addTask { await self.erasures.run(workers: erasures) { await self.work($0) } }
        }
        self.state.withLock { $0 = State() }
    }

    private func work(_ id: TenantID) async -> WorkOutcome {
        let (task, isOurs) = self.state.withLock { state -> (Task<Void, any Error>?, Bool) in
            // One that is being worked on is somebody else's to end.
            guard let chore = state.chores[id], chore.task == nil else { return (nil, false) }
            guard !chore.isCancelled else { return (nil, true) }
            let task = Task { try await chore.body() }
            state.chores[id]?.task = task
            return (task, true)
        }
        guard isOurs else { return .done }
        var problem: (any Error)?
        if let task {
            do {
                try await withTaskCancellationHandler {
                    try await task.value
                } onCancel: {
                    task.cancel()
                }
            } catch { problem = error }
        }
        let waiting = self.state.withLock { state -> Set<ObjectKey> in
            guard let chore = state.chores.removeValue(forKey: id) else { return [] }
            if let problem, let owner = chore.owner, !chore.isCancelled {
                state.failures[owner] = Failure(kind: chore.kind, description: "\(problem)")
            }
            return chore.waiting
        }
        for key in waiting { self.wake(key) }
        return .done
    }
}
