// Long work on what is stored of tenants, beside the queue of tenants: a copy of a large one may take an hour, and everybody
// else is to be looked at meanwhile. There is one chore at a time for a name, so that nobody copies what somebody erases, and
// a few in all. Nothing depends on a chore being remembered: its notes in the databases say what is left to do, and who finds
// that something is asks for it again. Only of a move that failed it is known for how long nobody is to try again, since each
// attempt may take the tenant's people off.

package import Backoff
package import KubeClient
import StateStore
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
        /// As conditions have it.
        package let reason: String
        package let description: String
    }

    /// A move that failed.
    package struct Setback: Sendable, Hashable {
        package let reason: String
        /// Whether it is too early to try again.
        package let isPausing: Bool

        package init(reason: String, isPausing: Bool) {
            self.reason = reason
            self.isPausing = isPausing
        }
    }

    private struct Chore {
        let kind: Kind
        /// The tenant that asked for it; nil if it is what somebody left behind.
        let owner: ObjectKey?
        let body: @Sendable () async throws -> Void
        var task: Task<Void, any Error>?
        var isCancelled = false
        /// Whether nobody is served until it ends.
        var isOffline = false
        /// Who is to be looked at when it ends.
        var waiting: Set<ObjectKey> = []
    }

    private struct State {
        var chores: [TenantID: Chore] = [:]
        var failures: [ObjectKey: Failure] = [:]
        /// Tenants that are being looked at, and who waits for the end of that.
        var looks: [ObjectKey: [CheckedContinuation<Void, Never>]] = [:]
        /// Moves that failed: until when nobody tries again.
        var setbacks: [ObjectKey: (kind: Kind, reason: String, backoff: Backoff, until: Duration)] = [:]
    }

    /// What one cell erases; a cell whose stores are slow holds up its own.
    private struct Erasure: Hashable {
        let tenant: TenantID
        let cell: String
    }

    private static let time = TimeSource.continuous
    private let state = Mutex(State())
    private let moves = WorkQueue<TenantID>()
    /// Moves whose tenants are off the air already, since an operator ended in the middle: they wait for nobody's turn.
    private let begunMoves = WorkQueue<TenantID>()
    private let erasures = WorkQueue<Erasure>(lane: \.cell)
    private let pause: Backoff
    private let wake: @Sendable (ObjectKey) -> Void

    /// Begins with nothing to do.
    ///
    /// - Parameters:
    ///   - pause: How long a move that failed is not tried again.
    ///   - wake: Has a tenant looked at, since something it waited for ended.
    package init(
        pause: Backoff = Backoff(first: .seconds(30), longest: .seconds(600)),
        wake: @escaping @Sendable (ObjectKey) -> Void
    ) {
        self.pause = pause
        self.wake = wake
    }

    /// What is being done for a tenant.
    package func current(of owner: ObjectKey) -> Kind? {
        guard let id = TenantID(owner.name) else { return nil }
        return self.state.withLock { state in state.chores[id].flatMap { $0.owner == owner ? $0.kind : nil } }
    }

    /// Notes that nobody is to be served until what is being done for a tenant has ended, and has that told.
    ///
    /// Afterwards nobody looks at the tenant who does not know of it.
    package func goesOffline(_ owner: ObjectKey) async {
        guard let id = TenantID(owner.name) else { return }
        await withCheckedContinuation { continuation in
            let isLookedAt = self.state.withLock { state in
                state.chores[id]?.isOffline = true
                guard state.looks[owner] != nil else { return false }
                state.looks[owner]?.append(continuation)
                return true
            }
            if !isLookedAt { continuation.resume() }
        }
        self.wake(owner)
    }

    /// Begins a look at a tenant, unless nobody is to be served until what is being done for it has ended.
    ///
    /// - Returns: whether it was begun, and is to be ended with ``endLook(at:)``.
    package func beginLook(at owner: ObjectKey) -> Bool {
        self.state.withLock { state in
            if let id = TenantID(owner.name), let chore = state.chores[id], chore.owner == owner, chore.isOffline {
                return false
            }
            state.looks[owner] = state.looks[owner] ?? []
            return true
        }
    }

    /// Ends a look at a tenant.
    package func endLook(at owner: ObjectKey) {
        let waiting = self.state.withLock { $0.looks.removeValue(forKey: owner) ?? [] }
        for continuation in waiting { continuation.resume() }
    }

    /// How the last attempt at a move failed, if it was this one and did.
    package func setback(of owner: ObjectKey, in kind: Kind) -> Setback? {
        self.state.withLock { state in
            guard let setback = state.setbacks[owner] else { return nil }
            guard setback.kind == kind else {
                // Another move is another matter.
                state.setbacks[owner] = nil
                return nil
            }
            return Setback(reason: setback.reason, isPausing: Self.time.now() < setback.until)
        }
    }

    /// Forgets what failed for a tenant that is not on its way any more.
    package func forgetSetback(of owner: ObjectKey) { self.state.withLock { $0.setbacks[owner] = nil } }

    /// Has something done for a tenant, which is looked at again when that ends, well or not.
    ///
    /// If something else is being done under its name, that comes first, and it is to be asked for again.
    ///
    /// - Parameters:
    ///   - kind: What it is.
    ///   - id: Under whose name.
    ///   - owner: The tenant.
    ///   - isBegun: Whether somebody began with it and was cut off: then it waits for nobody else's turn.
    ///   - body: Does it.
    /// - Throws: ``Failure``, once, if it is an erasure that was done before and failed; of a move there is the ``Setback``.
    package func begin(
        _ kind: Kind,
        of id: TenantID,
        for owner: ObjectKey,
        isBegun: Bool = false,
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
        if isFree { self.enqueue(kind, of: id, isBegun: isBegun) }
    }

    /// Has something done that nobody waits for, unless something is being done under the name.
    package func begin(_ kind: Kind, of id: TenantID, _ body: @escaping @Sendable () async throws -> Void) {
        let isFree = self.state.withLock { state in
            guard state.chores[id] == nil else { return false }
            state.chores[id] = Chore(kind: kind, owner: nil, body: body)
            return true
        }
        if isFree { self.enqueue(kind, of: id) }
    }

    /// Ends what is being done for a tenant; it is looked at when that has ended, at once if it was not begun.
    package func cancel(_ owner: ObjectKey) {
        guard let id = TenantID(owner.name) else { return }
        let (task, waiting) = self.state.withLock { state -> (Task<Void, any Error>?, Set<ObjectKey>) in
            guard let chore = state.chores[id], chore.owner == owner else { return (nil, []) }
            guard let task = chore.task else {
                state.chores[id] = nil
                return (nil, chore.waiting)
            }
            state.chores[id]?.isCancelled = true
            return (task, [])
        }
        task?.cancel()
        for key in waiting { self.wake(key) }
    }

    private func enqueue(_ kind: Kind, of id: TenantID, isBegun: Bool = false) {
        switch kind {
        case .move where isBegun: self.begunMoves.add(id)
        case .move: self.moves.add(id)
        case .erase(let cell): self.erasures.add(Erasure(tenant: id, cell: cell))
        }
    }

    /// Works until the task is cancelled, which cuts off what is being done.
    package func run(moves: Int = 2, erasures: Int = 4) async {
        await withDiscardingTaskGroup { group in
            for queue in [self.moves, self.begunMoves] {
                group.addTask { await queue.run(workers: moves) { await self.work($0) } }
            }
            group.addTask { await self.erasures.run(workers: erasures) { await self.work($0.tenant) } }
        }
        let waiting = self.state.withLock { state in
            defer { state = State() }
            return state.looks.values.flatMap(\.self)
        }
        for continuation in waiting { continuation.resume() }
    }

    private func work(_ id: TenantID) async -> WorkOutcome {
        let begun = self.state.withLock { state -> Task<Void, any Error>? in
            // One that is being worked on is somebody else's to end.
            guard let chore = state.chores[id], chore.task == nil else { return nil }
            let task = Task { try await chore.body() }
            state.chores[id]?.task = task
            return task
        }
        guard let task = begun else { return .done }
        var problem: (any Error)?
        do {
            try await withTaskCancellationHandler {
                try await task.value
            } onCancel: {
                task.cancel()
            }
        } catch { problem = error }
        let waiting = self.state.withLock { state -> Set<ObjectKey> in
            guard let chore = state.chores.removeValue(forKey: id) else { return [] }
            if let owner = chore.owner, !chore.isCancelled { self.note(problem, of: chore.kind, for: owner, &state) }
            return chore.waiting
        }
        for key in waiting { self.wake(key) }
        return .done
    }

    private func note(_ problem: (any Error)?, of kind: Kind, for owner: ObjectKey, _ state: inout State) {
        guard let problem else { return state.setbacks[owner] = nil }
        guard case .move = kind else {
            let reason = problem is TenantErasure.ArchiveWaits ? "Erasing" : "StoreUnavailable"
            return state.failures[owner] = Failure(kind: kind, reason: reason, description: "\(problem)")
        }
        let known = state.setbacks[owner]
        var backoff = known?.kind == kind ? known?.backoff ?? self.pause : self.pause
        let until = Self.time.now() + backoff.failed()
        state.setbacks[owner] = (kind, "\(problem)", backoff, until)
    }
}
