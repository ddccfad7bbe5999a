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
    ///
    /// One that was used costs nothing but looking; others are counted for each client, so nobody takes all the room.
    func note(_ challenge: ProofChallenge, _ then: @escaping (Result<Void, Refusal>) -> Void) {
        let (shown, used) = (FieldName(Self.shown, challenge.client), FieldName(Self.used, challenge.nonce))
        let request = Excerpt.Request(fields: [used], counts: [Self.shown, Self.used])
        self.network.store.excerpts(of: [self.log], request) { result in
            let excerpt: Excerpt?
            switch result {
            case .failure(let error): return then(.failure(self.network.refusal(error)))
            case .success(let excerpts): excerpt = excerpts.first
            }
            if excerpt?.fields[used] != nil { return then(.failure(Self.wasUsed)) }
            guard [Self.shown, Self.used].allSatisfy({ excerpt?.counts[$0] ?? 0 < Self.most }) else {
                self.sweepInTurn()
                return then(.failure(self.network.refusal(.busy)))
            }
            self.takeTurn(of: challenge.client) { refusal in
                if let refusal { return then(.failure(refusal)) }
                self.mark(used, until: challenge.expires * 1000, shown, then)
            }
        }
    }

    private func mark(
        _ used: FieldName,
        until end: Int64,
        _ shown: FieldName,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        let fields: [FieldChange] = [.set(used, Self.bytes(end)), .set(shown, Self.bytes(self.now + Self.time))]
        let transaction = Transaction(
            conditions: [Condition(self.log, .absent(used))],
            changes: [LogChange(self.log, fields: fields)]
        )
        self.network.store.append(transaction) { result in
            switch result {
            case .success(.appended): then(.success(()))
            case .success(.refused): then(.failure(Self.wasUsed))
            case .failure(let error): then(.failure(self.network.refusal(error)))
            }
        }
    }

    private static var wasUsed: Refusal { Refusal(.wrongProof, text: "That answer was used already") }

    /// Counts one answer of a client, over all edges.
    private func takeTurn(of client: String, _ then: @escaping (Refusal?) -> Void) {
        let request = BucketRequest.registration(ProofChallenge.answersAnHour)
        let bucket = CounterKey(self.network.id, "proofs", of: client)
        self.network.store.take(request.wanted, from: bucket, rate: request.rate, burst: request.burst) { result in
            switch result {
            case .success(1...): then(nil)
            case .success: then(Refusal(.rateLimited, text: "Please wait a while and try again"))
            case .failure(let error): then(self.network.refusal(error))
            }
        }
    }

    /// Notes again what a client has shown and used, when it came to nothing: for as long as if it had been shown now.
    func giveBack(_ client: String) {
        let fields: [FieldChange] = [.set(FieldName(Self.shown, client), Self.bytes(self.now + Self.time))]
        self.network.store.append(Transaction(changes: [LogChange(self.log, fields: fields)])) { _ in }
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
            let over = fields.filter { Self.end($0.value) <= self.now }
            // In pieces, so that nobody waits for a long one. Who has shown another proof meanwhile keeps it: that
            // piece is for next time.
            for start in stride(from: 0, to: over.count, by: 100) {
                let piece = over.dropFirst(start).prefix(100)
                let conditions = piece.filter { $0.key.section == Self.shown }
                    .map { Condition(self.log, .equals($0.key, $0.value)) }
                let changes = piece.map { FieldChange.remove($0.key) }
                let change = LogChange(self.log, fields: changes)
                self.network.store.append(Transaction(conditions: conditions, changes: [change])) { _ in }
            }
        }
    }

    private static func bytes(_ time: Int64) -> [UInt8] { withUnsafeBytes(of: time.bigEndian) { Array($0) } }

    private static func end(_ bytes: [UInt8]) -> Int64 {
        guard bytes.count == 8 else { return 0 }
        return Int64(bitPattern: bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
}
