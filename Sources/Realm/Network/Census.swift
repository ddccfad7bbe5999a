import Chat
import StateStore
import Tenant

/// Counts on one shard what LUSERS tells of a network, and adds up what others count: those of the process at once, other
/// pods as they wrote it down last.
///
/// The most users there ever were stand in the store, so that they outlive pods.
final class Census {
    unowned let network: Network
    private let log: LogKey
    private(set) var figures = NetworkFigures() {
        didSet { self.shared.set(self.figures, of: self.network.id, shard: self.network.shard.number) }
    }

    /// What other pods wrote down.
    private var others = NetworkFigures()
    /// The most users as the store has it; nil if that is not known.
    private var stored: [UInt8]?
    private var most = 0
    /// When that was read, and when the own figures were written, in the shard's seconds.
    private var read: UInt32?
    private var written: (figures: NetworkFigures, second: UInt32)?
    private var isWriting = false

    /// For how many seconds what was read is good enough.
    private static let freshness: UInt32 = 10
    /// How often figures are written down that have changed, and that have not.
    private static let (pace, refresh): (UInt32, UInt32) = (10, 30)
    /// Who has written nothing for so many milliseconds is not there any more.
    private static let lifetime: Int64 = 75_000
    private static let mostField = FieldName(FieldKey(.setting, "most"))

    init(_ network: Network) {
        self.network = network
        self.log = LogKey(network.id, .tenant, "figures")
    }

    private var shared: ProcessFigures { self.network.shard.environment.figures }
    private var field: FieldName { FieldName(FieldKey(.member, self.network.shard.holder.text)) }

    /// Somebody came, changed or went.
    func counts(_ modes: UserModes?, insteadOf before: UserModes?) {
        var figures = self.figures
        for (modes, step) in [(before, -1), (modes, 1)] {
            if modes?.contains(.invisible) == true { figures.invisible += step }
            if modes?.contains(.operator) == true { figures.operators += step }
        }
        if figures != self.figures { self.figures = figures }
    }

    func counts(unregistered step: Int) { self.figures.unregistered += step }

    /// The figures of all pods, and the most users that there ever were.
    ///
    /// - `users`: How many there are now.
    /// - `isExact`: Whether what was read a moment ago is not good enough.
    func add(
        users: Int,
        isExact: Bool,
        _ then: @escaping (Result<(figures: NetworkFigures, most: Int), Refusal>) -> Void
    ) {
        let now = self.network.shard.seconds
        if let read, !isExact, now &- read < Self.freshness { return then(.success(self.sum(users: users))) }
        self.load { result in then(result.map { self.sum(users: users) }) }
    }

    private func sum(users: Int) -> (figures: NetworkFigures, most: Int) {
        self.most = self.shared.sawUsers(max(users, self.most), of: self.network.id)
        return (self.shared.all(of: self.network.id) + self.others, self.most)
    }

    private func load(_ then: @escaping (Result<Void, Refusal>) -> Void) {
        let network = self.network
        network.store.load([self.log]) { result in
            switch result {
            case .success(let snapshots): self.adopt(snapshots[0].fields)
            case .failure(let error): return then(.failure(network.refusal(error)))
            }
            then(.success(()))
        }
    }

    private func adopt(_ fields: [FieldName: [UInt8]]) {
        let shard = self.network.shard
        self.read = shard.seconds
        self.stored = fields[Self.mostField] ?? []
        self.most = max(self.most, Self.number(self.stored ?? []))
        self.others = NetworkFigures()
        for (name, bytes) in fields where name != Self.mostField {
            // Those of this process are known better.
            guard SessionHolds.Holder(text: name.name)?.pod != shard.holder.pod,
                let (figures, time) = NetworkFigures.read(bytes), shard.now - time < Self.lifetime
            else { continue }
            self.others = self.others + figures
        }
    }

    private static func number(_ bytes: [UInt8]) -> Int { Int(String(decoding: bytes, as: UTF8.self)) ?? 0 }

    /// Once a second: writes down what other pods are to know.
    func tick() {
        guard !self.isWriting, self.network.store.isReady, self.read != nil else { return }
        var changes: [FieldChange] = []
        let now = self.network.shard.seconds
        let age = self.written.map { now &- $0.second } ?? .max
        let isZero = self.figures == NetworkFigures()
        if self.written?.figures != self.figures ? age >= Self.pace : age >= Self.refresh && !isZero {
            let isNews = !isZero || self.written != nil
            if isNews { changes.append(isZero ? .remove(self.field) : .set(self.field, self.bytes)) }
        }
        var conditions: [Condition] = []
        if let stored, self.most > Self.number(stored) {
            conditions.append(
                Condition(self.log, stored.isEmpty ? .absent(Self.mostField) : .equals(Self.mostField, stored))
            )
            changes.append(.set(Self.mostField, Array(String(self.most).utf8)))
        }
        if !changes.isEmpty { self.write(changes, conditions) }
    }

    private var bytes: [UInt8] { self.figures.bytes(at: self.network.shard.now) }

    private func write(_ changes: [FieldChange], _ conditions: [Condition]) {
        self.isWriting = true
        let (figures, now, most) = (self.figures, self.network.shard.seconds, self.most)
        let transaction = Transaction(conditions: conditions, changes: [LogChange(self.log, fields: changes)])
        self.network.store.append(transaction) { result in
            self.isWriting = false
            switch result {
            case .success(.appended):
                self.written = (figures, now)
                if !conditions.isEmpty { self.stored = Array(String(most).utf8) }
            // Another shard has written more, or fewer, meanwhile.
            case .success(.refused): self.load { _ in }
            case .failure: break
            }
        }
    }
}
