// One word from each pod. A container that was killed and started again is another process: until the dead one's lease lapses,
// both have figures under the pod's name, and the dead one's clients have already come back to somebody.

package import StateStore

extension PodFigures {
    /// The figures of each pod's latest process.
    ///
    /// - Parameter carried: What the leases carry; what cannot be read is passed over.
    /// - Returns: One for each pod that has a name, and all others.
    package static func latest(of carried: some Sequence<[UInt8]>) -> [PodFigures] {
        let all = carried.compactMap { try? PodFigures(json: $0) }
        let named = Dictionary(all.filter { !$0.pod.isEmpty }.map { ($0.pod, $0) }) { first, other in
            first.started < other.started ? other : first
        }
        return all.filter(\.pod.isEmpty) + named.values
    }
}
