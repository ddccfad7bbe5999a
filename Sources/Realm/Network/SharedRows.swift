// What everybody who comes is compared with: rows of the durable store that a process has in memory, once for all of its shards, so
// that nobody's coming is a question to the database.

import Synchronization
import Tenant

/// Something of tenants that all shards of a process look at and that seldom changes.
///
/// It is as the database has it, a minute ago at most: what an edge changes it tells the others, which look then.
final class SharedRows<Value: Sendable>: Sendable {
    private struct Known {
        var version: String?
        var value: Value?
        /// Another number each time that it is another.
        var revision: UInt64 = 0
        var isLoading = false
        /// Who came while it was loaded, and waits for the next time.
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let known = Mutex<[TenantID: Known]>([:])

    /// Another number each time that it is another; 0 before it is known.
    func revision(of tenant: TenantID) -> UInt64 { self.known.withLock { $0[tenant]?.revision ?? 0 } }

    /// It as it is known; nil before it is.
    func value(of tenant: TenantID) -> Value? { self.known.withLock { $0[tenant]?.value } }

    /// It is another here, until it is loaded again.
    func set(_ value: Value, of tenant: TenantID) {
        self.known.withLock { known in
            known[tenant]?.value = value
            known[tenant]?.revision += 1
        }
    }

    /// Loads it if it is another than what is known; many who ask at once wait for one answer.
    ///
    /// - Parameters:
    ///   - tenant: Whose.
    ///   - load: Gets the version that is known; nil if that is what there is, or it cannot be asked.
    func refresh(_ tenant: TenantID, _ load: (_ version: String?) async -> (version: String, value: Value)?) async {
        guard self.begins(loading: tenant) else {
            return await withCheckedContinuation { continuation in
                let isOver = self.known.withLock { known in
                    guard known[tenant]?.isLoading == true else { return true }
                    known[tenant]?.waiting.append(continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        }
        while true {
            // Who comes from now on may know of something that is not read any more.
            let (version, waiting) = self.known.withLock { known in
                let waiting = known[tenant]?.waiting ?? []
                known[tenant]?.waiting = []
                return (known[tenant]?.version, waiting)
            }
            if let loaded = await load(version) { self.set(loaded.value, loaded.version, of: tenant) }
            for one in waiting { one.resume() }
            if self.ends(loading: tenant) { return }
        }
    }

    /// - Returns: false if it is being loaded.
    private func begins(loading tenant: TenantID) -> Bool {
        self.known.withLock { known in
            if known[tenant]?.isLoading == true { return false }
            known[tenant, default: Known()].isLoading = true
            return true
        }
    }

    /// - Returns: false if somebody came meanwhile.
    private func ends(loading tenant: TenantID) -> Bool {
        self.known.withLock { known in
            guard known[tenant]?.waiting.isEmpty != false else { return false }
            known[tenant]?.isLoading = false
            return true
        }
    }

    private func set(_ value: Value, _ version: String, of tenant: TenantID) {
        self.known.withLock { known in
            known[tenant]?.version = version
            known[tenant]?.value = value
            known[tenant]?.revision += 1
        }
    }
}
