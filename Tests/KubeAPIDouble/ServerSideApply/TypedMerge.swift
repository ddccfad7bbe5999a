// Laying an applied object over a live one, and taking out what its manager no longer applies.

extension SchemaNode {
    /// The live value with an applied one laid over it: maps key by key, shared lists element by element.
    func merge(_ live: DoubleJSON?, with applied: DoubleJSON) -> DoubleJSON {
        guard let live else { return applied }
        switch (live, applied) {
        case (.object(var members), .object(let applied)) where !isAtomic:
            for (key, value) in applied {
                members[key] = schema(at: .field(key)).merge(members[key], with: value)
            }
            return .object(members)
        case (.array(let elements), .array(let applied)):
            guard let oldIdentities = identities(of: elements), let newIdentities = identities(of: applied) else {
                return .array(applied)
            }
            return .array(merge(elements, oldIdentities, with: applied, newIdentities))
        default: return applied
        }
    }

    /// The applied elements keep their order; live ones that are not applied stay where they were relative to them.
    private func merge(
        _ live: [DoubleJSON],
        _ liveIdentities: [FieldElement],
        with applied: [DoubleJSON],
        _ appliedIdentities: [FieldElement]
    ) -> [DoubleJSON] {
        let old = Dictionary(zip(liveIdentities, live), uniquingKeysWith: { $1 })
        let wanted = Set(appliedIdentities)
        let schema = items ?? .anything
        // Those of both lists, in the order in which they are applied.
        var shared = appliedIdentities.filter { old[$0] != nil }[...]
        var merged: [DoubleJSON] = []
        var liveIndex = 0
        var appliedIndex = 0
        while liveIndex < live.count || appliedIndex < applied.count {
            if liveIndex < live.count {
                let identity = liveIdentities[liveIndex]
                if !wanted.contains(identity) {
                    merged.append(live[liveIndex])
                    liveIndex += 1
                    continue
                }
                // A shared element is not waited for before its turn has come, nor after.
                if shared.first != identity {
                    liveIndex += 1
                    continue
                }
            }
            guard appliedIndex < applied.count else { break }
            let identity = appliedIdentities[appliedIndex]
            merged.append(schema.merge(old[identity], with: applied[appliedIndex]))
            appliedIndex += 1
            if shared.first == identity {
                shared.removeFirst()
                if liveIndex < live.count { liveIndex += 1 }
            }
        }
        return merged
    }

    /// Takes out the places that a manager applied before and that nobody owns any more.
    ///
    /// - Parameters:
    ///   - value: the merged object; is changed in place.
    ///   - last: what the manager applied before.
    ///   - owned: what all managers own now.
    func removeDropped(from value: inout DoubleJSON, last: FieldSet, owned: FieldSet) {
        let elements = last.members.union(last.children.keys.filter(\.isField))
        switch value {
        case .object(var members):
            value = .null
            for element in elements {
                guard case .field(let name) = element, members[name] != nil else { continue }
                if !owned.holds(element) {
                    members[name] = nil
                } else if let below = last.children[element], var member = members[name] {
                    let owned = owned.children[element] ?? FieldSet()
                    schema(at: element).removeDropped(from: &member, last: below, owned: owned)
                    members[name] = member
                }
            }
            value = .object(members)
        case .array(let elements):
            guard let identities = identities(of: elements) else { return }
            var kept: [DoubleJSON] = []
            for (identity, var element) in zip(identities, elements) {
                if last.members.contains(identity), !owned.members.contains(identity) { continue }
                if let below = last.children[identity] {
                    let owned = owned.children[identity] ?? FieldSet()
                    (items ?? .anything).removeDropped(from: &element, last: below, owned: owned)
                }
                kept.append(element)
            }
            value = .array(kept)
        default: break
        }
    }
}

extension FieldElement {
    fileprivate var isField: Bool {
        if case .field = self { true } else { false }
    }
}
