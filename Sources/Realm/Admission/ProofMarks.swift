// That somebody has shown work, until they need it: in the live store, so that it may be shown on one edge and used on another.

import Chat
import IRC
import StateStore
import Tenant

/// What of proofs is remembered: one for each client that has not used it yet, and each answer as long as it could come again.
final class ProofMarks {
    unowned let network: Network
    private let log: LogKey
    /// Who has shown one, by client: until when it counts.
    private static let shown = Section("s")
    /// Which answers came, by nonce: until when they could come again.
    private static let used = Section("u")
    /// How many of each are kept, past which no answer is taken until there is room.
    private static let most = 10_000
    /// For how long a proof counts that nobody has used, in milliseconds.
    private static let time: Int64 = 900_000

    init(_ network: Network) {
        self.network = network
        self.log = LogKey(network.id, .logins, "proofs")
    }

    private var now: Int64 { self.network.shard.now }

    /// Takes an answer, once over all edges: whoever it is from has shown a proof.
    func note(_ challenge: ProofChallenge, _ then: @escaping (Result<Void, Refusal>) -> Void) {
        let (shown, used) = (FieldName(Self.shown, challenge.client), FieldName(Self.used, challenge.nonce))
        let request = Excerpt.Request(fields: [], counts: [Self.shown, Self.used])
        self.network.store.excerpts(of: [self.log], request) { result in
            let excerpt: Excerpt?
            switch result {
            case .failure(let error): return then(.failure(self.network.refusal(error)))
            case .success(let excerpts): excerpt = excerpts.first
            }
            guard [Self.shown, Self.used].allSatisfy({ excerpt?.counts[$0] ?? 0 < Self.most }) else {
                self.sweep()
                return then(.failure(self.network.refusal(.busy)))
            }
            let ends = (challenge.expires * 1000, self.now + Self.time)
            let fields: [FieldChange] = [.set(used, Self.bytes(ends.0)), .set(shown, Self.bytes(ends.1))]
            let transaction = Transaction(
                conditions: [Condition(self.log, .absent(used))],
                changes: [LogChange(self.log, fields: fields)]
            )
            self.network.store.append(transaction) { result in
                switch result {
                case .success(.appended): then(.success(()))
                case .success(.refused):
                    then(.failure(Refusal(.wrongProof, text: "That answer was used already")))
                case .failure(let error): then(.failure(self.network.refusal(error)))
                }
            }
        }
    }

    /// Uses what a client has shown; false if it has shown nothing.
    func take(_ client: String, _ then: @escaping (Result<Bool, Refusal>) -> Void) {
        let shown = FieldName(Self.shown, client)
        self.network.store.excerpts(of: [self.log], Excerpt.Request(fields: [shown])) { result in
            let bytes: [UInt8]?
            switch result {
            case .failure(let error): return then(.failure(self.network.refusal(error)))
            case .success(let excerpts): bytes = excerpts.first?.fields[shown]
            }
            guard let bytes, Self.end(bytes) > self.now else { return then(.success(false)) }
            let transaction = Transaction(
                conditions: [Condition(self.log, .equals(shown, bytes))],
                changes: [LogChange(self.log, fields: [.remove(shown)])]
            )
            self.network.store.append(transaction) { result in
                switch result {
                case .success(.appended): then(.success(true))
                // Somebody of the same client was faster.
                case .success(.refused): then(.success(false))
                case .failure(let error): then(.failure(self.network.refusal(error)))
                }
            }
        }
    }

    /// Forgets what counts no more, if no other shard has done so within ten minutes.
    func sweepInTurn() {
        let settings = self.network.tenant.settings.admission
        guard settings.asksForProofs else { return }
        let turn = CounterKey(self.network.id, "proof sweeps")
        self.network.store.take(1, from: turn, rate: 1 / 600, burst: 1) { result in
            if result == .success(1) { self.sweep() }
        }
    }

    private func sweep() {
        self.network.store.load([self.log]) { result in
            guard let fields = try? result.get().first?.fields else { return }
            let over = fields.filter { Self.end($0.value) <= self.now }.keys
            // In pieces, so that nobody waits for a long one.
            for start in stride(from: 0, to: over.count, by: 500) {
                let changes = over.dropFirst(start).prefix(500).map { FieldChange.remove($0) }
                self.network.store.append(Transaction(changes: [LogChange(self.log, fields: changes)])) { _ in }
            }
        }
    }

    private static func bytes(_ time: Int64) -> [UInt8] { withUnsafeBytes(of: time.bigEndian) { Array($0) } }

    private static func end(_ bytes: [UInt8]) -> Int64 {
        guard bytes.count == 8 else { return 0 }
        return Int64(bitPattern: bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
}
